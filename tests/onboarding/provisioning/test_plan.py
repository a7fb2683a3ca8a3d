"""Names that follow from a declaration: they fit AWS's limits, and two integrations never share one."""

import string
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from onboarding.deliveries.delivery import Delivery
from onboarding.provisioning.plan import Plan, is_ours
from onboarding.spec.endpoint import Endpoint
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.stream_spec import StreamSpec
from tests import vpc

ACCOUNT, REGION = "111122223333", "eu-west-1"
UID, OTHER_UID = "0a1b2c3d4e5f", "ffffff3d4e5f"
PLAN = Plan(
    integration_uid=UID,
    tenant_slug="northwind",
    account_id=ACCOUNT,
    partition="aws",
    boundary_arn=f"arn:aws:iam::{ACCOUNT}:policy/SluiceBoundary",
    name_prefix="sluice-",
    spec=IntegrationSpec("s", "c", StreamSpec(name="sluice-sensors", region=REGION)),
)
NAMES = st.text(f"{string.ascii_letters}{string.digits}_.-", min_size=1, max_size=128)


def plan_of(name: str, uid: str = UID, **stream: object) -> Plan:
    spec = replace(PLAN.spec, stream=replace(PLAN.spec.stream, name=name, **stream))
    return replace(PLAN, spec=spec, integration_uid=uid)


@given(NAMES, st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_names_fit_iam_and_begin_with_the_prefix_that_the_role_allows(name: str, attempt: int) -> None:
    plan = plan_of(name)
    assert len(plan.user_name(attempt)) <= 64
    assert len(plan.producer_policy_name) <= 128
    assert len(plan.key_alias) <= 256
    for made in (plan.user_name(attempt), plan.producer_policy_name, plan.key_alias.removeprefix("alias/")):
        assert made.startswith(plan.name_prefix)


@given(NAMES, st.integers(0, 99), st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_each_attempt_and_each_integration_has_a_user_of_its_own(name: str, first: int, second: int) -> None:
    plan, other = plan_of(name), plan_of(name, OTHER_UID)
    assert (plan.user_name(first) == plan.user_name(second)) is (first == second)
    assert plan.user_name(first) != other.user_name(first)
    assert plan.producer_policy_arn != other.producer_policy_arn


def test_the_owner_of_an_adopted_stream_keeps_the_tag_managed_by() -> None:
    adopted = plan_of("theirs", adopt=True, creation_timestamp="2026-03-07T04:05:06+00:00")
    assert adopted.stream_tags == {"sluice:integration": UID, "sluice:tenant": "northwind"}
    assert adopted.tags["managed-by"] == "sluice", "what is made for it is Sluice's"
    assert PLAN.stream_tags == PLAN.tags
    assert adopted.stream_arn.endswith(":stream/theirs")


def test_a_tag_of_another_integration_is_not_ours() -> None:
    assert is_ours(PLAN, PLAN.tags)
    for tags in ({}, {"managed-by": "sluice"}, {"sluice:integration": OTHER_UID}, {"Sluice:Integration": UID}):
        assert not is_ours(PLAN, tags)


def test_a_key_is_known_once_it_is_created() -> None:
    key = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
    new, own = plan_of("sluice-a", kms_key="new"), plan_of("sluice-a", kms_key=key)
    assert (new.key_arn, replace(new, created_key_arn=key).key_arn) == (None, key)
    assert (own.key_arn, plan_of("sluice-a").key_arn) == (key, None)
    assert replace(own, created_key_arn="another").key_arn == key, "a key of one's own is not replaced"


def test_only_the_user_that_is_proved_goes_without_the_endpoint() -> None:
    tied = plan_of("sluice-a", endpoint=Endpoint("vpc", vpc.ID, vpc.NAME, only=True))
    assert vpc.ID in str(tied.producer_policy())
    assert "sluice-user" in str(tied.producer_policy("sluice-user"))
    assert "sluice-user" not in str(PLAN.producer_policy("sluice-user")), "where any endpoint will do, none is exempt"


def test_another_partition_is_in_every_arn() -> None:
    china = replace(plan_of("sluice-a", region="cn-north-1"), partition="aws-cn")
    delivery = Delivery(name="sluice-d", bucket="sluice-b")
    arns = (
        china.stream_arn,
        china.producer_policy_arn,
        china.bucket_arn("sluice-b"),
        china.log_group_arn(delivery),
        china.firehose_arn(delivery),
        china.firehose_role_arn(delivery),
        china.place_of(delivery).bucket_arn,
        *(arn for statement in china.producer_policy()["Statement"] for arn in [statement["Resource"]]),
    )
    assert {str(arn).split(":")[1] for arn in arns} == {"aws-cn"}
