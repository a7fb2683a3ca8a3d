"""The script, carried out in an account: the steps' own checks find nothing that differs."""

import json
import subprocess
from contextlib import suppress
from dataclasses import replace

import pytest

from onboarding.deliveries.delivery import Delivery
from onboarding.export.removal_script import removal_script
from onboarding.export.resources import resources_of
from onboarding.export.script import cli_script
from onboarding.provisioning import consumer_plan
from onboarding.provisioning.context import Context
from onboarding.provisioning.drift_checks import DEVICES, KEY, checks_of
from onboarding.provisioning.plan import Plan
from portal.aws import kinesis
from portal.aws.bucket_protection import Encryption, encrypt_bucket
from portal.aws.iam.access_keys import access_key_ids
from portal.aws.iam.managed_policies import create_policy, get_policy
from portal.aws.iam.roles import get_role
from portal.aws.iam.users import attached_policies, get_user
from portal.aws.policies.statements import document
from portal.aws.s3 import create_bucket
from portal.aws.stream_settings import enable_shard_level_metrics, set_retention
from portal.local.ministack import MiniStack
from portal.messages.catalogue import text_of
from tests.onboarding.deliveries_examples import REGION
from tests.onboarding.export.conftest import (
    BOTH_CLIS,
    by_role,
    plan_of,
    with_consumers,
    with_devices,
    without_boundary,
)
from tests.onboarding.provisioning.steps.rows import OpenVault, Rows

pytestmark = pytest.mark.audit

OF_THE_KEY = {name for name, _ in KEY}


def differences(cloud: MiniStack, plan: Plan, *, producer: int = 1) -> list[str]:
    """What the steps' checks find in the account; those of the key apart, which no file makes."""
    context = Context(plan=plan, aws=cloud.root(plan.account_id), ledger=Rows(), vault=OpenVault())
    checks = [(name, check) for name, check in checks_of(plan) if name not in OF_THE_KEY]
    assert len(checks) == 3 + producer + len(plan.spec.buckets) + 3 * len(plan.spec.deliveries)
    return [
        f"{text_of(row.what)}: {text_of(row.expected)} ≠ {text_of(row.found)}"
        for _, check in checks
        for row in check(context)
    ]


def run(plan: Plan, shell: dict[str, str]) -> subprocess.CompletedProcess[str]:
    script = cli_script(resources_of(plan))
    return subprocess.run(["bash", "-c", script], env=shell, capture_output=True, text=True, check=False, timeout=120)


@BOTH_CLIS
def test_the_script_makes_what_the_steps_make_and_can_be_run_again(
    ministack_env: MiniStack, shell: dict[str, str], account: str
) -> None:
    plan = plan_of(account)
    plan, root = with_deliveries(plan, list(plan.spec.deliveries[:1])), ministack_env.root(account)
    for arn in (plan.boundary_arn, plan.user_boundary_arn):
        create_policy(root, arn.rpartition("/")[2], path="/", document=plan.producer_policy(), tags={})
    assert differences(ministack_env, plan), "nothing is there yet, and that is seen"
    for _ in range(2):
        done = run(plan, shell)
        assert done.returncode == 0, done.stderr
        assert differences(ministack_env, plan) == []
    user, role = plan.user_name(1), plan.firehose_role_name(plan.spec.deliveries[0])
    assert get_user(root, user).tags == plan.tags
    assert get_user(root, user).boundary_arn == plan.user_boundary_arn
    assert get_role(root, role).boundary_arn == plan.boundary_arn != plan.user_boundary_arn
    assert attached_policies(root, user) == [plan.producer_policy_arn]
    assert access_key_ids(root, user) == []

    larger = {"max_record_kib": 2048, "tags": {"team": "air", "cost": ""}}
    stream = replace(
        plan.spec.stream, **larger, shards=5, retention_hours=24, shard_level_metrics=False, kms_key="none"
    )
    changed = replace(plan, spec=replace(plan.spec, stream=stream))
    other = {"buffering_seconds": 55, "log_retention_days": 7}
    changed = with_deliveries(changed, [replace(delivery, **other) for delivery in plan.spec.deliveries])
    assert differences(ministack_env, changed)
    done = run(changed, shell)
    assert (done.returncode, "deletes older records immediately" in done.stderr) == (1, True)
    done = run(changed, {**shell, "ACCEPT_LOSS": "yes"})
    assert done.returncode == 0, done.stderr
    assert differences(ministack_env, changed) == []


def test_the_script_delivers_to_every_kind(ministack_env: MiniStack, shell: dict[str, str], account: str) -> None:
    plan = without_boundary(plan_of(account, shards=None, mode="ON_DEMAND", retention_hours=24))
    plan = with_deliveries(plan, [delivery for delivery in plan.spec.deliveries if delivery.destination.kind != "s3"])
    done = run(plan, shell)
    assert done.returncode == 0, done.stderr
    assert differences(ministack_env, plan) == []


@pytest.mark.parametrize("declared", ["aws", "own"])
def test_the_script_delivers_to_an_encrypted_bucket_only_with_the_key_that_was_declared(
    ministack_env: MiniStack, shell: dict[str, str], account: str, declared: str
) -> None:
    key = f"arn:aws:kms:{REGION}:{account}:key/0f1e2d3c-0000-4000-8000-000000000000" if declared == "own" else ""
    plan, root = without_boundary(plan_of(account)), ministack_env.root(account)
    [first] = (replace(delivery, new_bucket=False) for delivery in plan.spec.deliveries[:1])
    create_bucket(root, first.bucket, REGION)
    encrypt_bucket(root, first.bucket, Encryption(key, is_kms=True))
    done = run(with_deliveries(plan, [first]), shell)
    assert (done.returncode, f"is encrypted with {key or 'aws'}" in done.stderr) == (1, True), done.stderr
    plan = with_deliveries(plan, [replace(first, bucket_encryption=key or "aws")])
    done = run(plan, shell)
    assert done.returncode == 0, done.stderr
    assert differences(ministack_env, plan) == []


def test_a_role_for_the_vendor_is_made_updated_and_taken_down(
    ministack_env: MiniStack, shell: dict[str, str], account: str
) -> None:
    plan, root = without_boundary(by_role(with_deliveries(plan_of(account), []))), ministack_env.root(account)
    for external_id in (plan.external_id, "another"):
        plan = replace(plan, external_id=external_id)
        done = run(plan, shell)
        assert done.returncode == 0, done.stderr
        assert differences(ministack_env, plan, producer=2) == []
    assert root.client("iam").list_users()["Users"] == []
    script = ["bash", "-c", removal_script(resources_of(plan)), "bash", "--yes"]
    gone = subprocess.run(script, env=shell, capture_output=True, text=True, check=False, timeout=120)
    assert gone.returncode == 0, gone.stderr
    assert get_role(root, plan.producer_role_name) is None


def test_roles_of_consumers_are_made_updated_and_taken_down(
    ministack_env: MiniStack, shell: dict[str, str], account: str
) -> None:
    plan, root = with_consumers(with_deliveries(plan_of(account), [])), ministack_env.root(account)
    for arn in (plan.boundary_arn, plan.user_boundary_arn, plan.consumer_boundary_arn):
        create_policy(root, arn.rpartition("/")[2], path="/", document=plan.producer_policy(), tags={})
    theirs = ministack_env.root("777788889999").client("iam")
    with suppress(theirs.exceptions.EntityAlreadyExistsException):
        theirs.create_role(RoleName="reader", AssumeRolePolicyDocument=json.dumps(document()))
        theirs.create_user(UserName="ada")
    for seconds in (3600, 43_200):
        roles = tuple(replace(role, session_seconds=seconds) for role in plan.spec.consumer_roles)
        plan = replace(plan, spec=replace(plan.spec, consumer_roles=roles))
        done = run(plan, shell)
        assert done.returncode == 0, done.stderr
        assert differences(ministack_env, plan, producer=3) == []
    script = ["bash", "-c", removal_script(resources_of(plan)), "bash", "--yes"]
    gone = subprocess.run(script, env=shell, capture_output=True, text=True, check=False, timeout=120)
    assert gone.returncode == 0, gone.stderr
    assert [get_role(root, consumer_plan.role_name(plan, role)) for role in plan.spec.consumer_roles] == [None, None]


def with_deliveries(plan: Plan, deliveries: list[Delivery]) -> Plan:
    return replace(plan, spec=replace(plan.spec, deliveries=tuple(deliveries)))


def test_the_script_leaves_alone_what_is_not_this_integrations(
    ministack_env: MiniStack, shell: dict[str, str], account: str
) -> None:
    plan, root = without_boundary(plan_of(account)), ministack_env.root(account)
    kinesis.create_stream(root, plan.spec.stream.name, mode="PROVISIONED", shard_count=1, tags={"whose": "others"})
    done = run(plan, shell)
    assert done.returncode == 1
    assert "Data stream sluice-sensors already exists" in done.stderr
    assert "It was not changed." in done.stderr
    assert kinesis.describe_stream(root, plan.spec.stream.name).retention_hours == 24
    assert get_policy(root, plan.producer_policy_arn) is None


def test_the_script_changes_nothing_in_another_account(shell: dict[str, str]) -> None:
    done = run(plan_of("111122223333"), shell)
    assert done.returncode == 1
    assert "this script is for account 111122223333. Nothing was changed." in done.stderr


def test_the_script_adopts_a_stream_that_is_there_and_makes_none(
    ministack_env: MiniStack, shell: dict[str, str], account: str
) -> None:
    root, tags = ministack_env.root(account), {"whose": "theirs", "managed-by": "terraform"}
    plan = with_deliveries(without_boundary(plan_of(account, kms_key="none", shard_level_metrics=False)), [])
    name = plan.spec.stream.name
    made = replace(plan.spec.stream, adopt=True, creation_timestamp="2026-11-21T07:00:00+00:00")
    adopting = replace(plan, spec=replace(plan.spec, stream=made))
    done = run(adopting, shell)
    assert (done.returncode, "this script does not create it" in done.stderr) == (1, True)
    assert kinesis.describe_stream(root, name) is None
    kinesis.create_stream(root, name, mode="PROVISIONED", shard_count=2, tags=tags)
    while (there := kinesis.describe_stream(root, name)) is None or there.status != "ACTIVE":
        continue
    enable_shard_level_metrics(root, name, {"IncomingBytes"})
    set_retention(root, name, current_hours=24, wanted_hours=48)
    made = replace(made, creation_timestamp=there.created_at.isoformat())
    adopting = replace(plan, spec=replace(plan.spec, stream=made))
    for _ in range(2):
        done = run(adopting, shell)
        assert done.returncode == 0, done.stderr
        assert differences(ministack_env, adopting) == []
    assert kinesis.stream_tags(root, name) == {**tags, **adopting.stream_tags}
    assert "managed-by" not in adopting.stream_tags
    assert kinesis.describe_stream(root, name).shard_level_metrics == {"IncomingBytes"}
    # The script that takes the plan down leaves it, whatever is set, without our tags.
    taken_down = ["bash", "-c", removal_script(resources_of(adopting)), "bash", "--yes"]
    done = subprocess.run(
        taken_down, env={**shell, "DELETE_DATA": "yes"}, capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode, "it is yours and was adopted" in done.stdout) == (0, True), done.stderr
    assert get_user(root, adopting.user_name(1)) is None
    assert kinesis.stream_tags(root, name) == tags
    kinesis.tag_stream(root, name, {"sluice:integration": "somebodyelse"})
    assert "It was not changed." in run(adopting, shell).stderr


def test_devices_are_made_changed_and_taken_down(ministack_env: MiniStack, shell: dict[str, str], account: str) -> None:
    plan, root = without_boundary(with_devices(with_deliveries(plan_of(account), []))), ministack_env.root(account)
    for _ in range(2):
        done = run(plan, shell)
        assert done.returncode == 0, done.stderr
        assert differences(ministack_env, plan, producer=1 + len(DEVICES)) == []
    source = plan.spec.devices
    assert source is not None
    plan = replace(plan, spec=replace(plan.spec, devices=replace(source, sql="", log_retention_days=7)))
    assert differences(ministack_env, plan, producer=1 + len(DEVICES))
    done = run(plan, shell)
    assert done.returncode == 0, done.stderr
    assert differences(ministack_env, plan, producer=1 + len(DEVICES)) == []
    iot = root.client("iot")
    arn = iot.describe_thing_type(thingTypeName="sluice-sensor")["thingTypeArn"]
    iot.tag_resource(resourceArn=arn, tags=[{"Key": "emulator:deprecated-seconds", "Value": "0"}])
    script = ["bash", "-c", removal_script(resources_of(plan)), "bash", "--yes"]
    gone = subprocess.run(script, env=shell, capture_output=True, text=True, check=False, timeout=120)
    assert gone.returncode == 0, gone.stdout + gone.stderr
    assert (iot.list_thing_types()["thingTypes"], iot.list_topic_rules()["rules"]) == ([], [])
    assert (iot.list_thing_groups()["thingGroups"], iot.list_policies()["policies"]) == ([], [])
