import json

import pytest

from monitoring.pages.column_choices import column_choices
from monitoring.records.access import Audience
from monitoring.records.columns import MOST_COLUMNS, columns_of, fields_seen, with_cells
from monitoring.records.masking import MASK
from monitoring.records.record_row import VisibleRow, visible_rows
from portal.aws.records import DataRecord
from tests.monitoring.conftest import NOW
from tests.monitoring.poisoned import rows_of


def visible(data: bytes, audience: Audience = Audience.CLEAR, allowed: tuple[str, ...] = ()) -> list[VisibleRow]:
    record = DataRecord("1", NOW, "bldg-7", data, "shardId-000000000000")
    return visible_rows(rows_of(record, allowed) if allowed else rows_of(record), audience)


def cells(typed: str, data: bytes, audience: Audience = Audience.CLEAR, allowed: tuple[str, ...] = ()) -> list[str]:
    [row] = with_cells(visible(data, audience, allowed), columns_of(typed))
    return [cell.text for cell in row.cells]


RECORD = (
    b'{"zone": "3.02", "reading": {"celsius": 21.50, "n": 1e400}, "on": true,'
    b' "at": [{"t": 1}, {"t": 2}], "x": [1, null]}'
)


def test_columns_have_the_values_as_they_were_sent() -> None:
    assert cells("zone, reading.celsius, reading.n", RECORD) == ["3.02", "21.50", "1e400"]
    assert cells("on, at.t, at[1].t, x", RECORD) == ["true", "1, 2", "2", "[1, null]"]
    assert cells("reading, missing, @size, @key", RECORD) == ['{"celsius": 21.50, "n": 1e400}', "", "115", "bldg-7"]


def test_what_is_masked_in_the_row_is_masked_in_the_column() -> None:
    assert cells("zone, missing, @key", RECORD, Audience.MASKED) == [MASK, MASK, MASK]
    assert cells("zone, reading.celsius", RECORD, Audience.MASKED, ("reading.celsius",)) == [MASK, "21.50"]
    assert cells("zone", b"no fields", Audience.MASKED) == [MASK]
    assert fields_seen(visible(RECORD, Audience.MASKED)) == []
    assert fields_seen(visible(RECORD, Audience.MASKED, ("reading.celsius",))) == ["reading.celsius"]


def test_a_record_that_is_longer_than_its_row_says_so() -> None:
    long = json.dumps({"a": 1, "b": "x" * 5000}).encode()
    [row] = with_cells(visible(long), columns_of("a"))
    assert row.cells[0].is_too_long
    [row] = with_cells(visible(b"text"), columns_of("a"))
    assert not row.cells[0].is_too_long


@pytest.mark.parametrize(
    "data",
    [b"[" * 1900, b'{"a": ' * 300, b'{"a": NaN}', b'{"a": "\x1b<b>"}', b"", b"\xff", b'{"a": ' + b"9" * 900 + b"}"],
)
def test_no_record_breaks_a_column(data: bytes) -> None:
    rows = visible(data)
    assert len(with_cells(rows, columns_of("a, a.a.a, a[0]"))) == len(rows)
    assert isinstance(fields_seen(rows), list)


@pytest.mark.parametrize(
    ("typed", "names", "code"),
    [
        ("", [], ""),
        (" zone , `zone name`.t,zone", ["zone", "`zone name`.t"], ""),
        ("a b", [], "columns.mistake"),
        ("a,,b", [], "columns.mistake"),
        ("a, 'b'", [], "columns.mistake"),
        ("a\0b", [], "columns.mistake"),
        ("a = 1", [], "columns.mistake"),
        (",".join("abcdefghi"), [], "columns.too_many"),
        ("a" * 501, [], "columns.too_long"),
        (".".join("a" * 21), [], "columns.mistake"),
    ],
)
def test_columns_are_at_most_eight_fields(typed: str, names: list[str], code: str) -> None:
    found = columns_of(typed)
    assert found.names == names
    assert (found.problem.code if found.problem else "") == code


def test_fields_of_the_rows_can_be_added_and_removed() -> None:
    rows = visible(RECORD)
    assert fields_seen(rows) == ["at.t", "on", "reading.celsius", "reading.n", "x", "zone"]
    choices = {each.name: each for each in column_choices(columns_of("zone"), rows, {"filter": "on = true"})}
    assert next(iter(choices)) == "zone"
    assert choices["zone"].query == "filter=on+%3D+true&columns="
    assert choices["on"].query == "filter=on+%3D+true&columns=zone%2Con"
    full = columns_of(",".join("abcdefgh"))
    assert len(column_choices(full, rows, {})) == MOST_COLUMNS
