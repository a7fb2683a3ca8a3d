"""What a changed declaration does, field by field: two declarations in, a list out."""

from dataclasses import replace

import pytest

from onboarding.deliveries.delivery import Delivery
from onboarding.spec import change, diff
from onboarding.spec.change import Verb
from onboarding.spec.daily_usage import DailyUsage
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.stream_spec import StreamSpec
from portal.aws.shard_counts import shard_counts
from portal.messages.catalogue import text_of

STREAM = StreamSpec(name="sluice-sensors", region="eu-west-1", shards=2, retention_hours=48)
DELIVERY = Delivery(name="sluice-sensors-to-s3", bucket="sluice-sensors-1")
SPEC = IntegrationSpec("sensors", "production", STREAM, (DELIVERY,), ("A" * 40,))
AT = "deliveries.sluice-sensors-to-s3"
OWN_KEY = "arn:aws:kms:eu-west-1:111122223333:key/0"


def verdicts(after: IntegrationSpec, *, has_key: bool = True) -> dict[str, tuple[str, str]]:
    return {
        change.path: (str(change.verb), text_of(change.effect)) for change in diff.between(SPEC, after, has_key=has_key)
    }


def values_of(found: change.Change) -> tuple[str, str]:
    return text_of(found.was), text_of(found.becomes)


def of_stream(**fields: object) -> IntegrationSpec:
    return replace(SPEC, stream=replace(STREAM, **fields))


def of_delivery(**fields: object) -> IntegrationSpec:
    return replace(SPEC, deliveries=(replace(DELIVERY, **fields),))


def test_nothing_differs() -> None:
    assert diff.between(SPEC, SPEC) == []


@pytest.mark.parametrize(
    ("after", "path", "verb", "expected"),
    [
        (of_stream(shards=4), "stream.shards", "update", "in one change"),
        (of_stream(shards=10), "stream.shards", "update", "in 3 changes (4, 8, 10)"),
        (of_stream(shards=1), "stream.shards", "update", "10 times in 24 hours"),
        (of_stream(shards=10_000), "stream.shards", "refuse", "takes 13 changes"),
        (of_stream(retention_hours=24), "stream.retention_hours", "update", "are deleted immediately"),
        (of_stream(retention_hours=72), "stream.retention_hours", "update", "costs extra"),
        (of_stream(kms_key="none"), "stream.kms_key", "update", "unencrypted"),
        (of_stream(kms_key=OWN_KEY), "stream.kms_key", "update", "get permission to use the key"),
        (of_stream(shard_level_metrics=False), "stream.shard_level_metrics", "update", "overloaded"),
        (of_stream(name="sluice-other"), "stream.name", "refuse", "cannot be changed"),
        (of_stream(region="eu-central-1"), "stream.region", "refuse", "cannot be changed"),
        (of_stream(mode="ON_DEMAND", shards=None), "stream.mode", "update", "AWS scales the stream automatically"),
        (of_stream(max_record_kib=4096), "stream.max_record_kib", "update", "less than 2 % of the records"),
        (of_stream(tags={"team": "a"}), "stream.tags.team", "create", "on your bill"),
        (replace(SPEC, connection="staging"), "connection", "refuse", "cannot be changed"),
        (replace(SPEC, recipients=("B" * 40,)), "recipients", "refuse", "already encrypted"),
        (replace(SPEC, deliveries=()), AT, "remove", "kept if it holds objects"),
        (of_delivery(bucket="sluice-b"), f"{AT}.bucket", "replace", "Creates bucket sluice-b."),
        (of_delivery(new_bucket=False), f"{AT}.new_bucket", "refuse", "The owner of a bucket"),
        (of_delivery(prefix="x/"), f"{AT}.prefix", "update", "Applies to new files"),
        (of_delivery(buffering_seconds=60), f"{AT}.buffering_seconds", "update", "within a minute"),
        (of_delivery(buffering_mb=64), f"{AT}.buffering_mb", "update", "within a minute"),
        (of_delivery(compression="ZIP"), f"{AT}.compression", "update", "Applies to new files"),
    ],
)
def test_each_field_has_its_verdict(after: IntegrationSpec, path: str, verb: str, expected: str) -> None:
    found = verdicts(after)
    assert set(found) == {path}
    assert found[path][0] == verb
    assert expected in found[path][1]


def test_a_delivery_that_was_not_there_is_created() -> None:
    found = diff.between(replace(SPEC, deliveries=()), SPEC)
    assert [(change.verb, text_of(change.was)) for change in found] == [(Verb.CREATE, "none")]


def test_a_delivery_of_another_name_is_made_before_the_old_one_goes() -> None:
    found = diff.between(SPEC, of_delivery(name="sluice-b"))
    assert [(change.path, change.verb) for change in found] == [("deliveries.sluice-b", Verb.CREATE), (AT, Verb.REMOVE)]
    assert "is kept for another delivery" in text_of(found[1].effect)


def test_before_a_key_is_sealed_its_recipients_may_change() -> None:
    assert verdicts(replace(SPEC, recipients=("B" * 40,)), has_key=False) == {}


@pytest.mark.parametrize(
    ("current", "wanted", "way"), [(2, 2, []), (2, 4, [4]), (3, 1, [2, 1]), (5, 3, [3]), (1, 7, [2, 4, 7])]
)
def test_shards_go_by_half_and_twice(current: int, wanted: int, way: list[int]) -> None:
    assert shard_counts(current, wanted) == way


def of_used(after: IntegrationSpec, **used: object) -> change.Change:
    [found] = diff.between(SPEC, after, usage=DailyUsage(**used))
    return found


def test_the_third_switch_of_mode_in_a_day_is_refused_before_aws_is_asked() -> None:
    on_demand = of_stream(mode="ON_DEMAND", shards=None)
    assert "Left after this one: 1." in text_of(of_used(on_demand).effect)
    assert "Left after this one: 0." in text_of(of_used(on_demand, mode_switches=1).effect)
    third = of_used(on_demand, mode_switches=2, next_mode_switch="22 November, 10:00 UTC")
    assert (third.verb, *values_of(third)) == (Verb.REFUSE, "provisioned, 2 shards", "on-demand")
    assert "The next switch is possible from 22 November, 10:00 UTC." in text_of(third.effect)


def test_back_to_provisioned_says_how_the_shards_follow() -> None:
    on_demand = of_stream(mode="ON_DEMAND", shards=None)
    [found] = diff.between(on_demand, of_stream(shards=3))
    assert (found.path, found.verb, text_of(found.becomes)) == ("stream.mode", Verb.UPDATE, "provisioned, 3 shards")
    assert "changes them to 3" in text_of(found.effect)


def test_changes_of_the_last_day_count_towards_the_ten() -> None:
    assert "Sluice has used 7 of these changes" in text_of(of_used(of_stream(shards=10), shard_changes=7).effect)
    found = of_used(of_stream(shards=10), shard_changes=8)
    assert found.verb is Verb.REFUSE
    assert "You can change to 8 shards" in text_of(found.effect)
    spent = of_used(of_stream(shards=4), shard_changes=10, next_shard_change="22 November, 10:00 UTC")
    assert "The next change is possible from 22 November, 10:00 UTC." in text_of(spent.effect)


@pytest.mark.parametrize(
    ("was", "now", "advice"),
    [(100, 110, "100, 125."), (4, 5, ""), (100, 125, ""), (100, 200, ""), (3, 4, "AWS is faster"), (8, 3, "")],
)
def test_odd_counts_are_advised_against(was: int, now: int, advice: str) -> None:
    before, after = (replace(SPEC, stream=replace(STREAM, shards=count)) for count in (was, now))
    [found] = diff.between(before, after)
    assert ("AWS is faster" in text_of(found.effect)) == bool(advice)
    assert advice in text_of(found.effect)


def test_only_what_loses_records_says_so() -> None:
    assert of_used(of_stream(retention_hours=24)).loses
    assert not of_used(of_stream(retention_hours=72)).loses
    assert not of_used(of_stream(shards=1)).loses


def test_tags_are_changed_and_taken_off_one_by_one() -> None:
    before, after = of_stream(tags={"team": "a", "old": "x"}), of_stream(tags={"team": "b", "empty": ""})
    found = [(change.path, str(change.verb), *values_of(change)) for change in diff.between(before, after)]
    assert found == [
        ("stream.tags.team", "update", "a", "b"),
        ("stream.tags.empty", "create", "none", "empty"),
        ("stream.tags.old", "remove", "x", "none"),
    ]


def test_a_smaller_record_limit_refuses_only_what_comes() -> None:
    [found] = diff.between(of_stream(max_record_kib=2048), SPEC)
    assert "Existing records stay readable" in text_of(found.effect)
