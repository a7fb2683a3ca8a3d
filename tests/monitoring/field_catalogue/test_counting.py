"""Counts of fields: shares, objects whose names are data, and bounds."""

import json
import random

import pytest

from monitoring.field_catalogue import counting, folding
from monitoring.field_catalogue.counting import MOST_FIELDS, merge, observe
from monitoring.field_catalogue.json_types import STRING
from monitoring.field_catalogue.kind_fields import KindFields, SeenField, from_json
from monitoring.field_catalogue.observation import observed
from monitoring.field_catalogue.paths import ANY, path_text


def counted(records: list[object], now: int = 1_000) -> KindFields:
    kind = KindFields(now)
    for record in records:
        found = observed(record)
        assert found is not None
        observe(kind, found, now)
    return kind


def shares(kind: KindFields) -> dict[str, float]:
    return {path_text(path): round(kind.share(seen), 2) for path, seen in kind.fields.items()}


def test_the_share_of_records_that_have_a_field() -> None:
    kind = counted([{"a": 1, "b": {"c": 1}}, {"a": 1}, {"a": 1}, {"a": None}])
    assert shares(kind) == {"a": 1.0, "b": 0.25, "b.c": 0.25}
    assert kind.records == 4


def test_a_field_of_many_items_counts_once_for_a_record() -> None:
    assert shares(counted([{"s": [{"t": 1}] * 9}, {"s": []}])) == {"s": 1.0, "s.t": 0.5}


def test_what_was_counted_twice_is_what_was_counted_at_once() -> None:
    records: list[object] = [{"a": 1}, {"a": "x", "b": 2}, {"c": {"d": 1}}, {"a": 1}]
    kind, other = counted(records[:2], 1_000), counted(records[2:], 2_000)
    merge(kind, other)
    assert shares(kind) == shares(counted(records))
    assert (kind.since, kind.last_at, kind.records) == (1_000, 2_000, 4)
    assert kind.fields["a",].first_at == 1_000
    assert kind.fields["a",].last_at == 2_000
    assert kind.fields["c", "d"].first_at == 2_000


def test_names_that_are_data_share_one_path_and_constant_ones_stay() -> None:
    records = [{"rooms": {"unit": "C", f"Room {number}": {"t": number}}, "ok": True} for number in range(200)]
    kind = counted(list(records))
    assert shares(kind) == {"rooms": 1.0, "rooms.unit": 1.0, "ok": 1.0, "rooms.*": 1.0, "rooms.*.t": 1.0}
    assert kind.folded == {("rooms",)}
    assert "Room" not in json.dumps(kind.as_json())


def test_names_are_folded_in_parts_too() -> None:
    whole = KindFields(1)
    for part in range(20):
        merge(whole, counted([{"rooms": {f"Room {20 * part + n}": {"t": 1}}} for n in range(20)]))
    assert set(shares(whole)) == {"rooms", "rooms.*", "rooms.*.t"}
    assert whole.fields["rooms", ANY].count <= whole.weight


def test_a_wide_record_of_constant_names_is_not_folded() -> None:
    kind = counted([{f"column{number}": 1 for number in range(120)}] * 10)
    assert len(kind.fields) == 120
    assert kind.folded == set()


def test_many_new_columns_of_an_old_stream_are_not_folded() -> None:
    kind = counted([{f"old{number}": 1 for number in range(60)}] * 500)
    merge(kind, counted([{"reading": {f"new{number}": 1 for number in range(60)}, "old1": 1}] * 20))
    merge(kind, counted([{"reading": {f"new{number}": 1 for number in range(60)}}, {}] * 20))
    assert len(kind.fields) == 121
    assert kind.folded == set()


def test_hostile_records_have_a_bounded_catalogue() -> None:
    numbers = random.Random(7)
    kind = KindFields(1)
    for _ in range(300):
        record = {
            "".join(numbers.choices("abcdefgh", k=9)): {f"x{numbers.random()}": [{f"y{numbers.random()}": 1}]}
            for _ in range(60)
        }
        found = observed(record)
        assert found is not None
        observe(kind, found, 1)
    assert len(kind.fields) <= MOST_FIELDS
    assert len(json.dumps(kind.as_json())) < 100_000


def test_objects_that_are_folded_are_bounded_too() -> None:
    kind = KindFields(1)
    for parent in range(150):
        record = {f"parent {parent}": {f"name {parent} {number}": 1 for number in range(60)}}
        merge(kind, counted([record, {f"parent {parent}": {}}, {f"parent {parent}": {}}, {}, {}, {}]))
    assert len(kind.fields) <= MOST_FIELDS
    assert len(kind.folded) <= MOST_FIELDS + 1


def test_more_fields_than_are_kept_are_said() -> None:
    kind = counted([{f"column{number}": 1 for number in range(190)}] * 3 + [{"a": {f"n{n}": 1 for n in range(40)}}] * 9)
    assert len(kind.fields) <= MOST_FIELDS
    assert kind.is_full or kind.folded


def test_counts_are_halved_so_that_a_share_is_that_of_lately() -> None:
    kind = KindFields(1)
    for _ in range(60):
        merge(kind, KindFields(1, 1, records=1_000, weight=1_000))
    assert kind.records == 60_000
    assert kind.weight < counting.MOST_WEIGHT


def test_the_catalogue_survives_storage() -> None:
    kind = counted([{"rooms": {f"Room {number}": {"t": [1]}}, "a\x00": 1} for number in range(60)])
    stored = json.loads(json.dumps(kind.as_json()))
    assert from_json(stored) == kind


def test_room_is_looked_for_once_in_a_record_whatever_its_names(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = counted([{f"p{part}": {f"n{number}": 1 for number in range(49)} for part in range(4)}])
    assert len(kind.fields) == MOST_FIELDS
    folds: list[bool] = []
    fold = folding.fold
    monkeypatch.setattr(folding, "fold", lambda kind: folds.append(fold(kind)) or folds[-1])
    strange = observed({f"p{part}": {f"x{number}": 1 for number in range(49)} for part in range(4)})
    assert strange is not None
    observe(kind, strange, 1_000)
    assert kind.is_full
    assert len(folds) == 2  # and once after all


def test_names_of_a_folded_object_are_counted_where_there_is_no_room_for_more() -> None:
    kind = counted([{f"n{number}": 1 for number in range(MOST_FIELDS - 1)}] * 3)
    kind.folded, kind.fields[ANY,] = {()}, SeenField(STRING, 1, 1_000, 1_000)
    before = kind.fields[ANY,].count
    merge(kind, counted([{"Room 99": 1}]))
    assert (kind.fields[ANY,].count, kind.is_full) == (before + 1, False)
