"""Groups by code, with first and last; samples are masked for staff, or not there."""

import json
from datetime import timedelta

from monitoring.delivery_pages.failures import _row
from monitoring.failed_deliveries import error_groups
from monitoring.failed_deliveries.error_document import FailedRecord
from monitoring.failed_deliveries.error_groups import ErrorGroup, group_json, group_of, grouped
from monitoring.failed_deliveries.meanings import BY_KIND, MEANINGS, meaning_of
from monitoring.failed_deliveries.messages import ENTRIES
from tests.monitoring.failed_deliveries.documents import AT


def record(
    code: str = "Lambda.FunctionError", *, seconds: int = 0, data: bytes | None = b'{"name": "Alice"}'
) -> FailedRecord:
    at = AT + timedelta(seconds=seconds)
    return FailedRecord(code, f"message at {seconds}", at, at, data)


def groups_of(*records: FailedRecord) -> list[ErrorGroup]:
    return grouped([("processing-failed", AT, each) for each in records])[0]


def test_records_are_grouped_by_code_with_count_first_and_last() -> None:
    first, second = groups_of(record(seconds=5), record(seconds=9), record("Lambda.X"), record(seconds=1))
    assert (first.code, first.count) == ("Lambda.FunctionError", 3)
    assert (first.first_at, first.last_at) == (AT + timedelta(seconds=1), AT + timedelta(seconds=9))
    assert first.message == "message at 9", "the newest"
    assert len(first.samples) == 3
    assert second.count == 1


def test_samples_are_masked_or_withheld() -> None:
    (group,) = groups_of(record(), record(data=b"Alice, 21"), record(data=b"\xff\x00"))
    texts = [sample.text for sample in group.samples]
    masked = [sample.masked for sample in group.samples]
    assert texts == ['{"name": "Alice"}', "Alice, 21", "ff 00"]
    assert "Alice" not in json.dumps(masked)
    assert masked[0] != ""
    assert masked[1:] == ["", ""]


def test_a_record_that_is_cut_cannot_be_masked() -> None:
    (group,) = groups_of(record(data=b'{"name": "' + b"A" * 5000 + b'"}'))
    assert group.samples[0].masked == ""
    assert len(group.samples[0].text) <= 2048


def test_the_number_of_groups_is_bounded(monkeypatch) -> None:
    monkeypatch.setattr(error_groups, "MOST_GROUPS", 2)
    found, omitted = grouped([("", AT, record(str(number))) for number in range(5)])
    assert (len(found), omitted) == (2, 3)


def test_a_group_survives_redis() -> None:
    (group,) = groups_of(record())
    assert group_of(json.loads(json.dumps(group_json(group)))) == group


def test_every_code_has_a_meaning() -> None:
    assert {found.code for found in (*MEANINGS.values(), *BY_KIND.values())} <= ENTRIES.keys()
    assert meaning_of("processing-failed", "Lambda.InvokeAccessDenied").code == "failures.function_denied"
    assert meaning_of("splunk-failed", "").code == "failures.splunk"
    assert meaning_of("", "Unheard.Of").code == "failures.other"


def test_staff_see_no_code_that_is_not_one_of_aws() -> None:
    codes = [
        "Lambda.FunctionError",
        "DataFormatConversion.ParseError",
        "Alice Smith, 37.9",
        "Alice.Smith",
        "Lambda.A 7",
    ]
    for is_masked in (True, False):
        shown = [_row(group, is_masked).code for group in groups_of(*map(record, codes))]
        assert shown == ([*codes[:2], "", "", ""] if is_masked else codes)
