"""The statements are what Athena reads, their partitions are those of the prefix, and nothing can break out of them."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.first_query.athena import TableField, first_query
from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.s3 import S3
from onboarding.deliveries.s3_conversion import Conversion
from onboarding.deliveries.s3_partitioning import Partitioning
from onboarding.deliveries.s3_prefix import evaluated
from tests.monitoring.first_query.ddl import Table, parsed

SINCE = datetime(2026, 11, 30, 7, 5, tzinfo=UTC)
DELIVERY = Delivery("hal-lobby", "hal-lobby-files", destination=S3(delimiter=True))


def table_of(prefix: str = DELIVERY.prefix, fields: Sequence[TableField] = ()) -> Table:
    return parsed(first_query(replace(DELIVERY, prefix=prefix), since=SINCE, fields=fields).create)


def check(table: Table) -> None:
    """Every partition column has its projection, and the template names each, under the table's location."""
    template = table.properties["storage.location.template"]
    assert set(re.findall(r"\$\{(\w+)\}", template)) == set(table.partitions)
    assert template.startswith(table.location)
    assert template.endswith("/")
    projected = {key.split(".")[1] for key in table.properties if key.count(".") >= 2 and key.startswith("projection.")}
    assert projected == set(table.partitions)
    assert table.properties["projection.enabled"] == "true"


def test_the_usual_prefix_has_one_partition_by_hour() -> None:
    table = table_of()
    check(table)
    assert table.partitions == {"delivered": "string"}
    assert table.location == "s3://hal-lobby-files/sensors/"
    assert table.properties == {
        "projection.enabled": "true",
        "projection.delivered.type": "date",
        "projection.delivered.format": "yyyy/MM/dd/HH",
        "projection.delivered.range": "2026/11/30/07,NOW",
        "projection.delivered.interval": "1",
        "projection.delivered.interval.unit": "HOURS",
        "storage.location.template": "s3://hal-lobby-files/sensors/${delivered}/",
    }


@pytest.mark.parametrize(
    "prefix",
    ["sensors/", "", "sensors/!{timestamp:yyyy/MM/dd/HH}/", "a/!{timestamp:yyyy-MM-dd}/", "!{timestamp:yyyy}/"],
)
def test_the_folders_are_those_that_firehose_writes(prefix: str) -> None:
    table = table_of(prefix)
    check(table)
    (column,) = table.partitions
    first = table.properties[f"projection.{column}.range"].partition(",")[0]
    template = table.properties["storage.location.template"].replace(f"${{{column}}}", first)
    assert template == f"s3://hal-lobby-files/{evaluated(prefix, SINCE)}"


def test_a_prefix_in_the_style_of_hive_has_a_partition_for_each_part() -> None:
    table = table_of("s/year=!{timestamp:yyyy}/month=!{timestamp:MM}/day=!{timestamp:dd}/hour=!{timestamp:HH}/")
    check(table)
    assert table.partitions == dict.fromkeys(["year", "month", "day", "hour"], "int")
    assert table.properties["projection.year.range"] == "2026,2099"
    assert table.properties["projection.month.digits"] == "2"


def test_partition_keys_are_given_by_the_query() -> None:
    destination = S3(partitioning=Partitioning(keys={"building": ".building"}))
    prefix = "s/!{partitionKeyFromQuery:building}/!{timestamp:yyyy/MM/dd}/"
    found = first_query(replace(DELIVERY, prefix=prefix, destination=destination), since=SINCE)
    table = parsed(found.create)
    check(table)
    assert table.partitions == {"building": "string", "delivered": "string"}
    assert table.properties["projection.building.type"] == "injected"
    assert "\"building\" = 'VALUE'" in found.select
    assert "first_query.injected" in [note.code for note in found.notes]


@pytest.mark.parametrize(
    "prefix", ["s/!{firehose:random-string}/!{timestamp:yyyy}/", "s/!{timestamp:EEE}/", "s/!{timestamp:yyyy}-", "${x}/"]
)
def test_what_athena_cannot_compute_is_said_and_all_files_are_read(prefix: str) -> None:
    found = first_query(replace(DELIVERY, prefix=prefix), since=SINCE)
    table = parsed(found.create)
    assert (table.partitions, table.properties) == ({}, {})
    assert found.notes[0].code == "first_query.not_projected"
    assert "WHERE" not in found.select


def test_without_known_fields_each_line_is_one_column() -> None:
    table = table_of()
    assert table.columns == {"record": "string"}
    assert table.serde.endswith("RegexSerDe")


def test_fields_are_columns_and_keep_their_names_as_sent() -> None:
    fields = [
        TableField("deviceId"),
        TableField("reading.celsius", "double"),
        TableField("delivered"),
        TableField("x", "map"),
    ]
    table = table_of(fields=fields)
    assert table.columns == {"deviceid": "string", "reading_celsius": "double", "delivered_": "string", "x": "string"}
    assert table.serde.endswith("JsonSerDe")
    assert table.serde_properties["mapping.deviceid"] == "deviceId"


@given(st.lists(st.text(max_size=40), max_size=5))
def test_no_name_of_a_field_breaks_the_statement(names: list[str]) -> None:
    table_of(fields=[TableField(name) for name in names])


def test_what_athena_cannot_read_has_no_statement() -> None:
    conversion = S3(conversion=Conversion(format="parquet", database="lake", table="sensors"))
    for delivery, code in (
        (replace(DELIVERY, compression="ZIP"), "first_query.compression"),
        (replace(DELIVERY, destination=conversion), "first_query.converted"),
    ):
        found = first_query(delivery, since=SINCE)
        assert found.problem is not None
        assert (found.problem.code, found.create) == (code, "")


def test_notes_say_what_the_files_are_like() -> None:
    destination = S3(delimiter=False, time_zone="Europe/Berlin")
    codes = [note.code for note in first_query(replace(DELIVERY, destination=destination), since=SINCE).notes]
    assert codes == ["first_query.time_zone", "first_query.joined", "first_query.whole_lines"]
