"""Registered consumers in every exported form, and the script that registers and deregisters its own only."""

import json
from dataclasses import replace

import pytest

from onboarding.export.removal_script import removal_script
from onboarding.export.resources import resources_of
from onboarding.export.script import cli_script
from onboarding.fan_out.consumer import FanOutConsumer
from onboarding.provisioning.plan import Plan
from portal.aws.kinesis import create_stream
from portal.aws.stream_consumers import consumer_tags, find_consumer, register_consumer
from portal.local.ministack import MiniStack
from tests.onboarding.export.conftest import plan_of, without_boundary
from tests.onboarding.export.test_formats import of_template, of_terraform
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
