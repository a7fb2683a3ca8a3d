"""What a changed declaration does to its deliveries: every setting of every kind, and both of its values in words."""

from dataclasses import fields, replace
from typing import Any

import pytest

from onboarding.deliveries.delivery import FIELDS, Delivery
from onboarding.deliveries.iceberg import Iceberg, IcebergTable
from onboarding.deliveries.kinds import KINDS, read
from onboarding.deliveries.s3 import S3
from onboarding.deliveries.s3_conversion import Conversion
from onboarding.deliveries.s3_partitioning import Partitioning
from onboarding.deliveries.transform import Transform
from onboarding.deliveries.vpc import VpcAccess
from onboarding.spec.change import NONE, Change, Verb
from onboarding.spec.deliveries_diff import of_deliveries
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.stream_spec import StreamSpec
from portal.messages.catalogue import text_of
from tests.onboarding.deliveries_examples import example

STREAM = StreamSpec(name="sluice-sensors", region="eu-west-1")
A = Delivery(name="sluice-a", bucket="sluice-one")
# A value that no example has, for each kind of value; None switches a part off.
OTHERS: dict[str, Any] = {
    "partitioning": Partitioning(keys={"floor": ".floor"}),
    "conversion": Conversion(format="orc", database="d", table="t", compression="ZLIB"),
    "vpc": VpcAccess(subnet_ids=("subnet-11111111",), security_group_ids=("sg-11111111",)),
    "transform": Transform(function_arn="arn:aws:lambda:eu-west-1:111122223333:function:other"),
    "tables": (IcebergTable(database="other", table="other"),),
    "attributes": {"other": "value"},
    "document_id": "NO_DOCUMENT_ID",
    "source_backup_prefix": "other/",
}


def changes(before: tuple[Delivery, ...], after: tuple[Delivery, ...]) -> list[Change]:
    return list(of_deliveries(spec_of(*before), spec_of(*after)))


def spec_of(*deliveries: Delivery) -> IntegrationSpec:
    return IntegrationSpec("s", "c", STREAM, deliveries)


def another(name: str, value: Any) -> Any:
    if name in OTHERS:
        return OTHERS[name]
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    return {"failed": "all", "all": "failed"}.get(value, f"{value}x")


@pytest.mark.parametrize("kind", KINDS)
def test_every_setting_of_a_kind_is_one_change_in_one_place(kind: str) -> None:
    was = read(example(kind))
    for field in fields(was.destination):
        if field.name == "kind":
            continue
        value = another(field.name, getattr(was.destination, field.name))
        [found] = changes((was,), (replace(was, destination=replace(was.destination, **{field.name: value})),))
        assert found.path == f"deliveries.{was.name}.destination.{field.name}"
        assert found.was != found.becomes
        assert found.verb in {Verb.UPDATE, Verb.REFUSE}


@pytest.mark.parametrize("name", FIELDS)
def test_every_common_setting_is_one_change_in_one_place(name: str) -> None:
    value = another(name, getattr(A, name))
    [found] = changes((A,), (replace(A, **{name: value}),))
    assert (found.path, found.verb) == (f"deliveries.sluice-a.{name}", Verb.UPDATE)


@pytest.mark.parametrize("kind", KINDS)
def test_a_delivery_that_stays_has_no_changes(kind: str) -> None:
    assert changes((A, read(example(kind))), (read(example(kind)), A)) == [], "their order says nothing"


@pytest.mark.parametrize(("was", "now", "verb"), [("all", "failed", Verb.REFUSE), ("failed", "all", Verb.UPDATE)])
def test_a_backup_of_splunk_is_switched_on_and_never_off(was: str, now: str, verb: Verb) -> None:
    plain = example("splunk")
    before, after = (
        read({**plain, "destination": {**plain["destination"], "backup": backup}}) for backup in (was, now)
    )
    [found] = changes((before,), (after,))
    assert (found.verb, text_of(found.was), text_of(found.becomes)) == (verb, was, now)
    assert ("Add a new delivery" in text_of(found.effect)) is (verb is Verb.REFUSE)


def test_a_backup_of_s3_moves_but_does_not_end() -> None:
    on = replace(A, destination=S3(source_backup_prefix="raw/"))
    moved, off = replace(A, destination=S3(source_backup_prefix="all/")), replace(A, destination=S3())
    assert [change.verb for change in changes((off,), (on,))] == [Verb.UPDATE]
    assert [change.verb for change in changes((on,), (moved,))] == [Verb.UPDATE]
    assert [(change.verb, change.becomes) for change in changes((on,), (off,))] == [(Verb.REFUSE, NONE)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ((), (A,), "Creates bucket sluice-one"),
        ((replace(A, name="sluice-b"),), (A, replace(A, name="sluice-b")), ""),
        ((), (replace(A, new_bucket=False),), ""),
    ],
)
def test_a_bucket_is_created_only_where_none_was_before(
    before: tuple[Delivery, ...], after: tuple[Delivery, ...], expected: str
) -> None:
    [found] = changes(before, after)
    assert (found.verb, found.was) == (Verb.CREATE, NONE)
    assert text_of(found.becomes) == "bucket sluice-one"
    assert ("bucket" in text_of(found.effect).lower()) is bool(expected)
    assert expected in text_of(found.effect)


@pytest.mark.parametrize(
    ("is_new", "stays", "code"),
    [
        (True, (), "change.bucket_kept_with_objects"),
        (False, (), "change.bucket_kept"),
        (True, (replace(A, name="sluice-b"),), "change.bucket_used_elsewhere"),
    ],
)
def test_a_bucket_of_a_removed_delivery_has_its_fate(is_new: bool, stays: tuple[Delivery, ...], code: str) -> None:
    [found] = changes((replace(A, new_bucket=is_new), *stays), stays)
    assert (found.verb, found.becomes) == (Verb.REMOVE, NONE)
    assert code in {part.code for part in found.effect.params.values()}


def test_to_another_bucket_of_ones_own_nothing_is_created() -> None:
    [theirs] = changes((A,), (replace(A, bucket="sluice-two", new_bucket=False),))
    [ours] = changes((A,), (replace(A, bucket="sluice-two"),))
    assert (theirs.verb, ours.verb) == (Verb.REPLACE, Verb.REPLACE)
    assert "Creates" not in text_of(theirs.effect)
    assert "Creates bucket sluice-two" in text_of(ours.effect)


def test_another_kind_hides_every_other_change_of_it() -> None:
    [found] = changes(
        (A,), (replace(A, bucket="sluice-two", prefix="x/", destination=read(example("http")).destination),)
    )
    assert (found.path, found.verb) == ("deliveries.sluice-a.destination.kind", Verb.REFUSE)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("partitioning", Partitioning(keys={"floor": ".floor"}), "keys floor .floor, delimiter on, retry_seconds 300"),
        ("conversion", OTHERS["conversion"], "format orc, database d, table t, compression ZLIB"),
        ("source_backup_prefix", "", "none"),
    ],
)
def test_a_part_is_written_out_without_what_it_lacks(name: str, value: Any, text: str) -> None:
    [found] = changes((A,), (replace(A, destination=replace(S3(), **{name: value})),))
    assert (found.was, text_of(found.becomes)) == (NONE, text)


def test_tables_are_written_out_one_after_the_other() -> None:
    def tables(*found: IcebergTable) -> Delivery:
        return replace(A, destination=Iceberg(catalog_arn="arn", tables=found))

    first, second = IcebergTable(database="d", table="a", unique_keys=("x", "y")), IcebergTable(database="d", table="b")
    [found] = changes((tables(first),), (tables(first, second),))
    assert text_of(found.was) == "database d, table a, unique_keys x; y"
    assert text_of(found.becomes) == "database d, table a, unique_keys x; y; database d, table b"
