"""The hosted template and the script, carried out in an account: the same role as by the file, again and again."""

import itertools
import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from portal.aws import sts
from portal.aws.calls import call, paginate
from portal.aws.iam.managed_policies import get_policy, policy_arn
from portal.aws.policies.chosen_permissions import ALL_PERMISSIONS, ChosenPermissions
from portal.aws.role_grant import RoleGrant
from portal.aws.role_hosted_template import hosted
from portal.aws.role_script import cli_script
from portal.aws.session import AwsSession
from portal.demo import aws_cli
from portal.local.ministack import MiniStack
from tests import real_aws_cli
from tests.portal.aws.test_role_formats import parameters
from tests.world import portal_identity

pytestmark = pytest.mark.audit

_numbers = itertools.count(220000000000)


@pytest.fixture(scope="module")
def portal_user(cloud: MiniStack) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as environment:
        for name, value in portal_identity(cloud).items():
            environment.setenv(name, value)
        yield os.environ["SLUICE_PORTAL_PRINCIPAL_ARN"]


@pytest.fixture
def grant(cloud: MiniStack, portal_user: str) -> RoleGrant:
    return RoleGrant(portal_user, "sluice-0123456789abcdef0123", str(next(_numbers)), "sluice-")


@pytest.fixture(params=[aws_cli.install, real_aws_cli.install], ids=["stand-in", "the real AWS CLI"])
def shell(request: pytest.FixtureRequest, cloud: MiniStack, tmp_path: Path) -> dict[str, str]:
    request.param(tmp_path)
    return {**os.environ, **cloud.environment, "PATH": f"{tmp_path}:{os.environ['PATH']}"}


def run(grant: RoleGrant, shell: dict[str, str], account_id: str | None = None) -> subprocess.CompletedProcess[str]:
    # The emulator takes an account's own number for the key of its root user.
    keys = {"AWS_ACCESS_KEY_ID": account_id or grant.account_id, "AWS_SECRET_ACCESS_KEY": "test"}
    return subprocess.run(
        ["bash", "-c", cli_script(grant)],
        env={**shell, **keys},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def stored(root: AwsSession, grant: RoleGrant) -> dict[str, object]:
    found: dict[str, object] = {}
    for expected in grant.policies:
        policy = get_policy(root, policy_arn(grant.account_id, expected.name, path="/"))
        found[expected.name] = policy.document if policy else None
    return found


def wanted(grant: RoleGrant) -> dict[str, object]:
    return {policy.name: policy.document for policy in grant.policies}


def attached(root: AwsSession, grant: RoleGrant) -> set[str]:
    rows = paginate(root, "iam", "ListAttachedRolePolicies", "AttachedPolicies", RoleName=grant.role_name)
    return {row["PolicyName"] for row in rows}


def is_trusted(grant: RoleGrant) -> bool:
    return sts.check_trust(role_arn=grant.role_arn, external_id=grant.external_id, session_name="check").trusted


def test_the_script_makes_the_role_and_brings_it_up_to_date(
    cloud: MiniStack, grant: RoleGrant, shell: dict[str, str]
) -> None:
    root = cloud.root(grant.account_id)
    for _ in range(7):  # more than IAM keeps versions
        done = run(grant, shell)
        assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == grant.role_arn
    assert stored(root, grant) == wanted(grant)
    assert attached(root, grant) == {policy.name for policy in grant.permissions}
    assert is_trusted(grant)
    less = RoleGrant(
        grant.portal_principal_arn, "sluice-ffff", grant.account_id, "sluice-", optional=ChosenPermissions(False, False)
    )
    assert run(less, shell).returncode == 0
    assert stored(root, grant) == wanted(less)
    assert is_trusted(less)
    assert not is_trusted(grant)


def test_the_script_changes_nothing_in_another_account(grant: RoleGrant, shell: dict[str, str]) -> None:
    done = run(grant, shell, account_id=str(next(_numbers)))
    assert done.returncode == 1
    assert f"this script is for account {grant.account_id}. Nothing was changed." in done.stderr


FURTHER = replace(ALL_PERMISSIONS, others=("arn:aws:es:eu-west-1:111122223333:domain/search", "arn:aws:s3:::warehouse"))


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    "optional",
    [ChosenPermissions(), ChosenPermissions(False, False), FURTHER],
    ids=["usual", "least", "every destination"],
)
@pytest.mark.parametrize("suffix", ["", "-5f0c2d"])
def test_the_hosted_template_makes_the_role_of_the_link(
    cloud: MiniStack, grant: RoleGrant, optional: ChosenPermissions, suffix: str
) -> None:
    chosen = RoleGrant(
        grant.portal_principal_arn, grant.external_id, grant.account_id, "sluice-", optional=optional, suffix=suffix
    )
    root = cloud.root(grant.account_id)
    call(
        root,
        "cloudformation",
        "CreateStack",
        StackName=chosen.stack_name,
        TemplateBody=hosted(portal_principal_arn=grant.portal_principal_arn),
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters(chosen).items()],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    made = root.client("cloudformation").get_waiter("stack_create_complete")
    made.wait(StackName=chosen.stack_name, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    assert stored(root, chosen) == wanted(chosen)
    assert attached(root, chosen) == {policy.name for policy in chosen.permissions}
    assert is_trusted(chosen)
