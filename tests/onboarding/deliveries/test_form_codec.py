"""From a declaration to the fields of a page and back: nothing is lost and nothing added, whatever the names hold."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example as case
from hypothesis import given, settings
from hypothesis import strategies as st

from onboarding.deliveries import form_codec
from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.form_schema import GATES, inputs_of
from onboarding.deliveries.http import HttpEndpoint
from onboarding.deliveries.iceberg import Iceberg, IcebergTable
from onboarding.deliveries.kinds import KINDS, read
from onboarding.deliveries.transform import Transform
from tests.onboarding.deliveries_examples import example

FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:sluice-mask"
# What divides the parts of a line, and what is easily lost at the ends of one.
TEXTS = st.text('ab:.|,="{}\\ \n\t\u2028\u00a0', min_size=1, max_size=12)
WORDS = st.text('ab:.|,="{}', min_size=1, max_size=8)
NAMES = st.text("ab._", min_size=1, max_size=8)


def there_and_back(delivery: Delivery) -> Delivery:
    values = form_codec.typed(delivery)
    assert all(isinstance(value, str) for value in values.values())
    return read(form_codec.plain(values))


@given(st.dictionaries(TEXTS, TEXTS | st.just(""), max_size=3))
@case({"a:b": "c"})
@case({"site": " harbour "})
@case({"{": "}"})
@case({'{"a": "b"}': ""})
@settings(max_examples=60, deadline=None)
def test_attributes_come_back_as_they_were(attributes: dict[str, str]) -> None:
    delivery = Delivery(name="a", bucket="b", destination=HttpEndpoint(url="https://a.b", attributes=attributes))
    assert there_and_back(delivery).destination.attributes == attributes


@given(
    st.lists(
        st.builds(
            IcebergTable,
            database=NAMES,
            table=NAMES,
            unique_keys=st.lists(WORDS, max_size=2, unique=True).map(tuple),
            error_prefix=st.text("a/|: {}!", max_size=6),
        ),
        min_size=1,
        max_size=3,
    ).map(tuple)
)
@case((IcebergTable(database="my.lake", table="a.b", unique_keys=("a,b", "c|d"), error_prefix="e|f "),))
@settings(max_examples=60, deadline=None)
def test_tables_come_back_as_they_were(tables: tuple[IcebergTable, ...]) -> None:
    delivery = Delivery(name="a", bucket="b", destination=Iceberg(catalog_arn="arn:x", tables=tables))
    assert there_and_back(delivery).destination.tables == tables


@given(st.floats(0.2, 3))
@settings(max_examples=40, deadline=None)
def test_a_number_comes_back_to_its_last_digit(size: float) -> None:
    delivery = Delivery(name="a", bucket="b", transform=Transform(function_arn=FUNCTION, buffer_mb=size))
    assert there_and_back(delivery) == delivery


@pytest.mark.parametrize(
    ("line", "table"),
    [
        ("lake.readings", {"database": "lake", "table": "readings"}),
        (
            " lake.readings : device, time ",
            {"database": "lake", "table": "readings", "unique_keys": ["device", "time"]},
        ),
        ("lake.a.b", {"database": "lake", "table": "a.b"}),
        ("lake.a | e/|f", {"database": "lake", "table": "a", "error_prefix": "e/|f"}),
        ("lake", {"database": "lake", "table": ""}),
        ("{lake.a", {"database": "{lake", "table": "a"}),
    ],
)
def test_a_table_is_typed_on_a_line(line: str, table: dict[str, Any]) -> None:
    found = form_codec.plain({"kind": "iceberg", "tables": line})
    assert found["destination"]["tables"] == [table]


@pytest.mark.parametrize(
    ("typed", "attributes"),
    [
        ("site: harbour\n\n site :quay ", {"site": "quay"}),
        ("url: https://a.b:8443", {"url": "https://a.b:8443"}),
        ("alone", {"alone": ""}),
        ('{"a:b": "c"}', {"a:b": "c"}),
        ('{"a": "b", "c": "d"}', {'{"a"': '"b", "c": "d"}'}),
        ('{"a": 1}', {'{"a"': "1}"}),
        ("{}", {"{}": ""}),
    ],
)
def test_an_attribute_is_typed_on_a_line(typed: str, attributes: dict[str, str]) -> None:
    assert form_codec.plain({"kind": "http", "attributes": typed})["destination"]["attributes"] == attributes


@pytest.mark.parametrize(
    ("field", "typed", "plain"),
    [
        ("buffering_mb", " 64 ", 64),
        ("buffering_mb", "many", "many"),
        ("buffering_mb", "-1", "-1"),
        ("buffering_mb", "1" * 10, "1" * 10),
        ("buffering_mb", "1e3", "1e3"),
        ("prefix", " a/ ", "a/"),
    ],
)
def test_what_cannot_be_read_goes_on_for_the_rules_to_name(field: str, typed: str, plain: object) -> None:
    assert form_codec.plain({field: typed})[field] == plain


@pytest.mark.parametrize(
    ("typed", "plain"), [("0,5", 0.5), ("nan", "nan"), ("inf", "inf"), ("1e400", "1e400"), ("x", "x")]
)
def test_a_number_is_finite_and_may_have_a_comma(typed: str, plain: object) -> None:
    found = form_codec.plain({"transform__function_arn": FUNCTION, "transform__buffer_mb": typed})
    assert found["transform"]["buffer_mb"] == plain


@pytest.mark.parametrize("kind", KINDS)
def test_a_part_without_its_first_setting_is_none(kind: str) -> None:
    gates = {field.field: field.path.rpartition(".")[0] for field in inputs_of(kind) if field.path in GATES.values()}
    values = {field.field: "x" for field in inputs_of(kind)} | dict.fromkeys(gates, " none ")
    found = form_codec.plain({**values, "kind": kind})
    for part in gates.values():
        owner, _, name = part.rpartition(".")
        assert name not in (found[owner] if owner else found)


@pytest.mark.parametrize("kind", ["", "floppy", "S3", None, "none"])
def test_an_unknown_kind_is_s3(kind: str | None) -> None:
    assert form_codec.plain({"kind": kind})["destination"]["kind"] == "s3"


def test_an_existing_bucket_stays_the_owners() -> None:
    theirs = replace(read(example("s3")), new_bucket=False)
    assert form_codec.typed(theirs)["bucket_mode"] == "existing"
    assert there_and_back(theirs) == theirs
    assert form_codec.plain({"bucket_mode": "anything else"})["new_bucket"] is True
