"""The part of the exported template about devices.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_IoT.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onboarding.export.device_resources import DeviceResources
from onboarding.export.resources import Resources


def devices_in_template(found: Resources) -> dict[str, Any]:
    """Return the resources of devices, by their logical names; {} where there are none."""
    devices = found.devices
    if devices is None:
        return {}
    tags = [{"Key": key, "Value": value} for key, value in found.tags.items()]
    bounded = {"PermissionsBoundary": found.boundary_arn} if found.boundary_arn else {}
    thing_type = {
        "ThingTypeName": devices.thing_type,
        "ThingTypeProperties": {"ThingTypeDescription": devices.description},
        "Tags": tags,
    }
    group = {
        "ThingGroupName": devices.thing_group,
        "ThingGroupProperties": {"ThingGroupDescription": devices.description},
        "Tags": tags,
    }
    role = {
        "RoleName": devices.role_name,
        "Path": found.path,
        **bounded,
        "AssumeRolePolicyDocument": devices.trust_policy,
        "Policies": [{"PolicyName": devices.role_policy_name, "PolicyDocument": devices.permissions_policy}],
        "Tags": tags,
    }
    log_group = {"LogGroupName": devices.log_group, "RetentionInDays": devices.log_retention_days, "Tags": tags}
    needed = [*([] if found.is_adopted else ["Stream"]), "RuleLogGroup", "RuleRole"]
    return {
        "ThingType": {"Type": "AWS::IoT::ThingType", "Properties": thing_type},
        "ThingGroup": {"Type": "AWS::IoT::ThingGroup", "Properties": group},
        "DevicePolicy": {
            "Type": "AWS::IoT::Policy",
            "Properties": {"PolicyName": devices.policy_name, "PolicyDocument": devices.policy, "Tags": tags},
        },
        "RuleLogGroup": {"Type": "AWS::Logs::LogGroup", "Properties": log_group},
        "RuleRole": {"Type": "AWS::IAM::Role", "Properties": role},
        "TopicRule": {"Type": "AWS::IoT::TopicRule", "DependsOn": needed, "Properties": _rule(devices, tags)},
    }


def _rule(devices: DeviceResources, tags: list[dict[str, str]]) -> dict[str, Any]:
    return {"RuleName": devices.rule_name, "TopicRulePayload": _spelt(devices.rule), "Tags": tags}


def _spelt(value: Any) -> Any:
    """Return members as CloudFormation spells them: with a capital."""
    if isinstance(value, Mapping):
        return {name[0].upper() + name[1:]: _spelt(member) for name, member in value.items()}
    return [_spelt(item) for item in value] if isinstance(value, list) else value
