"""Registered consumers, carried out in an account: found again, never taken over, deregistered before the stream."""

import json
import time
from collections.abc import Callable
from dataclasses import replace

import botocore.client
import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from onboarding.connections import permission_choice
from onboarding.consumers.role import ConsumerRole
from onboarding.fan_out.consumer import FanOutConsumer
from onboarding.integrations import drift, inventory, plan_view, removal, runs
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.models.states import RunState
from onboarding.provisioning import consumer_plan
from onboarding.provisioning.plan_factory import plan_for
from onboarding.sharing.share import Share
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.problem import SpecRefused
from portal.aws import kinesis, stream_consumers
from portal.aws.credentials import AwsCredentials
from portal.aws.policies.chosen_permissions import DEFAULT_PERMISSIONS
from portal.aws.policies.consumers import READ_BY_FAN_OUT, READ_STREAM
from portal.aws.policies.shares import consumer_share_statement
from portal.aws.policies.statements import document, statements_of
from portal.aws.resource_policies import put_resource_policy, resource_policy
from portal.aws.session import AwsSession
from portal.aws.stream_consumers import RegisteredConsumer
from tests.onboarding.provisioning.driving import carried_out, differences, failed_steps
from tests.portal.local.emulator.other_account import reader_of
from tests.world import World, new_account_id

pytestmark = pytest.mark.django_db(transaction=True)
STREAM = "sluice-sensors"


def spec_of(world: World, *names: str) -> IntegrationSpec:
    spec = world.spec(world.connected(), world.recipient(), delivery=False)
    return replace(spec, fan_out=tuple(map(FanOutConsumer, names)))


def run_of(world: World, spec: IntegrationSpec, integration: Integration | None = None) -> Run:
    integration = integration or Integration.objects.create(tenant=world.tenant, name="draft")
    return carried_out(runs.start_run(integration=integration, actor=world.admin, spec=spec))


def stream_arn(world: World) -> str:
    return f"arn:aws:kinesis:eu-west-1:{world.account_id}:stream/{STREAM}"


def consumer(world: World, name: str) -> RegisteredConsumer | None:
    return stream_consumers.find_consumer(world.root(), stream_arn(world), name)


def gone(world: World, name: str) -> None:
    """Someone deregisters a consumer; the emulator has it for one more answer."""
    found = consumer(world, name)
    assert found is not None
    stream_consumers.deregister_consumer(world.root(), found.arn)
    consumer(world, name)
    assert consumer(world, name) is None


@pytest.fixture
def next_second() -> Callable[[], None]:
    """An ARN ends with a second, as AWS has it: two registrations of one second could not be told apart."""

    def wait() -> None:
        began = int(time.time())
        while int(time.time()) == began:
            time.sleep(0.05)

    return wait


def test_consumers_are_registered_listed_and_deregistered(world: World) -> None:
    spec = spec_of(world, "reporting", "alerts")
    run = run_of(world, spec)
    assert run.state == RunState.DONE, failed_steps(run)
    integration = Integration.objects.get(pk=run.integration_id)
    found = consumer(world, "reporting")
    assert found is not None
    assert found.status == "ACTIVE"
    assert stream_consumers.consumer_tags(world.root(), found.arn)["sluice:integration"] == integration.uid
    lines = {line.name: line.arn for line in inventory.lines(integration) if line.kind == "fan-out consumer"}
    assert lines.keys() == {"reporting", "alerts"}
    assert lines["reporting"] == found.arn
    assert drift.check(integration) == []
    run = run_of(world, replace(spec, fan_out=spec.fan_out[:1]), integration)
    assert (run.state, failed_steps(run)) == (RunState.DONE, {})
    assert consumer(world, "alerts") is None
    assert consumer(world, "reporting") == found
    assert drift.check(integration) == []


@pytest.mark.audit
def test_seven_are_registered_although_aws_registers_five_at_a_time(world: World) -> None:
    run = run_of(world, spec_of(world, *(f"c{number}" for number in range(7))))
    assert run.state == RunState.DONE, failed_steps(run)


@pytest.mark.audit
def test_a_second_run_calls_nothing_that_changes(world: World, calls: list[str]) -> None:
    run = run_of(world, spec_of(world, "reporting"))
    integration = Integration.objects.get(pk=run.integration_id)
    del calls[:]
    run = carried_out(runs.start_run(integration=integration, actor=world.admin))
    assert run.state == RunState.DONE
    assert not {"RegisterStreamConsumer", "DeregisterStreamConsumer", "TagResource"} & set(calls)


def test_a_consumer_is_found_again_after_a_lost_answer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    original, lost = botocore.client.BaseClient._make_api_call, list[str]()

    def losing(self: object, operation: str, parameters: dict[str, object]) -> object:
        answer = original(self, operation, parameters)
        if operation == "RegisterStreamConsumer" and not lost:
            lost.append(operation)
            raise ConnectionClosedError(endpoint_url="https://kinesis.eu-west-1.amazonaws.com")
        return answer

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", losing)
    run = run_of(world, spec_of(world, "reporting"))
    assert (run.state, lost) == (RunState.DONE, ["RegisterStreamConsumer"])
    [line] = [line for line in inventory.lines(run.integration) if line.kind == "fan-out consumer"]
    found = consumer(world, "reporting")
    assert found is not None
    assert line.arn == found.arn


@pytest.mark.audit
def test_one_of_someone_else_is_never_used_changed_or_deregistered(world: World) -> None:
    spec = spec_of(world)
    integration = Integration.objects.get(pk=run_of(world, spec).integration_id)
    theirs = stream_consumers.register_consumer(world.root(), stream_arn(world), "reporting", tags={"team": "bi"})
    run = run_of(world, replace(spec, fan_out=(FanOutConsumer("reporting"),)), integration)
    [(step, reason)] = failed_steps(run).items()
    assert (step, reason.code) == ("fan_out:reporting", "refused.not_created_by_sluice")
    assert run_of(world, spec, integration).state == RunState.DONE
    found = consumer(world, "reporting")
    assert found is not None
    assert found.arn == theirs.arn
    assert stream_consumers.consumer_tags(world.root(), found.arn) == {"team": "bi"}


@pytest.mark.audit
def test_a_deregistered_one_is_drift_and_registered_again(world: World) -> None:
    run = run_of(world, spec_of(world, "reporting"))
    integration = Integration.objects.get(pk=run.integration_id)
    gone(world, "reporting")
    assert set(differences(drift.check(integration))) == {"Consumer reporting"}
    run = carried_out(runs.start_run(integration=integration, actor=world.admin))
    assert run.state == RunState.DONE, failed_steps(run)
    assert drift.check(integration) == []


def test_one_that_someone_registered_again_is_drift_and_never_taken_over(
    world: World, next_second: Callable[[], None]
) -> None:
    run = run_of(world, spec_of(world, "reporting"))
    integration = Integration.objects.get(pk=run.integration_id)
    [line] = [line for line in inventory.lines(integration) if line.kind == "fan-out consumer"]
    gone(world, "reporting")
    next_second()
    theirs = stream_consumers.register_consumer(world.root(), stream_arn(world), "reporting", tags={})
    found = differences(drift.check(integration))
    assert found["Consumer reporting: ARN (it was registered again)"] == (line.arn, theirs.arn)
    run = carried_out(runs.start_run(integration=integration, actor=world.admin))
    assert failed_steps(run)["fan_out:reporting"].code == "refused.not_created_by_sluice"


@pytest.mark.audit
def test_lost_tags_are_put_back_by_the_arn_that_the_inventory_has(world: World) -> None:
    run = run_of(world, spec_of(world, "reporting"))
    integration = Integration.objects.get(pk=run.integration_id)
    found = consumer(world, "reporting")
    assert found is not None
    keys = list(stream_consumers.consumer_tags(world.root(), found.arn))
    world.root().client("kinesis").untag_resource(ResourceARN=found.arn, TagKeys=keys)
    assert len(drift.check(integration)) == 1
    run = carried_out(runs.start_run(integration=integration, actor=world.admin))
    assert run.state == RunState.DONE, failed_steps(run)
    assert drift.check(integration) == []


def test_a_removal_deregisters_before_it_deletes_the_stream(world: World, calls: list[str]) -> None:
    run = run_of(world, spec_of(world, "reporting"))
    integration = Integration.objects.get(pk=run.integration_id)
    del calls[:]
    run = carried_out(removal.start_removal(integration=integration, actor=world.admin, delete_data=True))
    assert run.state == RunState.DONE, failed_steps(run)
    assert calls.index("DeregisterStreamConsumer") < calls.index("DeleteStream")
    assert kinesis.describe_stream(world.root(), STREAM) is None


@pytest.mark.audit
def test_a_stream_that_others_read_with_is_kept_with_the_reason(world: World) -> None:
    run = run_of(world, spec_of(world, "reporting"))
    integration = Integration.objects.get(pk=run.integration_id)
    stream_consumers.register_consumer(world.root(), stream_arn(world), "theirs", tags={})
    carried_out(removal.start_removal(integration=integration, actor=world.admin, delete_data=True))
    [line] = [line for line in inventory.lines(integration) if line.kind == "data stream"]
    assert line.kept is not None
    assert (line.kept.code, line.kept.params["consumer_count"]) == ("kept.stream_has_consumers", 1)
    assert consumer(world, "theirs") is not None


@pytest.mark.audit
def test_a_full_stream_is_said_in_words(world: World) -> None:
    spec = spec_of(world)
    integration = Integration.objects.get(pk=run_of(world, spec).integration_id)
    for number in range(20):
        stream_consumers.register_consumer(world.root(), stream_arn(world), f"c{number}", tags={})
        consumer(world, f"c{number}")
    run = run_of(world, replace(spec, fan_out=(FanOutConsumer("reporting"),)), integration)
    reason = failed_steps(run)["fan_out:reporting"]
    assert (reason.code, reason.params["consumer_count"]) == ("refused.fan_out_limit", 20)


def test_without_the_permission_nothing_starts_and_the_plan_lists_them_with_it(world: World) -> None:
    spec = spec_of(world, "reporting")
    integration = Integration.objects.create(tenant=world.tenant, name="draft")
    view = plan_view.plan_of(integration, spec)
    assert [row.name for row in view.resources if row.kind == "Registered consumer"] == ["reporting"]
    connection = world.tenant.connections.get()
    permission_choice.choose_permissions(connection=connection, optional=DEFAULT_PERMISSIONS, actor=world.admin)
    with pytest.raises(SpecRefused) as refused:
        runs.start_run(integration=integration, actor=world.admin, spec=spec)
    assert [problem.message.code for problem in refused.value.problems] == ["connection.fan_out_not_allowed"]


def test_a_role_reads_as_the_consumer_that_it_chose_and_as_no_other(world: World) -> None:
    role = ConsumerRole("analytics", (world.account_id,), fan_out="reporting")
    spec = replace(spec_of(world, "reporting", "alerts"), consumer_roles=(role,))
    run = run_of(world, spec)
    assert run.state == RunState.DONE, failed_steps(run)
    integration = Integration.objects.get(pk=run.integration_id)
    plan = plan_for(integration, spec)
    credentials = (
        world.root()
        .client("sts")
        .assume_role(
            RoleArn=consumer_plan.role_arn(plan, role),
            RoleSessionName="reader",
            ExternalId=consumer_plan.external_id(plan, role),
        )["Credentials"]
    )
    keys = (credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])
    kinesis_of_role = AwsSession(region="eu-west-1", credentials=AwsCredentials(*keys)).client("kinesis")
    own, other = consumer(world, "reporting"), consumer(world, "alerts")
    assert own is not None
    assert other is not None
    assert kinesis_of_role.describe_stream_consumer(ConsumerARN=own.arn)["ConsumerDescription"]
    start = {"ShardId": "shardId-000000000000", "StartingPosition": {"Type": "TRIM_HORIZON"}}
    events = kinesis_of_role.subscribe_to_shard(ConsumerARN=own.arn, **start)["EventStream"]
    assert next(iter(events))["SubscribeToShardEvent"]["Records"] is not None
    events.close()
    with pytest.raises(ClientError, match="AccessDenied"):
        kinesis_of_role.subscribe_to_shard(ConsumerARN=other.arn, **start)
    assert drift.check(integration) == []


@pytest.mark.audit
def test_a_share_reads_as_a_registered_consumer_until_it_ends(world: World) -> None:
    reader = reader_of(world.ministack, new_account_id())
    iam = world.ministack.root(reader.arn.split(":")[4]).client("iam")
    allowed = {"Effect": "Allow", "Action": [*READ_STREAM, *READ_BY_FAN_OUT], "Resource": "*"}
    iam.put_role_policy(
        RoleName="reader",
        PolicyName="read",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allowed]}),
    )
    plain = spec_of(world, "reporting", "alerts")
    plain = replace(plain, stream=replace(plain.stream, kms_key="none"))
    spec = replace(plain, shares=(Share("analytics", reader.arn, "reporting"),))
    run = run_of(world, spec)
    assert run.state == RunState.DONE, failed_steps(run)
    integration = Integration.objects.get(pk=run.integration_id)
    own, other = consumer(world, "reporting"), consumer(world, "alerts")
    assert own is not None
    assert other is not None
    client = reader.session.client("kinesis", single_attempt=True)
    start = {"ShardId": "shardId-000000000000", "StartingPosition": {"Type": "TRIM_HORIZON"}}
    events = client.subscribe_to_shard(ConsumerARN=own.arn, **start)["EventStream"]
    assert next(iter(events))["SubscribeToShardEvent"]["Records"] is not None
    events.close()
    with pytest.raises(ClientError, match="AccessDenied"):
        client.subscribe_to_shard(ConsumerARN=other.arn, **start)
    assert drift.check(integration) == []

    # A statement of someone else stays, ours is put back, and moves with the share to another consumer.
    theirs = consumer_share_statement("theirs", "777788889999", own.arn)
    put_resource_policy(world.root(), own.arn, document(theirs))
    assert set(differences(drift.check(integration))) == {
        "Share analytics: statement in the policy of its registered consumer"
    }
    run = carried_out(runs.start_run(integration=integration, actor=world.admin))
    assert run.state == RunState.DONE, failed_steps(run)
    sids = [row["Sid"] for row in statements_of(resource_policy(world.root(), own.arn))]
    assert sids == ["theirs", spec.shares[0].sid(integration.uid)]
    run = run_of(world, replace(spec, shares=(Share("analytics", reader.arn, "alerts"),)), integration)
    assert run.state == RunState.DONE, failed_steps(run)
    assert resource_policy(world.root(), own.arn) == document(theirs)
    assert len(statements_of(resource_policy(world.root(), other.arn))) == 1
    assert drift.check(integration) == []
    assert run_of(world, plain, integration).state == RunState.DONE
    assert resource_policy(world.root(), other.arn) is None
    assert resource_policy(world.root(), own.arn) == document(theirs)
    assert resource_policy(world.root(), stream_arn(world)) is None
