"""Registered consumers in every exported form, and the script that registers and deregisters its own only."""

import json
from dataclasses import replace

import pytest

from onboarding.export.cloudformation import cloudformation
from onboarding.export.removal_script import removal_script
from onboarding.export.resources import CONSUMER_ARN, resources_of
from onboarding.export.script import cli_script
from onboarding.export.shared_stream import files_of, reader_policy
from onboarding.fan_out.consumer import FanOutConsumer
from onboarding.provisioning.plan import Plan
from onboarding.sharing.share import Share
from portal.aws.kinesis import create_stream
from portal.aws.policies.shares import consumer_share_statement, is_same_statement
from portal.aws.policies.statements import document
from portal.aws.resource_policies import resource_policy
from portal.aws.stream_consumers import consumer_tags, find_consumer, register_consumer
from portal.local.ministack import MiniStack
from tests.onboarding.export.conftest import plan_of, without_boundary
from tests.onboarding.export.test_formats import of_template, of_terraform
from tests.onboarding.export.test_shared_stream import SHARED
from tests.onboarding.export.test_shares import ran


def registering(account: str = "111122223333") -> Plan:
    plan = without_boundary(plan_of(account, kms_key="none"))
    consumers = (FanOutConsumer("reporting"), FanOutConsumer("alerts.v2"))
    return replace(plan, spec=replace(plan.spec, deliveries=(), fan_out=consumers))


def test_the_forms_register_the_consumers_with_their_tags() -> None:
    plan = registering()
    found = resources_of(plan)
    templates = of_template(found)["AWS::Kinesis::StreamConsumer"]
    assert [row["ConsumerName"] for row in templates] == ["reporting", "alerts.v2"]
    assert {row["StreamARN"] for row in templates} == {plan.stream_arn}
    assert {"Key": "sluice:integration", "Value": plan.integration_uid} in templates[0]["Tags"]
    rows = of_terraform(found)["aws_kinesis_stream_consumer"]
    assert [json.loads(row["name"]) for row in rows] == ["reporting", "alerts.v2"]
    assert {row["stream_arn"] for row in rows} == {"${aws_kinesis_stream.sluice.arn}"}
    without = resources_of(replace(plan, spec=replace(plan.spec, fan_out=())))
    assert "AWS::Kinesis::StreamConsumer" not in of_template(without)
    assert "register-stream-consumer" not in cli_script(without)


@pytest.mark.audit
def test_the_script_registers_once_and_its_removal_deregisters_before_the_stream(
    ministack_env: MiniStack, shell: dict[str, str], account: str
) -> None:
    plan, root = registering(account), ministack_env.root(account)
    found = resources_of(plan)
    for _ in range(2):
        ran(cli_script(found), shell)
    ours = find_consumer(root, plan.stream_arn, "reporting")
    assert ours is not None
    assert ours.status == "ACTIVE"
    assert consumer_tags(root, ours.arn) == plan.tags
    assert "would delete  consumer reporting" in ran(removal_script(found), shell)
    ran(removal_script(found), {**shell, "DELETE_DATA": "yes"}, "--yes")
    assert find_consumer(root, plan.stream_arn, "reporting") is None


@pytest.mark.audit
def test_the_removal_leaves_a_consumer_of_someone_else(
    ministack_env: MiniStack, shell: dict[str, str], account: str
) -> None:
    plan, root = registering(account), ministack_env.root(account)
    create_stream(root, plan.spec.stream.name, mode="PROVISIONED", shard_count=2, tags=plan.stream_tags)
    register_consumer(root, plan.stream_arn, "reporting", tags={"team": "bi"})
    assert "keep          consumer reporting" in ran(removal_script(resources_of(plan)), shell, "--yes")
    assert find_consumer(root, plan.stream_arn, "reporting") is not None


def shared_by_consumer(account: str = "111122223333") -> Plan:
    plan = registering(account)
    shares = (Share("analytics", "444455556666", "reporting"), Share("tools", "777788889999"))
    return replace(plan, spec=replace(plan.spec, shares=shares))


def test_a_share_by_a_consumer_has_the_statement_of_the_consumer_with_its_own_arn() -> None:
    plan = shared_by_consumer()
    found = resources_of(plan)
    arn = {"Fn::GetAtt": ["FanOut1", "ConsumerARN"]}
    of_consumer = [row for row in of_template(found)["AWS::Kinesis::ResourcePolicy"] if row["ResourceArn"] == arn]
    [statement] = of_consumer[0]["ResourcePolicy"]["Statement"]
    assert (statement["Resource"], statement["Action"][0]) == (arn, "kinesis:SubscribeToShard")
    assert CONSUMER_ARN not in cloudformation(found)
    rows = of_terraform(found)["aws_kinesis_resource_policy"]
    assert "aws_kinesis_stream_consumer.fan_out_1.arn" in str(rows[0])
    assert len(rows) == 2
    read = replace(SHARED, consumer_arn=f"{SHARED.stream_arn}/consumer/reporting:1700000000")
    assert reader_policy(read)["Statement"][1]["Resource"] == read.consumer_arn
    assert f"EventSourceArn: {read.consumer_arn}" in files_of(read)["event-source-mapping.yaml"].replace('"', "")
    assert f"stream={read.consumer_arn}" in files_of(read)["event-source-mapping.sh"].replace("'", "")


@pytest.mark.audit
def test_the_script_shares_the_consumer(ministack_env: MiniStack, shell: dict[str, str], account: str) -> None:
    plan, root = shared_by_consumer(account), ministack_env.root(account)
    for _ in range(2):
        ran(cli_script(resources_of(plan)), shell)
    ours = find_consumer(root, plan.stream_arn, "reporting")
    assert ours is not None
    share = plan.spec.shares[0]
    wanted = document(consumer_share_statement(share.sid(plan.integration_uid), share.principal, ours.arn))
    policy = resource_policy(root, ours.arn)
    assert policy is not None
    assert is_same_statement(policy["Statement"][0], wanted["Statement"][0])
    ran(removal_script(resources_of(plan)), {**shell, "DELETE_DATA": "yes"}, "--yes")
    assert find_consumer(root, plan.stream_arn, "reporting") is None
