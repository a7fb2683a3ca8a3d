"""The engine carries a whole integration out against an AWS that enforces IAM, and a second run changes nothing."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError
from django.db import connection

from onboarding.integrations import runs
from onboarding.models.connection import Connection
from onboarding.models.credential import Credential
from onboarding.models.integration import Integration
from onboarding.models.states import CredentialState, IntegrationState, RunState
from onboarding.provisioning.usual_durations import usual_duration
from onboarding.spec import integration_spec as specs
from portal import database_scope
from portal.aws import firehose, kinesis, s3
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.iam.access_keys import access_key_ids
from portal.aws.iam.roles import delete_role_completely
from portal.aws.iam.users import get_user
from portal.aws.records import put_record
from portal.aws.shards import shard_iterator
from portal.messages.message import Message
from tests.faults.proxy import Answer, Proxy, Request
from tests.onboarding.provisioning.driving import applied, carried_out, delivered_key, failed_steps, started
from tests.world import World

WRITES = (
    "Create",
    "Put",
    "Update",
    "Delete",
    "Attach",
    "Detach",
    "Add",
    "Start",
    "Stop",
    "Enable",
    "Disable",
    "Tag",
    "Increase",
    "Decrease",
    "Remove",
    "Untag",
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_whole_integration_is_made_and_its_key_works(world: World) -> None:
    integration, run = applied(world)
    assert [step.name for step in run.steps.all() if step.state != "done"] == [], failed_steps(run)
    assert (run.state, integration.state) == (RunState.DONE, IntegrationState.LIVE)
    assert [step.name for step in run.steps.all() if usual_duration(step.name) is None] == []
    receipt = put_record(delivered_key(world, integration), "sluice-sensors", data=b"{}", partition_key="a")
    assert receipt.shard_id.startswith("shardId-")


def test_the_delivered_key_can_put_and_nothing_else(world: World) -> None:
    integration, _ = applied(world)
    key = delivered_key(world, integration)
    world.root().client("kinesis").create_stream(StreamName="sluice-another", ShardCount=1)
    refused = {
        "GetShardIterator": lambda: shard_iterator(key, "sluice-sensors", "shardId-000000000000"),
        "ListStreams": lambda: key.client("kinesis").list_streams(),
        "DescribeStreamSummary": lambda: kinesis.describe_stream(key, "sluice-sensors"),
        "PutRecord elsewhere": lambda: put_record(key, "sluice-another", data=b"x", partition_key="a"),
        "ListUsers": lambda: key.client("iam").list_users(),
    }
    for call in refused.values():
        with pytest.raises((AwsFault, ClientError), match="AccessDenied"):
            call()


def test_everything_is_tagged_and_listed(world: World) -> None:
    integration, _ = applied(world)
    root = world.root()
    assert kinesis.stream_tags(root, "sluice-sensors")["sluice:integration"] == integration.uid
    assert firehose.delivery_tags(root, "sluice-sensors-to-s3")["sluice:integration"] == integration.uid
    assert s3.bucket_tags(root, f"sluice-sensors-{world.account_id}")["sluice:integration"] == integration.uid
    user = integration.credentials.get().user_name
    assert get_user(root, user).tags["sluice:integration"] == integration.uid
    listed = set(integration.resources.filter(state="present").values_list("kind", flat=True))
    assert listed == {"data stream", "IAM policy", "IAM user", "IAM role", "S3 bucket", "log group", "Firehose stream"}


def test_a_record_comes_out_in_the_bucket(world: World) -> None:
    integration, _ = applied(world)
    body = json.dumps({"hello": "bucket"}).encode()
    put_record(delivered_key(world, integration), "sluice-sensors", data=body, partition_key="a")
    bucket = f"sluice-sensors-{world.account_id}"
    keys = [found.key for found in s3.list_keys(world.root(), bucket)]
    assert keys
    assert all(key.startswith("sensors/") for key in keys)


def test_a_second_run_of_the_same_spec_writes_nothing(world: World, calls: list[str]) -> None:
    integration, _ = applied(world)
    calls.clear()
    again = carried_out(runs.start_run(integration=integration, actor=world.admin))
    assert again.state == RunState.DONE
    assert [call for call in calls if call.startswith(WRITES)] == []
    assert "DescribeStreamSummary" in calls
    assert Credential.objects.filter(integration=integration).count() == 1


def test_a_first_run_needs_at_most_45_calls(world: World, calls: list[str]) -> None:
    run = started(world)
    calls.clear()
    carried_out(run)
    in_the_sealer = 2  # CreateAccessKey and PutRecord
    assert len(calls) + in_the_sealer <= 45, calls


def test_a_stream_that_is_not_ours_is_left_alone(world: World) -> None:
    world.root().client("kinesis").create_stream(StreamName="sluice-sensors", ShardCount=1, Tags={"owner": "somebody"})
    run = carried_out(started(world, delivery=False))
    assert failed_steps(run)["stream"].code == "refused.stream_exists"
    assert kinesis.stream_tags(world.root(), "sluice-sensors") == {"owner": "somebody"}
    assert not run.integration.credentials.exists()


def test_a_bucket_name_that_somebody_else_has_is_said(world: World) -> None:
    name = f"sluice-sensors-{world.account_id}"
    s3.create_bucket(world.root(world.other_account_id), name, "eu-west-1")
    run = carried_out(started(world))
    assert failed_steps(run)[f"bucket:{name}"] == Message("refused.bucket_name_taken", bucket=name)


def test_what_stopped_goes_on_from_there(world: World) -> None:
    name = f"sluice-sensors-{world.account_id}"
    stranger = world.root(world.other_account_id)
    s3.create_bucket(stranger, name, "eu-west-1")
    run = carried_out(started(world))
    assert run.state == RunState.FAILED
    assert run.steps.get(name="stream").state == "done"
    s3.delete_bucket(stranger, name)
    runs.retry_run(run=run, actor=world.admin)
    assert carried_out(run).state == RunState.DONE
    assert run.steps.get(name="stream").attempts < 5


def test_a_run_cancelled_while_its_key_is_tested_leaves_no_key(world: World, aws_proxy: Proxy) -> None:
    run = started(world)

    def cancelled_meanwhile(request: Request, nth: int, carry_out: Callable[[], Answer]) -> Answer:
        if request.operation != "PutRecord":
            return carry_out()
        if nth == 1:
            with database_scope.every_tenant("the proxy's thread has no scope"):
                runs.cancel_run(run=run, actor=world.admin)
            connection.close()  # this thread's own
        return request.error(400, "AccessDeniedException")  # as for a key that AWS does not know everywhere yet

    aws_proxy.fault = cancelled_meanwhile
    assert carried_out(run).state == RunState.CANCELLED
    assert (aws_proxy.seen["CreateAccessKey"], aws_proxy.seen["PutRecord"]) == (1, 1)
    assert world.root().client("iam").list_users(PathPrefix="/sluice/")["Users"] == []
    assert run.integration.credentials.get().state == CredentialState.DISCARDED


def test_a_key_that_somebody_added_by_hand_is_reported_and_left(world: World) -> None:
    integration, _ = applied(world)
    user = integration.credentials.get().user_name
    world.root().client("iam").create_access_key(UserName=user)
    again = carried_out(runs.start_run(integration=integration, actor=world.admin))
    assert failed_steps(again)["access_key"].code == "refused.unknown_access_keys"
    assert len(access_key_ids(world.root(), user)) == 2


def test_a_role_that_trusts_sluice_no_more_fails_the_run_with_a_message(world: World, calls: list[str]) -> None:
    run = started(world)
    iam_client = world.root().client("iam")
    iam_client.update_assume_role_policy(
        RoleName="SluiceAccess", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": []})
    )
    calls.clear()
    run = carried_out(run, turns=1)
    assert (run.state, calls) == (RunState.FAILED, ["AssumeRole"])
    assert run.failure == Message("aws.assume_role_denied", operation="sts:AssumeRole")
    integration = Integration.objects.get(pk=run.integration_id)
    assert (run.is_shut_out, integration.state) == (True, IntegrationState.ATTENTION)
    assert {step.state for step in run.steps.all()} == {"todo"}


def test_a_role_that_is_deleted_is_one_failure_with_its_cause(world: World) -> None:
    integration, _ = applied(world)
    longer = replace(specs.from_row(integration.spec).stream, retention_hours=72)
    run = runs.start_run(
        integration=integration, actor=world.admin, spec=replace(specs.from_row(integration.spec), stream=longer)
    )
    delete_role_completely(world.root(), "SluiceAccess")
    run = carried_out(run)
    assert run.state == RunState.FAILED
    assert run.failure == Message("aws.assume_role_denied", operation="sts:AssumeRole")
    assert failed_steps(run) == {}, "no step failed: the role did"
    assert integration.resources.get(kind="S3 bucket").state == "present"
    assert Connection.objects.get().state == "degraded"


def test_a_denial_on_our_own_bucket_is_a_denial_and_not_another_owner(world: World, aws_proxy: Proxy) -> None:
    integration, _ = applied(world)

    def deny(request: Request, nth: int, carry_out: Callable[[], Answer]) -> Answer:
        return request.error(403, "AccessDenied") if request.method == "HEAD" else carry_out()

    aws_proxy.fault = deny
    again = carried_out(runs.start_run(integration=integration, actor=world.admin))
    [reason] = [reason for name, reason in failed_steps(again).items() if name.startswith("bucket:")]
    assert reason.code == "refused.own_bucket_denied"


def test_two_clicks_make_one_run(world: World) -> None:
    run = started(world)
    again = runs.start_run(integration=run.integration, actor=world.admin)
    assert again.pk == run.pk


def test_faults_have_a_kind(world: World) -> None:
    with pytest.raises(AwsFault) as caught:
        put_record(world.root(), "sluice-nowhere", data=b"x", partition_key="a")
    assert caught.value.kind is FaultKind.NOT_FOUND
