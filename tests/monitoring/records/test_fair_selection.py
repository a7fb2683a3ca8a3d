from datetime import timedelta

from monitoring.records.fair_selection import evenly_selected, fairly_selected, newest_first
from monitoring.records.record_row import RecordRow
from portal.aws.records import DataRecord
from tests.monitoring.conftest import NOW
from tests.monitoring.decode.test_decoder_chain import kpl
from tests.monitoring.poisoned import rows_of


def row_of(number: int, data: bytes = b"{}") -> list[RecordRow]:
    return rows_of(DataRecord(str(number), NOW + timedelta(seconds=number), "k", data, "shardId-000000000000"))


def test_a_large_aggregate_does_not_push_ten_others_out() -> None:
    aggregate = row_of(99, kpl(*[("k", b"{}")] * 100))
    others = [row for number in range(10) for row in row_of(number)]
    selected = fairly_selected(newest_first([*others, *aggregate]), 50)
    assert len(selected) == 50
    assert [row for row in selected if row in others] == newest_first(others)
    assert [row.decoder_path for row in selected[:2]] == [
        "KPL aggregate › 1 of 100 › JSON",
        "KPL aggregate › 2 of 100 › JSON",
    ]


def test_the_newest_data_records_are_selected_when_each_has_one_row() -> None:
    rows = newest_first([row for number in range(80) for row in row_of(number)])
    assert fairly_selected(rows, 50) == rows[:50]


def test_nothing_is_left_out_below_the_limit() -> None:
    rows = [row for number in range(3) for row in row_of(number)]
    assert fairly_selected(rows, 3) == rows
    assert fairly_selected([], 3) == []


def test_an_even_selection_is_spread_and_has_the_last_one() -> None:
    assert evenly_selected(range(5), 5) == [0, 1, 2, 3, 4]
    assert evenly_selected(range(10), 3) == [3, 6, 9]
    assert evenly_selected(range(1_000), 500)[-1] == 999
    assert len(evenly_selected(range(999), 500)) == 500
    assert evenly_selected([], 3) == []
