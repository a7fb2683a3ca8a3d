"""The suggested names of devices are names that the rules accept, whatever the stream is called."""

import re

from hypothesis import given
from hypothesis import strategies as st

from onboarding.iot import form_codec
from onboarding.iot.device_source import DeviceSource
from onboarding.iot.suggested_names import suggested_devices

STREAM_NAMES = st.from_regex(re.compile(r"\A[a-zA-Z0-9_.-]{0,128}\Z", re.ASCII))


def test_they_say_what_they_are_of() -> None:
    found = suggested_devices("sluice-lobby", "sluice-")
    names = (found["thing_type"], found["thing_group"], found["topic_prefix"])
    assert names == ("sluice-lobby-device", "sluice-lobby-devices", "sluice-lobby")


@given(STREAM_NAMES)
def test_they_are_accepted(stream: str) -> None:
    source = DeviceSource(**form_codec.plain(suggested_devices(stream, "sluice-")))
    assert list(source.problems("sluice-")) == []
