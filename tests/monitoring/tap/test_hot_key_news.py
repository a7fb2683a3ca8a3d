"""The tap counts what it reads, and sends each audience what it may see; then all of it is forgotten."""

import pytest
from redis import Redis

from monitoring.hot_keys.stored import stored_report
from monitoring.hot_keys.verdict import Kind, verdicts
from monitoring.tap.tap import Tap
from portal import live
from portal.aws.records import put_records
from portal.aws.session import AwsSession
from portal.messages.message import Message
from tests.monitoring.hot_keys.samples import zipf
from tests.monitoring.tap.conftest import CLEAR, MASKED, Moment, go, put

pytestmark = pytest.mark.usefixtures("kinesis")


def event(redis: Redis, topic: str) -> str:
    return live.text(redis.get(f"last:{topic}:hot_keys") or b"")


def test_the_hot_key_of_a_zipf_stream_is_shown_to_the_tenant_and_never_sent_to_staff(
    tap: Tap, moment: Moment, aws: AwsSession, redis: Redis
) -> None:
    live.hold({CLEAR: 1, MASKED: 1})
    go(tap, moment, 2)
    keys = zipf(800, keys=200, exponent=2.0)
    put_records(aws, "sluice-sensors", [(b"{}", key) for key in keys])
    go(tap, moment, 8)
    report = stored_report("abc")
    assert report is not None
    assert report.records == 800
    hot = [verdict for verdict in verdicts(report) if verdict.kind is Kind.HOT_KEY]
    assert [verdict.keys[0].key.key for verdict in hot][:1] == ["device-1"]
    assert hot[0].keys[0].key.records == (keys.count("device-1"), keys.count("device-1"))
    assert "device-1" in event(redis, CLEAR)
    assert "Key 1" in event(redis, MASKED)
    assert "device-" not in event(redis, MASKED)


def test_after_a_failure_nothing_that_was_counted_is_kept(tap: Tap, moment: Moment, kinesis) -> None:
    live.hold({CLEAR: 1})
    go(tap, moment, 2)
    put(kinesis, b"{}")
    go(tap, moment, 8)
    assert stored_report("abc") is not None
    tap.streams["abc"].fail(Message("stream.samples_disabled"), moment.now)
    go(tap, moment, 6)
    assert stored_report("abc") is None


def test_what_another_version_stored_is_not_shown(clean_redis: str) -> None:
    for stored in ("nonsense", "{}", "[]", "null"):
        live.connect().set("hot_keys:abc", stored)
        assert stored_report("abc") is None
