"""The policies of each tool allow what it calls, and nothing on another stream, decided by the emulator's evaluator."""

import pytest

from onboarding.connectors.catalogue import TOOLS
from tests.onboarding.connectors.streams import ACCOUNT, CONSUMER_ARN, KEY_ARN, REGION, ROLE, STREAM_ARN, STREAMS
from tests.policy_decision import decided

WITH_POLICY = [tool for tool in TOOLS if tool != "vector"]
OTHER_STREAM = f"{STREAM_ARN}-other"
READS = ("ListShards", "GetShardIterator", "GetRecords", "DescribeStreamSummary")
NEVER = ("kinesis:PutRecord", "kinesis:DeleteStream", "kinesis:PutResourcePolicy", "kinesis:UpdateShardCount")


def decision(tool: str, action: str, resource: str, **service: str) -> str:
    policy = TOOLS[tool].settings(STREAMS["fan-out"]).policies[0].document
    return decided(
        policy,
        principal_arn=ROLE.arn,
        principal_type="AssumedRole",
        principal_account=ACCOUNT,
        action=action,
        resource_arn=resource,
        region=REGION,
        source_ip="192.0.2.1",
        secure_transport=True,
        service_context={key.replace("_", ":", 1).lower(): value for key, value in service.items()},
    )


@pytest.mark.parametrize("tool", WITH_POLICY)
def test_it_reads_this_stream_alone(tool: str) -> None:
    for name in READS:
        assert decision(tool, f"kinesis:{name}", STREAM_ARN) == "Allow"
        assert decision(tool, f"kinesis:{name}", OTHER_STREAM) == "ImplicitDeny"
    assert decision(tool, "kinesis:SubscribeToShard", CONSUMER_ARN) == "Allow"
    for action in NEVER:
        assert decision(tool, action, STREAM_ARN) == "ImplicitDeny"


@pytest.mark.parametrize("tool", WITH_POLICY)
def test_the_key_decrypts_for_kinesis_alone(tool: str) -> None:
    through = {"kms_ViaService": f"kinesis.{REGION}.amazonaws.com"}
    assert decision(tool, "kms:Decrypt", KEY_ARN, **through) == "Allow"
    assert decision(tool, "kms:Decrypt", KEY_ARN) == "ImplicitDeny"
    assert decision(tool, "kms:GenerateDataKey", KEY_ARN, **through) == "ImplicitDeny"


@pytest.mark.parametrize("tool", [tool for tool in WITH_POLICY if TOOLS[tool].has_role])
def test_the_tool_itself_may_assume_the_role_alone(tool: str) -> None:
    policies = TOOLS[tool].settings(STREAMS["role"]).policies
    statements = policies[1].document["Statement"]
    assert [(entry["Action"], entry["Resource"]) for entry in statements] == [(["sts:AssumeRole"], ROLE.arn)]
    assert (len(policies) == 3) is (tool == "kcl")
    assert len(TOOLS[tool].settings(STREAMS["itself"]).policies) == 1


def test_spark_alone_registers_consumers() -> None:
    found = {tool for tool in WITH_POLICY if decision(tool, "kinesis:RegisterStreamConsumer", STREAM_ARN) == "Allow"}
    assert found == {"spark"}
    assert decision("spark", "kinesis:DeregisterStreamConsumer", CONSUMER_ARN) == "Allow"
    other = CONSUMER_ARN.replace("analytics", "billing")
    assert decision("spark", "kinesis:DeregisterStreamConsumer", other) == "ImplicitDeny"
