"""AWS IoT's limits in the emulator: what is beyond them is refused as AWS refuses it. Sources: docs/devices.md."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from onboarding.iot.topics import LONGEST_PREFIX
from portal.aws.policies.devices import device_policy
from portal.local.ministack import MiniStack

POLICY_CHARACTERS = 2048


@pytest.fixture
def iot(ministack_env: MiniStack) -> Any:
    return ministack_env.root("333344445555", region="eu-west-1").client("iot")


def code_of(call: Callable[..., Any], **given: Any) -> str:
    with pytest.raises(ClientError) as refused:
        call(**given)
    return str(refused.value.response["Error"]["Code"])


def document(characters: int) -> str:
    empty = json.dumps({"Version": "2012-10-17", "Statement": [], "Id": ""}, separators=(",", ":"))
    return empty.replace('"Id":""', f'"Id":"{"x" * (characters - len(empty))}"')


def test_a_policy_has_so_many_characters_versions_and_no_more(iot: Any) -> None:
    longest = document(POLICY_CHARACTERS)
    assert len(longest) == POLICY_CHARACTERS
    iot.create_policy(policyName="fits", policyDocument=longest.replace(",", " , "))
    too_long = document(POLICY_CHARACTERS + 1)
    assert code_of(iot.create_policy, policyName="larger", policyDocument=too_long) == "MalformedPolicyException"
    for _ in range(4):
        iot.create_policy_version(policyName="fits", policyDocument=longest)
    refused = code_of(iot.create_policy_version, policyName="fits", policyDocument=longest)
    assert refused == "VersionsLimitExceededException"


def test_a_certificate_has_ten_policies(iot: Any) -> None:
    target = iot.create_keys_and_certificate()["certificateArn"]
    for number in range(11):
        iot.create_policy(policyName=f"one-of-{number}", policyDocument=document(200))
        if number < 10:
            iot.attach_policy(policyName=f"one-of-{number}", target=target)
    assert code_of(iot.attach_policy, policyName="one-of-10", target=target) == "LimitExceededException"
    iot.attach_policy(policyName="one-of-0", target=target)


def test_a_thing_with_a_type_has_fifty_attributes_and_without_one_three(iot: Any) -> None:
    def attributes(count: int) -> dict[str, Any]:
        return {"attributePayload": {"attributes": {f"a{number}": "1" for number in range(count)}}}

    iot.create_thing_type(thingTypeName="lamp")
    iot.create_thing(thingName="typed", thingTypeName="lamp", **attributes(50))
    iot.create_thing(thingName="plain", **attributes(3))
    more = {"thingName": "more", "thingTypeName": "lamp", **attributes(51)}
    assert code_of(iot.create_thing, **more) == "InvalidRequestException"
    assert code_of(iot.create_thing, thingName="more", **attributes(4)) == "InvalidRequestException"


def test_a_rule_has_ten_actions(iot: Any) -> None:
    action = {"republish": {"roleArn": "arn:aws:iam::333344445555:role/x", "topic": "y"}}
    payload = {"sql": "SELECT * FROM 'a'", "actions": [action] * 11}
    assert code_of(iot.create_topic_rule, ruleName="r", topicRulePayload=payload) == "InvalidRequestException"


def test_the_policy_of_devices_is_far_from_the_limit() -> None:
    longest = device_policy("ap-southeast-1", "1" * 12, "x" * LONGEST_PREFIX, "aws-us-gov")
    assert len(json.dumps(longest, separators=(",", ":"))) < POLICY_CHARACTERS / 2
