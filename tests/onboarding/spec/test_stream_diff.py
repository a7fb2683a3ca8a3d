"""What a changed stream means, as laws that hold for every pair of streams."""

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onboarding.spec import diff
from onboarding.spec.change import Verb
from onboarding.spec.daily_usage import MAX_SHARD_CHANGES, DailyUsage
from onboarding.spec.endpoint import Endpoint
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.shards_diff import of_shards
from onboarding.spec.stream_diff import of_stream
from onboarding.spec.stream_spec import StreamSpec
from portal.aws.shard_counts import shard_counts
from portal.messages.catalogue import text_of

STREAM = StreamSpec(name="sluice-sensors", region="us-east-1")
KEY = "arn:aws:kms:us-east-1:111122223333:key/0"
KEYS, VALUES = st.sampled_from(["team", "floor", "cost centre"]), st.sampled_from(["", "a", "b"])
STREAMS = st.builds(
    StreamSpec,
    name=st.sampled_from(["sluice-a", "sluice-b"]),
    region=st.sampled_from(["us-east-1", "us-west-2"]),
    mode=st.just("PROVISIONED"),
    shards=st.integers(1, 40),
    retention_hours=st.integers(24, 26),
    shard_level_metrics=st.booleans(),
    kms_key=st.sampled_from(["none", "aws", "new", KEY]),
    max_record_kib=st.sampled_from([1024, 2048]),
    tags=st.dictionaries(KEYS, VALUES, max_size=3),
    endpoint=st.sampled_from([Endpoint(), Endpoint("fips")]),
) | st.just(replace(STREAM, mode="ON_DEMAND", shards=None))


def spec_of(stream: StreamSpec) -> IntegrationSpec:
    return IntegrationSpec("s", "c", stream)


@given(STREAMS)
@settings(max_examples=25, deadline=None)
def test_nothing_differs_from_itself(stream: StreamSpec) -> None:
    again = replace(stream, tags=dict(reversed(stream.tags.items())))
    assert diff.between(spec_of(stream), spec_of(again)) == []


@given(STREAMS, STREAMS)
@settings(max_examples=60, deadline=None)
def test_a_difference_is_told_once_and_both_ways(was: StreamSpec, now: StreamSpec) -> None:
    there, back = diff.between(spec_of(was), spec_of(now)), diff.between(spec_of(now), spec_of(was))
    paths = [change.path for change in there]
    assert bool(paths) is (was != now)
    assert len(paths) == len(set(paths))
    assert set(paths) == {change.path for change in back}
    for change in there:
        assert change.was != change.becomes
        assert text_of(change.effect)


@given(STREAMS, STREAMS)
@settings(max_examples=40, deadline=None)
def test_what_is_not_named_stays(was: StreamSpec, now: StreamSpec) -> None:
    found = {change.path.split(".")[1] for change in of_stream(was, now)}
    for field in fields(StreamSpec):
        is_told = field.name in found
        if field.name in {"retention_hours", "shard_level_metrics", "kms_key", "max_record_kib", "tags", "mode"}:
            assert is_told is (getattr(was, field.name) != getattr(now, field.name)), field.name


@given(st.integers(1, 400), st.integers(1, 400), st.integers(0, MAX_SHARD_CHANGES))
@settings(max_examples=60, deadline=None)
def test_shards_are_refused_exactly_where_the_day_has_too_few_changes(was: int, now: int, used: int) -> None:
    if was == now:
        return
    found = of_shards(was, now, DailyUsage(shard_changes=used, next_shard_change="tomorrow"))
    counts, left = shard_counts(was, now), MAX_SHARD_CHANGES - used
    assert (found.verb is Verb.REFUSE) is (len(counts) > left)
    if found.verb is Verb.REFUSE and left:
        assert f"change to {counts[left - 1]} shard" in text_of(found.effect)
    assert ("tomorrow" in text_of(found.effect)) is (left == 0)


@pytest.mark.parametrize(
    ("was", "now", "verbs"),
    [
        ({}, {"mode": "ON_DEMAND", "shards": None}, {"stream.mode": Verb.UPDATE}),
        ({"mode": "ON_DEMAND", "shards": None}, {"shards": 4}, {"stream.mode": Verb.UPDATE}),
        ({"adopt": True, "creation_timestamp": "x"}, {}, {"stream.adopt": Verb.REFUSE}),
        (
            {"adopt": True, "creation_timestamp": "x"},
            {"adopt": True, "creation_timestamp": "y"},
            {"stream.adopt": Verb.REFUSE},
        ),
        ({"endpoint": Endpoint("fips")}, {"region": "us-west-2"}, {"stream.region": Verb.REFUSE}),
    ],
)
def test_a_change_has_one_cause(was: dict[str, Any], now: dict[str, Any], verbs: dict[str, Verb]) -> None:
    found = diff.between(spec_of(replace(STREAM, **was)), spec_of(replace(STREAM, **now)))
    assert {change.path: change.verb for change in found} == verbs


@pytest.mark.parametrize(
    ("was", "now", "loses"),
    [
        ({"retention_hours": 48}, {"retention_hours": 24}, True),
        ({"retention_hours": 24}, {"retention_hours": 48}, False),
        ({"max_record_kib": 2048}, {}, False),
        ({"tags": {"team": "a"}}, {}, False),
        ({"kms_key": KEY}, {"kms_key": "none"}, False),
        ({"shards": 8}, {"shards": 4}, False),
    ],
)
def test_only_a_shorter_retention_period_loses_records(was: dict[str, Any], now: dict[str, Any], loses: bool) -> None:
    [found] = of_stream(replace(STREAM, **was), replace(STREAM, **now))
    assert found.loses is loses


@pytest.mark.parametrize(
    ("key", "named", "expected"),
    [
        ("none", "none", "unencrypted"),
        ("new", "KMS key created by Sluice", "monthly fee for a KMS key"),
        (KEY, KEY, "permission to use the key"),
        ("aws", "AWS managed key", "New records are encrypted"),
    ],
)
def test_each_way_of_encryption_is_named_with_its_effect(key: str, named: str, expected: str) -> None:
    other = "none" if key != "none" else "aws"
    [found] = of_stream(replace(STREAM, kms_key=other), replace(STREAM, kms_key=key))
    assert text_of(found.becomes) == named
    assert expected in text_of(found.effect)
