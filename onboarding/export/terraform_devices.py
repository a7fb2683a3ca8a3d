"""The part of the exported Terraform configuration about devices.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iot_topic_rule
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from onboarding.export.device_resources import DeviceResources
from onboarding.export.hcl import Document, Expression, Tags, block
from onboarding.export.resources import Resources


def devices_in_terraform(found: Resources) -> Iterator[str]:
    """Yield the blocks of devices; none where there are none."""
    devices = found.devices
    if devices is None:
        return
    tags = Tags(found.tags)
    bounded = {"permissions_boundary": found.boundary_arn} if found.boundary_arn else {}
    thing_type = {"name": devices.thing_type, "properties": {"description": devices.description}, "tags": tags}
    yield _resource("aws_iot_thing_type", "devices", thing_type)
    group = {"name": devices.thing_group, "properties": {"description": devices.description}, "tags": tags}
    yield _resource("aws_iot_thing_group", "devices", group)
    policy = {"name": devices.policy_name, "policy": Document(devices.policy), "tags": tags}
    yield _resource("aws_iot_policy", "devices", policy)
    log_group = {"name": devices.log_group, "retention_in_days": devices.log_retention_days, "tags": tags}
    yield _resource("aws_cloudwatch_log_group", "devices", log_group)
    role = {
        "name": devices.role_name,
        "path": found.path,
        **bounded,
        "assume_role_policy": Document(devices.trust_policy),
        "tags": tags,
    }
    yield _resource("aws_iam_role", "devices", role)
    inline = {
        "name": devices.role_policy_name,
        "role": Expression("aws_iam_role.devices.id"),
        "policy": Document(devices.permissions_policy),
    }
    yield _resource("aws_iam_role_policy", "devices", inline)
    yield _resource("aws_iot_topic_rule", "devices", _rule(found, devices))


def _rule(found: Resources, devices: DeviceResources) -> dict[str, Any]:
    rule = devices.rule
    into, errors = rule["actions"][0]["kinesis"], rule["errorAction"]["cloudwatchLogs"]
    needed = [*([] if found.is_adopted else ["aws_kinesis_stream.sluice"]), "aws_iam_role_policy.devices"]
    return {
        "name": devices.rule_name,
        "description": rule["description"],
        "enabled": not rule["ruleDisabled"],
        "sql": rule["sql"],
        "sql_version": rule["awsIotSqlVersion"],
        "kinesis": {
            "role_arn": into["roleArn"],
            "stream_name": into["streamName"],
            "partition_key": into["partitionKey"],
        },
        "error_action": {
            "cloudwatch_logs": {"role_arn": errors["roleArn"], "log_group_name": errors["logGroupName"]},
        },
        "tags": Tags(found.tags),
        "depends_on": [Expression(address) for address in needed],
    }


def _resource(kind: str, label: str, body: dict[str, Any]) -> str:
    return block(f'resource "{kind}" "{label}"', body)
