"""AWS's rules that a schema cannot express, asked of declarations that a schema lets through."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onboarding.deliveries.delivery import Delivery
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.rules import check
from onboarding.spec.stream_spec import StreamSpec

ACCOUNT, REGION = "111122223333", "eu-west-1"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0a1b2c3d-0a1b-4c2d-8e3f-0a1b2c3d4e5f"
STREAM = StreamSpec(name="sluice-sensors", region=REGION)
A = Delivery(name="sluice-a", bucket="sluice-one")
MADE = "2026-03-07T04:05:06+00:00"


def problems(*deliveries: Delivery, **stream: Any) -> list[tuple[str, str]]:
    spec = IntegrationSpec("s", "c", replace(STREAM, **stream), deliveries)
    found = check(spec, name_prefix="sluice-", account_id=ACCOUNT)
    return [(problem.path, problem.message.code) for problem in found]


@pytest.mark.parametrize(
    ("stream", "found"),
    [
        ({"mode": "PROVISIONED", "shards": None}, [("stream.shards", "spec.shards_missing")]),
        ({"mode": "ON_DEMAND", "shards": 1}, [("stream.shards", "spec.shards_not_allowed")]),
        ({"mode": "ON_DEMAND", "shards": None}, []),
        ({"kms_key": "mine"}, [("stream.kms_key", "spec.unknown_key_choice")]),
        ({"kms_key": ""}, [("stream.kms_key", "spec.unknown_key_choice")]),
        ({"kms_key": KEY}, []),
        ({"kms_key": KEY.replace(ACCOUNT, "444455556666")}, [("stream.kms_key", "spec.key_in_other_account")]),
        ({"kms_key": KEY.replace(REGION, "eu-central-1")}, [("stream.kms_key", "spec.key_in_other_region")]),
        (
            {"kms_key": KEY.replace(REGION, "eu-central-1").replace(ACCOUNT, "444455556666")},
            [("stream.kms_key", "spec.key_in_other_account"), ("stream.kms_key", "spec.key_in_other_region")],
        ),
    ],
)
def test_capacity_and_key_fit_the_stream(stream: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert problems(**stream) == found


@pytest.mark.parametrize(
    ("adopt", "made", "codes"),
    [
        (True, MADE, []),
        (True, "2026-03-07T04:05:06", ["spec.time_without_zone"]),
        (True, "yesterday", ["spec.time_without_zone"]),
        (False, MADE, ["spec.time_without_adoption"]),
        (False, "yesterday", ["spec.time_without_zone", "spec.time_without_adoption"]),
    ],
)
def test_a_stream_is_adopted_by_its_time_of_creation(adopt: bool, made: str, codes: list[str]) -> None:
    found = problems(adopt=adopt, creation_timestamp=made)
    assert found == [("stream.creation_timestamp", code) for code in codes]


def test_an_adopted_stream_keeps_its_name_and_what_is_made_for_it_has_the_prefix() -> None:
    theirs = {"name": "theirs", "adopt": True, "creation_timestamp": MADE}
    assert problems(A, **theirs) == []
    assert problems(replace(A, name="a"), **theirs) == [("deliveries.0.name", "delivery.name_outside_prefix")]
    assert [path for path, _ in problems(name="theirs")] == ["stream.name"]


def test_without_a_connection_no_prefix_and_no_account_is_known() -> None:
    spec = IntegrationSpec("s", "c", replace(STREAM, name="mine", kms_key=KEY.replace(ACCOUNT, "444455556666")), ())
    assert check(spec) == []


def test_every_later_delivery_of_a_name_is_named() -> None:
    again = replace(A, bucket="sluice-two")
    found = problems(A, again, replace(A, name="sluice-b"), again)
    assert found == [(f"deliveries.{number}.name", "spec.delivery_name_twice") for number in (1, 3)]


def test_a_bucket_is_created_or_there_but_not_both() -> None:
    theirs = replace(A, name="sluice-b", new_bucket=False)
    assert problems(A, theirs) == [("deliveries.1.new_bucket", "spec.bucket_both_new_and_existing")]
    assert problems(A, replace(theirs, bucket="sluice-two")) == []


@given(st.permutations([A, replace(A, name="sluice-b"), replace(A, name="no prefix"), replace(A, prefix="!{")]))
@settings(max_examples=12, deadline=None)
def test_a_problem_stands_at_its_own_delivery_in_any_order(deliveries: list[Delivery]) -> None:
    found = {path for path, _ in problems(*deliveries)}
    for position, delivery in enumerate(deliveries):
        is_wrong = any(path.startswith(f"deliveries.{position}.") for path in found)
        is_second = any(earlier.name == delivery.name for earlier in deliveries[:position])
        assert is_wrong is (is_second or " " in delivery.name or delivery.prefix == "!{")
