"""Nothing of a value outside the list of allowed fields is in anything that a masked viewer is sent, by any decoder."""

import base64
import bz2
import gzip
import json
import zlib
from collections.abc import Callable
from typing import Any

import cbor2
import msgpack
import pytest
from django.template.loader import render_to_string
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitoring.decode.decoder_chain import decode
from monitoring.pages.record_detail import RecordDetail
from monitoring.record_access_pages.download import data_of, line_of
from monitoring.records.access import Audience
from monitoring.records.field_paths import version_of
from monitoring.records.masking import MASK, mask, masked_reason
from monitoring.records.record_row import from_json, visible_rows
from portal.aws.records import DataRecord
from portal.messages.message import Message
from tests.monitoring.conftest import NOW
from tests.monitoring.decode import test_cases
from tests.monitoring.decode.test_decoder_chain import kpl
from tests.monitoring.poisoned import rows_of

SECRET = "Zq7Xw"  # what every value and name outside the list contains; no text of Sluice does
ALLOWED = ("shown", "reading.shown", "samples.shown")
SECRETS = st.builds(lambda number: f"{SECRET}{number}", st.integers(0, 99))
HIDDEN_NAMES = SECRETS | st.sampled_from(["reading", "samples", "Reading", "shown.shown", "reading.shown", ""])


def json_bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


FORMS: dict[str, Callable[[Any], bytes]] = {
    "json": json_bytes,
    "json lines": lambda value: json_bytes(value) + b"\n" + json_bytes(value),
    "utf-16": lambda value: json.dumps(value).encode("utf-16"),
    "byte order mark": lambda value: b"\xef\xbb\xbf" + json_bytes(value),
    "truncated json": lambda value: json_bytes(value)[:-1],
    "text": lambda value: f"at 21 °C: {value!r}".encode(),
    "latin-1": lambda value: f"at 21 °C: {value!r}".encode("latin-1", "replace"),
    "binary": lambda value: b"\x00\xff" + repr(value).encode(),
    "cbor": cbor2.dumps,
    "messagepack": msgpack.packb,
    "gzip": lambda value: gzip.compress(json_bytes(value), mtime=0),
    "zlib": lambda value: zlib.compress(json_bytes(value)),
    "bzip2": lambda value: bz2.compress(json_bytes(value)),
    "base64": lambda value: base64.b64encode(json_bytes(value)),
    "damaged gzip": lambda value: gzip.compress(json_bytes(value), mtime=0)[:-6],
    "kpl": lambda value: kpl((f"{SECRET}-key", json_bytes(value)), (f"{SECRET}-key", repr(value).encode())),
    "log events": lambda value: gzip.compress(
        json_bytes(
            {
                "messageType": "DATA_MESSAGE",
                "owner": SECRET,
                "logGroup": SECRET,
                "logStream": SECRET,
                "subscriptionFilters": [SECRET],
                "logEvents": [{"id": SECRET, "timestamp": 1, "message": json.dumps(value)}],
            }
        ),
        mtime=0,
    ),
}


def values(names: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    leaves = SECRETS | st.lists(SECRETS, max_size=3)
    inner = st.recursive(leaves, lambda deeper: st.dictionaries(names, deeper, max_size=3), max_leaves=6)
    return st.dictionaries(names, inner, min_size=1, max_size=4)


def sent_to_a_masked_viewer(data: bytes, allowed: tuple[str, ...]) -> str:
    """Everything: the rows of the page and of its events, each when it is opened, and the lines of the file."""
    record = DataRecord("1", NOW, f"{SECRET}-key", data, "shardId-000000000006")
    rows = [from_json(row.to_json()) for row in rows_of(record, allowed)]
    shown = visible_rows(rows, Audience.MASKED, version_of(allowed))
    page = render_to_string("monitoring/_rows.html", {"visible_rows": shown, "is_new": True, "counts": None})
    opened = [render_to_string("monitoring/_record.html", {"detail": RecordDetail(row)}) for row in shown]
    return (
        page
        + "".join(opened).replace('role="region"', "")
        + json.dumps([line_of(row, data_of("", row, 9_999)) for row in shown], ensure_ascii=False)
    )


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(value=values(HIDDEN_NAMES))
def test_no_value_and_no_name_outside_the_list_is_sent(form: str, value: Any) -> None:
    for allowed in ((), ALLOWED):
        sent = sent_to_a_masked_viewer(FORMS[form](value), allowed)
        assert SECRET not in sent
        assert base64.b64encode(SECRET.encode()).decode().rstrip("=")[:-1] not in sent
        assert SECRET.encode().hex() not in sent.replace(" ", "")


@pytest.mark.parametrize(
    "form", ["json", "json lines", "cbor", "messagepack", "gzip", "base64", "utf-16", "kpl", "log events"]
)
def test_what_is_on_the_list_is_sent_in_every_form_that_has_fields(form: str) -> None:
    value = {"reading": {"shown": "fine", "not": SECRET}, SECRET: "x", "samples": [{"shown": 21.5}, {SECRET: 1}]}
    sent = sent_to_a_masked_viewer(FORMS[form](value), ALLOWED)
    assert "fine" in sent
    assert "21.5" in sent
    assert SECRET not in sent


@pytest.mark.parametrize("case", test_cases.CASES)
def test_no_text_of_a_real_encoding_is_sent(case: str) -> None:
    """Of each scalar of at least four characters that the decoders found."""
    data = base64.b64decode(test_cases.CASES[case]["base64"])
    sent = sent_to_a_masked_viewer(data, ())
    for decoded in decode(data).results:
        found = {text for text in map(str, scalars(decoded.value)) if len(text) >= 6}
        assert [text for text in found if text in sent] == []


def scalars(value: object) -> list[object]:
    if isinstance(value, dict):
        return [found for name, item in value.items() for found in (name, *scalars(item))]
    if isinstance(value, list):
        return [found for item in value for found in scalars(item)]
    return [value]


@pytest.mark.parametrize(
    "value",
    [
        {"reading.shown": SECRET},
        {"": {"shown": SECRET}},
        {"reading": {"": {"shown": SECRET}}},
        {"shown": {SECRET: SECRET}},
        {"shown": [[{SECRET: SECRET}]]},
        {"other": {"shown": SECRET}},
        {b"shown": SECRET},
        {("shown",): SECRET},
        [{"shown ": SECRET}],
        SECRET,
    ],
)
def test_names_that_only_look_like_a_path_are_masked(value: object) -> None:
    assert SECRET not in str(mask(value, ALLOWED))


def test_a_number_as_a_name_is_not_its_text() -> None:
    assert mask({1: SECRET, "1": "fine"}, {"1"}) == {f"{MASK}1": MASK, "1": "fine"}


def test_a_row_of_an_earlier_list_is_withheld() -> None:
    record = DataRecord("1", NOW, "k", b'{"shown": "old", "now": 1}', "shardId-000000000006")
    [row] = rows_of(record, ALLOWED)
    for version, text in ((version_of(ALLOWED), '{"shown": "old", "•••2": "•••"}'), (version_of(()), ""), ("2:x", "")):
        [visible] = visible_rows([row], Audience.MASKED, version)
        assert (visible.view.text, visible.view.is_withheld) == (text, not text)
    [fully] = visible_rows(rows_of(record), Audience.MASKED, version_of(ALLOWED))
    assert fully.view.text == '{"•••1": "•••", "•••2": "•••"}'


def test_reasons_keep_numbers_and_lose_texts() -> None:
    kept = [Message("decode.not_utf8", position=3), Message("decode.wrong_start", expected="1F 8B")]
    assert list(map(masked_reason, kept)) == kept
    for reason in (Message("decode.library_error", detail=SECRET), Message("decode.json_constant", name="NaN")):
        assert masked_reason(reason) == Message("decode.reason_masked")
