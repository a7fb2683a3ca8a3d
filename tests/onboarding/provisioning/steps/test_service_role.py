"""A role that Firehose or AWS IoT assumes keeps the permissions boundary of the grant, or it is said."""

from dataclasses import replace

import pytest

from onboarding.provisioning.answers import Refused
from onboarding.provisioning.service_roles import ServiceRole, compare, ensure
from portal.aws.iam.managed_policies import create_policy
from portal.aws.policies.delivery import firehose_trust_policy
from portal.aws.policies.statements import allow, document
from portal.aws.role_grant import boundary_arn
from tests.onboarding.provisioning.steps.account import PLAN, Account
from tests.portal.aws.conftest import CLIENT_ACCOUNT

NAME = "sluice-role"
POLICY = document(allow("Put", ["kinesis:PutRecord"], PLAN.stream_arn))
ROLE = ServiceRole(
    NAME, f"arn:aws:iam::{CLIENT_ACCOUNT}:role/sluice/{NAME}", firehose_trust_policy(CLIENT_ACCOUNT), POLICY
)
USUAL = boundary_arn(CLIENT_ACCOUNT)


@pytest.fixture
def bounded(account: Account) -> Account:
    for name in ("SluiceBoundary", "SluiceBoundary-0a1b2c", "SluiceBoundaryOfOthers"):
        create_policy(account.aws, name, path="/", document=POLICY, tags={})
    account.plan = replace(PLAN, boundary_arn=USUAL)
    ensure(account.context(), ROLE)
    assert compare(account.context(), ROLE) == []
    return account


@pytest.mark.parametrize("found", ["", f"{USUAL}OfOthers"])
def test_a_boundary_that_is_missing_or_of_others_is_drift_and_no_run_goes_on(bounded: Account, found: str) -> None:
    iam = bounded.client("iam")
    if found:
        iam.put_role_permissions_boundary(RoleName=NAME, PermissionsBoundary=found)
    else:
        iam.delete_role_permissions_boundary(RoleName=NAME)
    [difference] = compare(bounded.context(), ROLE)
    assert difference.what.code == "drift.boundary"
    assert difference.expected.params == {"value": USUAL}
    with pytest.raises(Refused) as refused:
        ensure(bounded.context(), ROLE)
    assert refused.value.message.code == "refused.role_boundary"


@pytest.mark.parametrize("other", [f"{USUAL}-0a1b2c", ""])
def test_a_role_of_another_connection_or_of_none_is_as_it_should_be(bounded: Account, other: str) -> None:
    bounded.plan = replace(PLAN, boundary_arn=other)
    assert compare(bounded.context(), ROLE) == []
    assert ensure(bounded.context(), ROLE).did is None


def test_a_role_with_an_earlier_suffix_is_as_it_should_be(bounded: Account) -> None:
    bounded.client("iam").put_role_permissions_boundary(RoleName=NAME, PermissionsBoundary=f"{USUAL}-0a1b2c")
    assert compare(bounded.context(), ROLE) == []
