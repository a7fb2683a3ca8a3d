"""Iceberg tables: their names and keys, what Firehose's role may do to them, and where failed records go."""

import pytest

from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.destination import Place
from onboarding.deliveries.iceberg import Iceberg, IcebergTable
from portal.messages.catalogue import text_of

ACCOUNT, REGION = "111122223333", "eu-west-1"
CATALOG = f"arn:aws:glue:{REGION}:{ACCOUNT}:catalog"
PLACE = Place(
    region=REGION,
    account_id=ACCOUNT,
    partition="aws",
    role_arn=f"arn:aws:iam::{ACCOUNT}:role/sluice/sluice-firehose",
    bucket_arn="arn:aws:s3:::sluice-sensors",
    log_group="/aws/kinesisfirehose/sluice-sensors",
)
READINGS = IcebergTable(database="buildings", table="readings")


def delivery_to(*tables: IcebergTable, **settings: object) -> Delivery:
    destination = Iceberg(**{"catalog_arn": CATALOG, "tables": tables or (READINGS,), **settings})
    return Delivery(name="sluice-a", bucket="sluice-sensors", prefix="undelivered/", destination=destination)


def problems(*tables: IcebergTable, **settings: object) -> list[tuple[str, str]]:
    found = delivery_to(*tables, **settings).problems({"region": REGION, "account_id": ACCOUNT})
    return [(path.removeprefix("destination."), message.code) for path, message in found]


def table(**settings: object) -> IcebergTable:
    return IcebergTable(**{"database": "buildings", "table": "readings", **settings})


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"database": ""}, "database"),
        ({"database": "*"}, "database"),
        ({"table": "read/ings"}, "table"),
        ({"table": "a" * 256}, "table"),
        ({"table": "größe"}, "table"),
    ],
)
def test_a_name_cannot_widen_the_role_of_firehose(settings: dict[str, str], field: str) -> None:
    assert problems(table(**settings)) == [(f"tables.0.{field}", "iceberg.name")]


@pytest.mark.parametrize("key", ["", "a b", "a\tb", "a\n"])
def test_a_unique_key_is_one_word(key: str) -> None:
    assert problems(table(unique_keys=("device", key))) == [("tables.0.unique_keys", "iceberg.unique_key")]


def test_rows_cannot_be_updated_where_rows_are_only_added() -> None:
    keyed = table(unique_keys=("device",))
    assert problems(keyed) == []
    assert problems(READINGS, append_only=True) == []
    assert problems(keyed, append_only=True) == [("tables.0.unique_keys", "iceberg.append_only")]


def test_a_table_stands_in_the_list_once() -> None:
    others = table(table="alarms"), table(database="harbour")
    assert problems(READINGS, *others) == []
    assert problems(READINGS, *others, READINGS) == [("tables.3.table", "iceberg.table_twice")]


@pytest.mark.parametrize(
    ("arn", "code"),
    [
        (f"{CATALOG}/s3tablescatalog/buildings", None),
        (CATALOG.replace(REGION, "eu-central-1"), "delivery.in_other_region"),
        (CATALOG.replace(ACCOUNT, "444455556666"), "delivery.in_other_account"),
        (f"{CATALOG}/*", "delivery.not_an_arn"),
        (CATALOG.removesuffix("catalog") + "database/buildings", "delivery.not_an_arn"),
    ],
)
def test_the_catalog_is_one_of_this_account_and_region(arn: str, code: str | None) -> None:
    assert problems(catalog_arn=arn) == ([("catalog_arn", code)] if code else [])


@pytest.mark.parametrize(
    ("prefix", "code"),
    [
        ("failed/", None),
        ("failed/!{firehose:error-output-type}/", None),
        ("failed/!{timestamp:yyyy", "prefix.expression_open"),
        ("failed/!{partitionKeyFromQuery:building}/", "prefix.partition_key_of_failed_record"),
    ],
)
def test_the_error_prefix_of_a_table_follows_the_rules_of_prefixes(prefix: str, code: str | None) -> None:
    assert problems(table(error_prefix=prefix)) == ([("tables.0.error_prefix", code)] if code else [])


def test_failed_records_of_a_table_go_where_the_role_may_write() -> None:
    tables = table(error_prefix="failed/"), table(table="b", error_prefix="failed/"), table(table="c")
    found = delivery_to(*tables, warehouse_bucket="sluice-lake")
    assert found.destination.prefixes == ("failed/",), "the warehouse's own bucket is another one"
    assert delivery_to().destination.prefixes == ()


def test_the_files_of_tables_are_deleted_only_where_rows_are_updated() -> None:
    def actions(*, append_only: bool) -> set[str]:
        statements = delivery_to(append_only=append_only).statements(PLACE)
        return {action for statement in statements for action in statement["Action"]}

    assert actions(append_only=False) - actions(append_only=True) == {"s3:DeleteObject"}


def test_the_role_reaches_its_tables_and_its_bucket_alone() -> None:
    tables = READINGS, table(table="alarms"), table(database="harbour")
    here, there = (
        delivery_to(*tables).statements(PLACE),
        delivery_to(*tables, warehouse_bucket="lake").statements(PLACE),
    )
    glue = f"arn:aws:glue:{REGION}:{ACCOUNT}"
    assert here[0]["Resource"] == [
        CATALOG,
        f"{glue}:database/buildings",
        f"{glue}:database/harbour",
        f"{glue}:table/buildings/readings",
        f"{glue}:table/buildings/alarms",
        f"{glue}:table/harbour/readings",
    ]
    assert [statement["Resource"] for statement in here[1:]] == [PLACE.bucket_arn, f"{PLACE.bucket_arn}/*"]
    assert [statement["Resource"] for statement in there[1:]] == ["arn:aws:s3:::lake", "arn:aws:s3:::lake/*"]


def test_one_table_is_named_and_several_are_counted() -> None:
    single, two = delivery_to(), delivery_to(READINGS, table(table="alarms"))
    assert text_of(single.destination.description(single)) == "Iceberg table buildings.readings"
    assert text_of(two.destination.description(two)) == "2 Iceberg tables"
