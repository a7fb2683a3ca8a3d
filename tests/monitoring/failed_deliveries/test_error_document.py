"""Documents of every kind are read; hostile content is bounded and costs its own line only."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.failed_deliveries import error_document
from monitoring.failed_deliveries.error_document import MOST_TEXT, error_file, kind_of
from tests.monitoring.failed_deliveries.documents import (
    AT,
    CONVERSION,
    NEW_CONVERSION,
    PROCESSING,
    SEARCH,
    SPLUNK,
    document,
    lines,
)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (PROCESSING, "Lambda.FunctionError"),
        (CONVERSION, "DataFormatConversion.MalformedData"),
        (NEW_CONVERSION, "DataFormatConversion.MalformedData"),
        (SPLUNK, "Splunk.AckTimeout"),
        (SEARCH, "400"),
    ],
)
def test_each_kind_of_document_is_read(raw: dict[str, object], code: str) -> None:
    found = error_file(lines(raw))
    (record,) = found.records
    assert (record.code, record.arrived_at, found.unreadable, found.is_partial) == (code, AT, 0, False)
    assert record.data
    assert record.message


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("errors/processing-failed/2026/11/30/hal-1-2026", "processing-failed"),
        ("errors/format-conversion-failed/x", "format-conversion-failed"),
        ("errors/AmazonOpenSearchService_failed/x", "AmazonOpenSearchService_failed"),
        ("errors/2026/11/30/x", ""),
        ("errors/" + "a" * 500 + "-failed/x", ""),
    ],
)
def test_the_kind_is_in_the_name_of_the_file(key: str, kind: str) -> None:
    assert kind_of(key) == kind


def test_every_member_of_a_gzip_file_is_read() -> None:
    content = gzip.compress(lines(PROCESSING)) + gzip.compress(lines(SPLUNK))
    assert (len(error_file(content).records), error_file(content).is_partial) == (2, False)
    assert error_file(content + b"what is this").is_partial
    many = error_file(gzip.compress(lines(PROCESSING)) * 101)
    assert 90 < len(many.records) < 101
    assert many.is_partial


def test_gzip_is_read_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(error_file(gzip.compress(lines(PROCESSING, SPLUNK))).records) == 2
    monkeypatch.setattr(error_document, "MOST_UNPACKED", 10_000)
    bomb = error_file(gzip.compress(lines(PROCESSING) + b"\0" * 50_000_000))
    assert (len(bomb.records), bomb.is_partial) == (1, True)
    assert error_file(b"\x1f\x8bnonsense").is_partial


@pytest.mark.parametrize(
    "line",
    [
        b"nonsense",
        b"[" * 100_000,
        b"9" * 5000,
        b"null",
        b"[]",
        b'"text"',
        b"{}",
        b'{"entries": [{"url": "s3://a"}]}',
        b"\xff\xfe",
        b"NaN",
    ],
)
def test_a_line_that_is_no_error_document_costs_only_itself(line: bytes) -> None:
    found = error_file(line + b"\n" + lines(PROCESSING))
    assert (len(found.records), found.unreadable) == (1, 1)


@pytest.mark.parametrize(
    "fields",
    [
        {"rawData": "not base64!"},
        {"rawData": 7},
        {"arrivalTimestamp": "9" * 400},
        {"arrivalTimestamp": -1},
        {"arrivalTimestamp": True, "attemptEndingTimestamp": 10**30},
        {"errorCode": {"a": 1}, "errorMessage": ["x"]},
        {"errorMessage": "\x1b[31m" + "x" * 100_000 + "\u202e"},
    ],
)
def test_a_field_of_another_form_is_not_known(fields: dict[str, object]) -> None:
    (record,) = error_file(lines(document(**fields))).records
    assert len(record.message) <= MOST_TEXT
    assert record.message.isprintable()


def test_a_last_line_that_was_not_read_whole_is_left_out() -> None:
    whole = lines(PROCESSING, SPLUNK)
    found = error_file(whole[:-20], is_partial=True)
    assert (len(found.records), found.unreadable, found.is_partial) == (1, 0, True)


def test_the_number_of_documents_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(error_document, "MOST_DOCUMENTS", 3)
    found = error_file(lines(*[PROCESSING] * 9))
    assert (len(found.records), found.is_partial) == (3, True)


@given(st.binary(max_size=300))
def test_nothing_raises(content: bytes) -> None:
    error_file(content)
    error_file(json.dumps({"errorCode": content.decode("latin-1")}).encode())
