import gzip
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from monitoring.records.access import Audience
from monitoring.records.field_paths import PARTITION_KEY
from monitoring.records.masking import MASK
from monitoring.records.record_row import from_json, visible_rows
from monitoring.records.record_views import RecordView
from portal.aws.records import DataRecord
from portal.messages.catalogue import text_of
from tests.monitoring.decode.test_decoder_chain import kpl
from tests.monitoring.poisoned import rows_of

READING = {"device": "leak-0412", "where": {"floor": 3, "room": "3.14"}, "samples": [{"t": 21.6}, {"t": 21.7}]}


def record(data: bytes, key: str = "bldg-7/leak") -> DataRecord:
    return DataRecord(
        "49590338271490256608559692538361571095921575989136588898",
        datetime(2026, 11, 21, tzinfo=UTC),
        key,
        data,
        "shardId-000000000006",
    )


def masked_text(data: bytes, *allowed: str) -> str:
    (row,) = rows_of(record(data), allowed)
    return row.masked.text


def test_staff_see_the_structure_and_neither_names_nor_values() -> None:
    text = masked_text(json.dumps(READING).encode())
    assert json.loads(text) == {
        "•••1": MASK,
        "•••2": {"•••1": MASK, "•••2": MASK},
        "•••3": [{"•••1": MASK}, {"•••1": MASK}],
    }


def test_a_record_that_cannot_be_split_into_fields_is_withheld_from_staff() -> None:
    for data in (b"a person's name", b"\xff\xfe\x00", b'"a name"', b"42", gzip.compress(b"a name"), b""):
        (row,) = rows_of(record(data))
        assert row.masked == RecordView(MASK, "", is_masked=True, is_withheld=True)


def test_the_partition_key_is_a_value_too() -> None:
    (row,) = rows_of(record(b"{}"))
    assert row.masked.partition_key == MASK
    (row,) = rows_of(record(b"{}"), [PARTITION_KEY])
    assert row.masked.partition_key == "bldg-7/leak"


def test_the_tenants_own_people_see_their_records_as_they_are() -> None:
    rows = rows_of(record(b'{"wet": true}'))
    assert [visible.view.text for visible in visible_rows(rows, Audience.CLEAR)] == ['{"wet": true}']
    assert [visible.view.text for visible in visible_rows(rows, Audience.MASKED)] == ['{"•••1": "•••"}']


def test_a_row_is_the_same_after_redis() -> None:
    (row,) = rows_of(record(gzip.compress(b'{"wet": true}')))
    assert from_json(row.to_json()) == row
    assert row.decoder_path == "gzip › JSON"


def test_the_same_record_has_the_same_key_and_another_has_another() -> None:
    first, again = rows_of(record(b"{}"))[0], rows_of(record(b"{}"))[0]
    other = rows_of(DataRecord("1", first.arrived_at, "k", b"{}", first.shard_id))[0]
    assert first.key == again.key != other.key


def test_a_long_record_is_cut_and_says_how_long_it_was() -> None:
    (row,) = rows_of(record(b"x" * 5000))
    assert row.clear.text.endswith("… (5,000 characters)")
    assert len(row.clear.text) < 2100


def test_the_reasons_of_failed_decoders_are_messages() -> None:
    (row,) = rows_of(record(b"a person's name"))
    reasons = {name: text_of(reason) for name, reason in row.failed_decoders}
    assert reasons == {"JSON": "JSON does not start with this character."}
    assert from_json(row.to_json()) == row


@pytest.mark.parametrize(
    ("data", "raw"),
    [
        (b'{"a": 1}', [b'{"a": 1}']),
        (gzip.compress(b"{}", mtime=0), [gzip.compress(b"{}", mtime=0)]),
        (b'{"a":1}\n{"a":2}', [b'{"a":1}', b'{"a":2}']),
        (kpl(("k", b""), ("k", b"x")), [b"", b"x"]),
        (b"a" * 5_000, [b"a" * 2_048]),
    ],
)
def test_each_row_keeps_the_start_of_its_bytes(data: bytes, raw: list[bytes]) -> None:
    rows = rows_of(record(data))
    assert [row.raw_bytes for row in rows] == raw
    assert [from_json(row.to_json()).raw_bytes for row in rows] == raw


@pytest.mark.parametrize(
    ("arrived", "text"),
    [
        (datetime(2026, 11, 30, 9, 5, 7, 123_999, UTC), "09:05:07.123"),
        (datetime(2026, 11, 30, 9, 5, 7, 0, timezone(timedelta(hours=-5))), "14:05:07.000"),
    ],
)
def test_the_time_of_arrival_is_in_utc_to_the_millisecond(arrived: datetime, text: str) -> None:
    record = DataRecord("1", arrived, "k", b"1", "shardId-0")
    (visible,) = visible_rows(rows_of(record), Audience.CLEAR)
    assert visible.arrived_time == text
