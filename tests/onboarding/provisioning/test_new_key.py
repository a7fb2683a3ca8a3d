"""A KMS key of Sluice's making: one and never two, governed by the account, kept while anything needs it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import botocore.client
import pytest
from django.utils import timezone

from onboarding.integrations import drift, inventory, removal, repair, runs
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.resource import Resource
from onboarding.models.run import Run
from onboarding.models.states import IntegrationState, RunState
from onboarding.provisioning.differences import BEING_DELETED
from onboarding.spec import validation
from onboarding.spec.problem import SpecRefused
from portal.aws import kinesis, kms
from portal.aws.iam.managed_policies import get_policy
from portal.aws.iam.roles import role_policy
from portal.aws.records import put_record
from portal.messages.message import Message
from tests.onboarding.provisioning.driving import applied, carried_out, delivered_key, differences, failed_steps
from tests.onboarding.provisioning.test_engine import WRITES
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
STREAM, ALIAS = "sluice-sensors", "alias/sluice-sensors"


def keyed(world: World, *, delivery: bool = False) -> Run:
    """A run over a stream with a new key, which nobody has advanced yet."""
    connection, recipient = world.connected(), world.recipient()
    integration = Integration.objects.create(tenant=world.tenant, name="draft")
    spec = world.spec(connection, recipient, delivery=delivery)
    spec = replace(spec, stream=replace(spec.stream, kms_key="new"))
    return runs.start_run(integration=integration, actor=world.admin, spec=spec)


def made(world: World, *, delivery: bool = False) -> Integration:
    run = carried_out(keyed(world, delivery=delivery))
    assert run.state == RunState.DONE, failed_steps(run)
    return Integration.objects.get(pk=run.integration_id)


def keys_there(world: World) -> list[str]:
    return [key["KeyArn"] for key in world.root().client("kms").list_keys()["Keys"]]


def test_a_key_is_made_named_renewed_and_used(world: World, calls: list[str]) -> None:
    integration = made(world, delivery=True)
    root = world.root()
    [arn] = keys_there(world)
    assert kms.describe_key(root, ALIAS).arn == arn
    assert kms.rotates(root, arn)
    assert kms.key_tags(root, arn)["sluice:integration"] == integration.uid
    assert kinesis.describe_stream(root, STREAM).key_id == arn
    assert integration.resources.get(kind="KMS key").arn == arn
    policy = get_policy(root, integration.resources.get(kind="IAM policy").arn)
    assert arn in str(policy.document)
    assert arn in str(role_policy(root, integration.resources.get(kind="IAM role").name, "delivery"))
    put_record(delivered_key(world, integration), STREAM, data=b"{}", partition_key="a")
    calls.clear()
    again = carried_out(repair.repair(integration=integration, actor=world.admin))
    assert again.state == RunState.DONE
    assert [call for call in calls if call.startswith(WRITES)] == []


def test_the_account_governs_it_and_nobody_else_is_named_but_sluice(world: World) -> None:
    made(world)
    [arn] = keys_there(world)
    statements = kms.key_policy(world.root(), arn)["Statement"]
    principals = [statement["Principal"]["AWS"] for statement in statements]
    role = f"arn:aws:iam::{world.account_id}:role/SluiceAccess"
    assert principals == [f"arn:aws:iam::{world.account_id}:root", role, role, role]
    assert statements[0]["Action"] == ["kms:*"]
    assert statements[2]["Condition"] == {"StringEquals": {"kms:ViaService": "kinesis.eu-west-1.amazonaws.com"}}


LOST = ("CreateKey", "CreateAlias", "EnableKeyRotation")


@pytest.mark.sampled(2)
@pytest.mark.parametrize("lost", LOST)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_that_dies_around_a_call_leaves_one_key(
    world: World, monkeypatch: pytest.MonkeyPatch, lost: str, when: str
) -> None:
    original, died = botocore.client.BaseClient._make_api_call, []

    def dying(self: Any, operation: str, parameters: Any) -> Any:
        if operation != lost or died:
            return original(self, operation, parameters)
        died.append(operation)
        if when == "after":
            original(self, operation, parameters)
        raise RuntimeError("killed")

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", dying)
    run = keyed(world)
    with pytest.raises(RuntimeError, match="killed"):
        carried_out(run)
    Resource.objects.filter(kind="KMS key").update(intended_at=timezone.now() - timedelta(minutes=1))
    assert carried_out(run).state == RunState.DONE, failed_steps(run)
    [arn] = keys_there(world)
    assert run.integration.resources.get(kind="KMS key").arn == arn
    assert kms.describe_key(world.root(), ALIAS).arn == arn


def test_a_key_that_is_not_listed_yet_is_waited_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    run = keyed(world)
    run.integration.resources.create(kind="KMS key", name=ALIAS)
    carried_out(run, turns=2)
    assert run.steps.get(name="key").reason == Message("waiting.kms_key_not_listed")
    assert keys_there(world) == []


def test_a_key_of_that_name_that_is_not_ours_is_left_alone(world: World) -> None:
    root = world.root()
    theirs = root.client("kms").create_key()["KeyMetadata"]["Arn"]
    kms.create_alias(root, ALIAS, theirs)
    run = carried_out(keyed(world))
    assert failed_steps(run)["key"].code == "refused.not_created_by_sluice"
    assert keys_there(world) == [theirs]


def test_the_key_is_kept_with_the_stream_and_goes_with_it_when_asked_twice(world: World) -> None:
    integration = made(world)
    [arn] = keys_there(world)
    kept = carried_out(removal.start_removal(integration=integration, actor=world.admin, delete_data=False))
    assert kept.state == RunState.DONE
    line = next(row for row in inventory.lines(integration) if row.kind == "KMS key")
    assert line.kept == Message("kept.stream_needs_key")
    assert (
        line.command == f"aws kms schedule-key-deletion --key-id {arn} --pending-window-in-days 30 --region eu-west-1"
    )
    assert kms.describe_key(world.root(), arn).state == "Enabled"
    carried_out(removal.start_removal(integration=integration, actor=world.admin, delete_data=True))
    assert kms.describe_key(world.root(), arn).is_pending_deletion
    assert inventory.lines(integration) == []
    integration.refresh_from_db()
    assert integration.state == IntegrationState.REMOVED


def test_what_somebody_did_to_the_key_is_drift_and_is_mended(world: World) -> None:
    integration = made(world)
    [arn] = keys_there(world)
    client = world.root().client("kms")
    client.disable_key_rotation(KeyId=arn)
    client.delete_alias(AliasName=ALIAS)
    found = differences(drift.check(integration))
    assert found == {f"KMS key {ALIAS}: rotation": ("on", "off"), f"Alias {ALIAS}": (arn, "none")}
    carried_out(repair.repair(integration=integration, actor=world.admin))
    assert drift.check(integration) == []


def test_a_key_that_is_going_stops_the_run_with_what_to_do(world: World) -> None:
    integration = made(world)
    [arn] = keys_there(world)
    kms.schedule_deletion(world.root(), arn)
    assert [row.found for row in drift.check(integration)] == [BEING_DELETED]
    integration.refresh_from_db()
    run = carried_out(repair.repair(integration=integration, actor=world.admin))
    assert failed_steps(run)["key"].params["state"] == "PendingDeletion"


def test_a_living_stream_gets_a_key_and_gives_it_back(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    before = validation.from_dict(integration.spec)
    after = replace(before, stream=replace(before.stream, kms_key="new"))
    run = carried_out(runs.start_run(integration=integration, actor=world.admin, spec=after))
    assert run.state == RunState.DONE, failed_steps(run)
    [arn] = keys_there(world)
    assert kinesis.describe_stream(world.root(), STREAM).key_id == arn
    integration.refresh_from_db()
    back = carried_out(runs.start_run(integration=integration, actor=world.admin, spec=before))
    assert back.state == RunState.DONE
    assert kinesis.describe_stream(world.root(), STREAM).key_id == "alias/aws/kinesis"
    assert kms.describe_key(world.root(), arn).state == "Enabled", "older records need it still"


def test_without_the_right_no_key_is_asked_for(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    Connection.objects.update(allow_keys=False)
    before = validation.from_dict(integration.spec)
    after = replace(before, stream=replace(before.stream, kms_key="new"))
    with pytest.raises(SpecRefused, match=r"connection\.keys_not_allowed"):
        runs.start_run(integration=integration, actor=world.admin, spec=after)
