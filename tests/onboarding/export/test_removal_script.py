"""The script that takes a plan down, run in an account: only what is ours goes, and only when told to."""

import subprocess
from dataclasses import replace

import pytest

from onboarding.export.removal_script import removal_script
from onboarding.export.resources import resources_of
from onboarding.export.script import cli_script
from onboarding.provisioning.plan import Plan
from portal.aws import firehose, kinesis, s3
from portal.aws.iam.managed_policies import get_policy
from portal.aws.iam.roles import get_role
from portal.aws.iam.users import get_user
from portal.aws.s3 import BucketState
from portal.aws.session import AwsSession
from portal.local.ministack import MiniStack
from tests.onboarding.export.conftest import BOTH_CLIS, plan_of, without_boundary

pytestmark = pytest.mark.audit

DELETE_DATA = {"DELETE_DATA": "yes"}


@pytest.fixture
def plan(account: str) -> Plan:
    found = without_boundary(plan_of(account))
    return replace(found, spec=replace(found.spec, deliveries=found.spec.deliveries[:1]))


def bash(script: str, shell: dict[str, str], *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = ["bash", "-c", script, "bash", *arguments]
    return subprocess.run(command, env={**shell, **more}, capture_output=True, text=True, check=False, timeout=120)


def there(root: AwsSession, plan: Plan) -> set[str]:
    """What of a plan the account holds, by kind."""
    delivery = plan.spec.deliveries[0]
    found = {
        "stream": kinesis.describe_stream(root, plan.spec.stream.name),
        "user": get_user(root, plan.user_name(1)),
        "policy": get_policy(root, plan.producer_policy_arn),
        "role": get_role(root, plan.firehose_role_name(delivery)),
        "firehose": firehose.describe_delivery_stream(root, delivery.name),
        "bucket": s3.bucket_state(root, delivery.bucket) is not BucketState.ABSENT,
        "log group": root.client("logs").describe_log_groups(logGroupNamePrefix=delivery.log_group)["logGroups"],
    }
    return {kind for kind, resource in found.items() if resource}


EVERYTHING = {"stream", "user", "policy", "role", "firehose", "bucket", "log group"}


@BOTH_CLIS
def test_it_says_first_and_then_takes_down_what_the_script_made(
    ministack_env: MiniStack, shell: dict[str, str], account: str, plan: Plan
) -> None:
    root, script = ministack_env.root(account), removal_script(resources_of(plan))
    assert bash(cli_script(resources_of(plan)), shell).returncode == 0
    root.client("iam").create_access_key(UserName=plan.user_name(1))
    assert there(root, plan) == EVERYTHING

    listing = bash(script, shell)
    assert listing.returncode == 0, listing.stderr
    assert listing.stdout.count("would delete") == len(EVERYTHING) - 1
    assert f"keep          data stream {plan.spec.stream.name} with its records" in listing.stdout
    assert "Nothing was deleted" in listing.stdout
    assert there(root, plan) == EVERYTHING

    bucket = plan.spec.deliveries[0].bucket
    root.client("s3").put_object(Bucket=bucket, Key="delivered/1", Body=b"{}")
    done = bash(script, shell, "--yes")
    assert (done.returncode, "kept: it contains objects." in done.stdout) == (0, True), done.stdout
    assert there(root, plan) == {"stream", "bucket"}, "a bucket with objects is AWS's to refuse"

    root.client("s3").delete_object(Bucket=bucket, Key="delivered/1")
    done = bash(script, shell, "--yes")
    assert (done.returncode, done.stdout.strip().endswith("Done.")) == (0, True), done.stdout + done.stderr
    assert there(root, plan) == {"stream"}

    done = bash(script, shell, "--yes", **DELETE_DATA)
    assert (done.returncode, there(root, plan)) == (0, set()), done.stdout
    done = bash(script, shell, "--yes", **DELETE_DATA)
    assert (done.returncode, "delete" in done.stdout) == (0, False), "what is gone is passed over"


def test_it_leaves_what_carries_another_tag(
    ministack_env: MiniStack, shell: dict[str, str], account: str, plan: Plan
) -> None:
    root = ministack_env.root(account)
    kinesis.create_stream(root, plan.spec.stream.name, mode="PROVISIONED", shard_count=1, tags={"whose": "others"})
    root.client("iam").create_user(UserName=plan.user_name(1), Path="/sluice/")
    root.client("s3").create_bucket(
        Bucket=plan.spec.deliveries[0].bucket, CreateBucketConfiguration={"LocationConstraint": plan.spec.stream.region}
    )
    done = bash(removal_script(resources_of(plan)), shell, "--yes", **DELETE_DATA)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("keep  ") == 3
    assert there(root, plan) == {"stream", "user", "bucket"}


def test_a_bucket_of_the_clients_own_is_never_deleted(plan: Plan) -> None:
    own = replace(plan.spec.deliveries[0], new_bucket=False)
    script = removal_script(resources_of(replace(plan, spec=replace(plan.spec, deliveries=(own,)))))
    assert f"keep          bucket {own.bucket}: it is yours" in script
    assert "delete-bucket" not in script


def test_it_does_nothing_in_another_account(shell: dict[str, str]) -> None:
    done = bash(removal_script(resources_of(plan_of("111122223333"))), shell, "--yes")
    assert done.returncode == 1
    assert "this script is for account 111122223333. Nothing was changed." in done.stderr


def test_what_aws_refuses_is_said_and_the_rest_goes_on(
    ministack_env: MiniStack, shell: dict[str, str], account: str, plan: Plan
) -> None:
    root = ministack_env.root(account)
    plan = replace(plan, spec=replace(plan.spec, deliveries=()))
    assert bash(cli_script(resources_of(plan)), shell).returncode == 0
    other = root.client("iam").create_user(UserName="somebody-else")["User"]["UserName"]
    root.client("iam").attach_user_policy(UserName=other, PolicyArn=plan.producer_policy_arn)
    done = bash(removal_script(resources_of(plan)), shell, "--yes", **DELETE_DATA)
    assert (done.returncode, "not deleted: An error occurred (DeleteConflict)" in done.stdout) == (1, True), done.stdout
    assert "run this again" in done.stderr
    assert get_policy(root, plan.producer_policy_arn) is not None
    assert kinesis.describe_stream(root, plan.spec.stream.name) is None
