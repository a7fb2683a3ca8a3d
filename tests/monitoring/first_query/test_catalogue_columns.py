"""Columns from the field catalogue: their types are those of Athena, and every statement with them can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.field_catalogue.counting import observe
from monitoring.field_catalogue.kind_fields import KindFields
from monitoring.field_catalogue.observation import observed
from monitoring.first_query.catalogue_columns import columns_of
from tests.monitoring.first_query.test_athena import table_of

UUID = "6f1f3f9e-6f0e-4a57-9d5f-0c2f6a1b2c3d"


def catalogue(*records: object) -> KindFields:
    kind = KindFields(1)
    for record in records:
        if (found := observed(record)) is not None:
            observe(kind, found, 1)
    return kind


def columns(*records: object) -> dict[str, str]:
    return table_of(fields=columns_of(catalogue(*records))).columns


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1], "bigint"),
        ([1, 1.5, None], "double"),
        ([True], "boolean"),
        (["x", None], "string"),
        ([None], "string"),
        ([1, "x"], "string"),
        ([[1, 2.5]], "array<double>"),
        ([[]], "string"),
        ([[1, "x"]], "array<string>"),
        ([[[1]]], "string"),
        ([[{"t": 1}, {"u": "x"}]], "array<struct<t:bigint,u:string>>"),
        ([[1], 1], "string"),
        ([{"Celsius": 1.5, "unit": None}], "struct<celsius:double,unit:string>"),
        ([{"a": {"b": {"c": [True]}}}], "struct<a:struct<b:struct<c:array<boolean>>>>"),
        ([{}], "string"),
        ([{UUID: 1}], "string"),
        ([{"date": "x"}], "string"),
        ([{"zone name": 1}], "string"),
        ([{"a": 1, "A": 2}], "string"),
        ([{"a": 1}, "x"], "string"),
    ],
)
def test_types(values: list[object], kind: str) -> None:
    assert columns(*({"field": value} for value in values)) == {"field": kind}


def test_columns_are_the_fields_at_the_top_in_the_order_of_names() -> None:
    found = columns({"zone name": "3.02", "deviceId": "x", UUID: 1, "reading": {"celsius": 1.5}})
    assert found == {"deviceid": "string", "reading": "struct<celsius:double>", "zone_name": "string"}


def test_those_who_see_records_masked_get_the_allowed_fields_only() -> None:
    kind = catalogue({"person": "Alice", "reading": {"celsius": 1.5, "Alice": 1}, "unit": "C"})
    fields = columns_of(kind, {"reading.celsius", "unit"})
    assert table_of(fields=fields).columns == {"reading": "struct<celsius:double>", "unit": "string"}
    assert columns_of(kind, frozenset()) == []


NAMES = st.sampled_from(["a", "B", "date", "x>y", "b'c", UUID, "ä", "", "a b"]) | st.text(max_size=5)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)


@given(st.lists(st.dictionaries(NAMES, VALUES, max_size=4), max_size=4))
def test_whatever_was_sent_the_statement_can_be_read(records: list[object]) -> None:
    table_of(fields=columns_of(catalogue(*records)))
