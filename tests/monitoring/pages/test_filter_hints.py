"""The example of a filter, and the notes on fields that no sampled record has; nothing that is masked."""

from typing import Any

import pytest

from monitoring.field_catalogue.kind_fields import KindFields
from monitoring.field_catalogue.sample import ALL
from monitoring.filters.conditions import Field
from monitoring.pages.filter_hints import FilterHints, filter_hints
from portal.messages.catalogue import text_of
from tests.monitoring.field_catalogue.test_stored import sampled

RECORD = {"reading": {"celsius": 21.5}, "zone": "3.02", "parts": [{"id": 7}]}


def known(record: Any = RECORD, count: int = 100) -> KindFields:
    return sampled([record] * count).kinds[ALL]


def notes(hints: FilterHints) -> list[str]:
    return [text_of(note) for note in (*hints.filter, *hints.columns)]


def test_the_example_has_fields_of_the_stream() -> None:
    record = {**RECORD, "parts": []}
    assert filter_hints(known(record), "", (), None).example == "reading.celsius > 0 and zone exists"
    assert filter_hints(known({"door": "open"}), "", (), None).example == "door exists"
    assert filter_hints(None, "", (), None).example == 'reading.celsius > 30 and zone = "3.02"'


def test_who_sees_records_masked_has_an_example_of_allowed_fields() -> None:
    assert filter_hints(known(), "", (), {"reading.celsius"}).example == "reading.celsius > 0"
    for fields in (known(), None):
        assert filter_hints(fields, "", (), set()).example == '@size > 100 and @decoder = "JSON"'


def test_a_field_that_no_record_has_is_named_with_the_nearest() -> None:
    assert notes(filter_hints(known(), "celsius > 30 and not badge exists", (), None)) == [
        "No record sampled so far has the field badge.",
        "No record sampled so far has the field celsius. Did you mean reading.celsius?",
    ]
    assert notes(filter_hints(known(), "", [Field(("zone",)), Field(("floor",))], None)) == [
        "No record sampled so far has the field floor."
    ]


@pytest.mark.parametrize(
    "typed", ["reading exists", "parts[0].id = 7", "parts.id = 7", "@size > 3", "zone = ", '"door"']
)
def test_of_other_fields_nothing_is_said(typed: str) -> None:
    assert notes(filter_hints(known(), typed, (), None)) == []


def test_nothing_is_said_after_few_records() -> None:
    assert notes(filter_hints(known(count=99), "celsius > 30", (), None)) == []


def test_a_name_that_is_data_can_be_any() -> None:
    assert notes(filter_hints(known({"devices": {"123456": {"on": True}}}), "devices.door7.on = true", (), None)) == []


def test_who_sees_records_masked_finds_out_no_other_field() -> None:
    fields = [Field(("celsius",)), Field(("badge",)), Field(("zone",))]
    assert notes(filter_hints(known(), "", fields, {"zone"})) == []
    assert notes(filter_hints(known(), "", fields, {"celsius"})) == ["No record sampled so far has the field celsius."]
