"""Devices through AWS IoT Core: what a run sets up of them, what it finds changed, and how it removes them."""

import json
from dataclasses import replace
from typing import Any

import pytest

from onboarding.integrations import drift, removal, runs
from onboarding.iot.device_source import BY_DEVICE, DeviceSource
from onboarding.models.integration import Integration
from onboarding.models.resource import Resource
from onboarding.models.run import Run
from onboarding.models.states import ResourceState, RunState
from onboarding.spec.integration_spec import IntegrationSpec, from_row
from onboarding.spec.problem import SpecRefused
from portal.aws.iam.roles import get_role, role_policy
from portal.aws.policies.chosen_permissions import chosen_permissions
from portal.aws.session import AwsSession
from tests.onboarding.provisioning.driving import carried_out, differences, failed_steps
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
STREAM = "sluice-sensors"
DEVICES = DeviceSource("sluice-sensor", "sluice-lobby", "sluice-lobby/air")


def wanted(world: World, **changed: Any) -> IntegrationSpec:
    connection = world.connected()
    spec = replace(world.spec(connection, world.recipient(), delivery=False), devices=replace(DEVICES, **changed))
    return replace(spec, recipients=spec.recipients)


def set_up(world: World, **changed: Any) -> Integration:
    integration = Integration.objects.create(tenant=world.tenant, name="draft")
    run = carried_out(runs.start_run(integration=integration, actor=world.admin, spec=wanted(world, **changed)))
    assert failed_steps(run) == {}
    assert run.state == RunState.DONE
    return Integration.objects.get(pk=integration.pk)


def again(world: World, integration: Integration, spec: IntegrationSpec) -> Run:
    return carried_out(runs.start_run(integration=integration, actor=world.admin, spec=spec))


def rule_of(root: AwsSession, integration: Integration) -> dict[str, Any]:
    name = f"sluice_sensors_{integration.uid[:6]}"
    found: dict[str, Any] = root.client("iot").get_topic_rule(ruleName=name)["rule"]
    return found


def test_a_run_sets_up_what_devices_need_and_nothing_more(world: World) -> None:
    integration = set_up(world, partition_key=BY_DEVICE)
    root, uid = world.root(), integration.uid[:6]
    iot = root.client("iot")
    assert iot.describe_thing_type(thingTypeName="sluice-sensor")["thingTypeMetadata"]["deprecated"] is False
    group = iot.describe_thing_group(thingGroupName="sluice-lobby")["thingGroupArn"]
    tags = {tag["Key"]: tag["Value"] for tag in iot.list_tags_for_resource(resourceArn=group)["tags"]}
    assert tags["sluice:integration"] == integration.uid
    policy = json.loads(iot.get_policy(policyName=f"{STREAM}-{uid}-devices")["policyDocument"])
    thing = "${iot:Connection.Thing.ThingName}"
    place = f"arn:aws:iot:eu-west-1:{world.account_id}"
    attached = {"Bool": {"iot:Connection.Thing.IsAttached": "true"}}
    assert [(row["Action"], row["Resource"], row["Condition"]) for row in policy["Statement"]] == [
        (["iot:Connect"], f"{place}:client/{thing}", attached),
        (["iot:Publish"], f"{place}:topic/sluice-lobby/air/{thing}/*", attached),
    ]
    rule = rule_of(root, integration)
    role_arn = f"arn:aws:iam::{world.account_id}:role/sluice/{STREAM}-{uid}-rule"
    assert rule["sql"] == "SELECT *, topic() AS topic, timestamp() AS received_at FROM 'sluice-lobby/air/+/#'"
    assert rule["awsIotSqlVersion"] == "2016-03-23"
    assert rule["ruleDisabled"] is False
    assert rule["actions"] == [{"kinesis": {"roleArn": role_arn, "streamName": STREAM, "partitionKey": "${topic(3)}"}}]
    assert rule["errorAction"]["cloudwatchLogs"] == {"roleArn": role_arn, "logGroupName": f"/sluice/devices/{STREAM}"}
    role = get_role(root, f"{STREAM}-{uid}-rule")
    assert role is not None
    assert role.boundary_arn == f"arn:aws:iam::{world.account_id}:policy/SluiceBoundary"
    [trusted] = role.trust["Statement"]
    assert trusted["Condition"] == {
        "StringEquals": {"aws:SourceAccount": world.account_id},
        "ArnEquals": {"aws:SourceArn": f"{place}:rule/sluice_sensors_{uid}"},
    }
    permissions = role_policy(root, role.name, "delivery")
    assert permissions is not None
    assert [row["Sid"] for row in permissions["Statement"]] == ["PutRecords", "WriteErrors"]
    [group_found] = root.client("logs").describe_log_groups(logGroupNamePrefix="/sluice/devices/")["logGroups"]
    assert group_found["retentionInDays"] == 90


def test_a_second_run_changes_nothing_and_drift_is_found_and_repaired(world: World) -> None:
    integration = set_up(world)
    run = again(world, integration, from_row(integration.spec))
    assert run.state == RunState.DONE
    assert [step.name for step in run.steps.all() if step.did] == []
    iot, uid = world.root().client("iot"), integration.uid[:6]
    iot.deprecate_thing_type(thingTypeName="sluice-sensor")
    iot.delete_thing_group(thingGroupName="sluice-lobby")
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:*", "Resource": "*"}]}
    name = f"{STREAM}-{uid}-devices"
    iot.create_policy_version(policyName=name, policyDocument=json.dumps(everything), setAsDefault=True)
    rule = rule_of(world.root(), integration)
    copied = {"republish": {"roleArn": rule["actions"][0]["kinesis"]["roleArn"], "topic": "elsewhere"}}
    payload = {key: rule[key] for key in ("awsIotSqlVersion", "actions", "errorAction")}
    payload |= {"sql": "SELECT * FROM 'sluice-lobby/#'", "actions": [*rule["actions"], copied], "ruleDisabled": True}
    iot.replace_topic_rule(ruleName=f"sluice_sensors_{uid}", topicRulePayload=payload)
    found = differences(drift.check(integration))
    assert set(found) == {
        "Thing type sluice-sensor: deprecated",
        "Thing group sluice-lobby",
        f"Device policy {name}: permissions",
        f"Topic rule sluice_sensors_{uid}: SQL",
        f"Topic rule sluice_sensors_{uid}: disabled",
        f"Topic rule sluice_sensors_{uid}: actions",
    }
    integration.refresh_from_db()
    run = carried_out(runs.start_run(integration=integration, actor=world.admin))
    assert (failed_steps(run), run.state) == ({}, RunState.DONE)
    assert differences(drift.check(integration)) == {}


def test_what_is_not_ours_is_neither_changed_nor_removed(world: World) -> None:
    spec = wanted(world)
    world.root().client("iot").create_thing_group(thingGroupName="sluice-lobby")
    integration = Integration.objects.create(tenant=world.tenant, name="draft")
    run = carried_out(runs.start_run(integration=integration, actor=world.admin, spec=spec))
    assert {name: reason.code for name, reason in failed_steps(run).items()} == {
        "thing_group": "refused.not_created_by_sluice"
    }


def test_a_removal_waits_for_the_thing_type_and_leaves_nothing(world: World) -> None:
    integration = set_up(world)
    iot = world.root().client("iot")
    arn = iot.describe_thing_type(thingTypeName="sluice-sensor")["thingTypeArn"]
    run = removal.start_removal(integration=integration, actor=world.admin, delete_data=True)
    run = carried_out(run, turns=15)
    waiting = {step.name for step in run.steps.exclude(state="done")}
    assert waiting == {"remove_thing_type"}
    assert iot.describe_thing_type(thingTypeName="sluice-sensor")["thingTypeMetadata"]["deprecated"] is True
    # Five minutes pass in AWS.
    iot.tag_resource(resourceArn=arn, tags=[{"Key": "emulator:deprecated-seconds", "Value": "0"}])
    run = carried_out(run)
    assert (failed_steps(run), run.state) == ({}, RunState.DONE)
    assert iot.list_thing_types()["thingTypes"] == []
    assert iot.list_thing_groups()["thingGroups"] == []
    assert iot.list_policies()["policies"] == []
    assert iot.list_topic_rules()["rules"] == []
    assert not world.root().client("logs").describe_log_groups(logGroupNamePrefix="/sluice/")["logGroups"]
    assert get_role(world.root(), f"{STREAM}-{integration.uid[:6]}-rule") is None
    left = Resource.objects.filter(integration=integration).exclude(state=ResourceState.REMOVED)
    assert list(left) == []


def test_an_update_removes_the_devices_of_the_spec_and_changes_the_rule(world: World) -> None:
    integration = set_up(world)
    spec = from_row(integration.spec)
    assert spec.devices is not None
    changed = replace(spec.devices, sql="SELECT temperature FROM 'sluice-lobby/air/+/t' WHERE temperature > 20")
    again(world, integration, replace(spec, devices=changed))
    assert rule_of(world.root(), integration)["sql"] == changed.sql
    with pytest.raises(SpecRefused):
        runs.start_run(
            integration=integration,
            actor=world.admin,
            spec=replace(spec, devices=replace(spec.devices, thing_type="sluice-other")),
        )
    iot = world.root().client("iot")
    arn = iot.describe_thing_type(thingTypeName="sluice-sensor")["thingTypeArn"]
    iot.tag_resource(resourceArn=arn, tags=[{"Key": "emulator:deprecated-seconds", "Value": "0"}])
    run = again(world, integration, replace(spec, devices=None))
    assert (failed_steps(run), run.state) == ({}, RunState.DONE)
    assert iot.list_topic_rules()["rules"] == []
    assert iot.list_thing_types()["thingTypes"] == []


def test_a_grant_without_the_permission_is_said_before_anything_is_created(world: World) -> None:
    connection = world.connected(chosen_permissions(["sampling", "deletion", "keys"]))
    spec = replace(world.spec(connection, world.recipient(), delivery=False), devices=DEVICES)
    integration = Integration.objects.create(tenant=world.tenant, name="draft")
    with pytest.raises(SpecRefused) as refused:
        runs.start_run(integration=integration, actor=world.admin, spec=spec)
    assert [problem.message.code for problem in refused.value.problems] == ["connection.devices_need_permission"]


def test_a_message_becomes_a_record_and_an_error_is_logged(world: World) -> None:
    integration = set_up(world, partition_key=BY_DEVICE)
    root = world.root()
    root.client("iot-data").publish(topic="sluice-lobby/air/lamp-1/state", payload=json.dumps({"on": True}))
    root.client("iot-data").publish(topic="sluice-lobby/water/lamp-1/state", payload=json.dumps({"on": False}))
    records = [record for record in _records(root) if b"lamp-1" in record["Data"]]
    [(data, key)] = [(json.loads(record["Data"]), record["PartitionKey"]) for record in records]
    assert (data["on"], data["topic"], key) == (True, "sluice-lobby/air/lamp-1/state", "lamp-1")
    role = f"{STREAM}-{integration.uid[:6]}-rule"
    errors_only = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}],
    }
    root.client("iam").put_role_policy(RoleName=role, PolicyName="delivery", PolicyDocument=json.dumps(errors_only))
    root.client("iot-data").publish(topic="sluice-lobby/air/lamp-2/state", payload=b"{}")
    group = f"/sluice/devices/{STREAM}"
    [event] = root.client("logs").filter_log_events(logGroupName=group)["events"]
    failure = json.loads(event["message"])["failures"][0]
    assert (failure["failedAction"], failure["failedResource"]) == ("KinesisAction", STREAM)
    assert "kinesis:PutRecord" in failure["errorMessage"]


def _records(root: AwsSession) -> list[Any]:
    kinesis = root.client("kinesis")
    found = []
    for shard in kinesis.list_shards(StreamName=STREAM)["Shards"]:
        iterator = kinesis.get_shard_iterator(
            StreamName=STREAM, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        found += kinesis.get_records(ShardIterator=iterator)["Records"]
    return found
