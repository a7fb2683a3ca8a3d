"""Consumers with enhanced fan-out in every exported form: CloudFormation, Terraform, the script, and its removal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from onboarding.export.file_heads import filled
from onboarding.export.hcl import Expression, Tags, block, literal
from onboarding.export.resources import CONSUMER_ARN, Resources
from portal.aws.policies.statements import document

_REGISTERED = """
echo "Consumer @name@ with enhanced fan-out"
IFS= read -r -d '' request <<'JSON' || true
@request@
JSON
consumer_says() {
  aws kinesis describe-stream-consumer --stream-arn @stream_arn@ --consumer-name @name@ \\
    --query "ConsumerDescription.$1" --output text
}
if consumer=$(consumer_says ConsumerARN 2>/dev/null); then
  ours "Consumer @name@" "$(aws kinesis list-tags-for-resource --resource-arn "$consumer" \\
    --query "Tags[?Key=='sluice:integration'].Value | [0]" --output text)"
else
  aws kinesis register-stream-consumer --cli-input-json "$request" >/dev/null
fi
wait_for ACTIVE consumer_says ConsumerStatus
"""
_DEREGISTERED = """
if find aws kinesis describe-stream-consumer --stream-arn @stream_arn@ --consumer-name @name@ \\
  --query ConsumerDescription.ConsumerARN; then
  consumer=$tag
  if find aws kinesis list-tags-for-resource --resource-arn "$consumer" \\
    --query "Tags[?Key=='sluice:integration'].Value | [0]" && may "consumer @name@ with enhanced fan-out"; then
    try aws kinesis deregister-stream-consumer --consumer-arn "$consumer"
    for _ in $(seq 60); do
      if ! aws kinesis describe-stream-consumer --consumer-arn "$consumer" >/dev/null 2>&1; then break; fi
      sleep 2
    done
  fi
fi
"""


# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesis-streamconsumer.html
def consumers_in_template(found: Resources) -> dict[str, Any]:
    """Return the resources of a CloudFormation template. Their tags cannot be changed without a new registration."""
    after = {} if found.is_adopted else {"DependsOn": ["Stream"]}
    tags = [{"Key": key, "Value": value} for key, value in found.tags.items()]
    resources: dict[str, Any] = {}
    for number, name in enumerate(found.fan_out, start=1):
        properties = {"ConsumerName": name, "StreamARN": found.stream_arn, "Tags": tags}
        resources[f"FanOut{number}"] = {"Type": "AWS::Kinesis::StreamConsumer", **after, "Properties": properties}
        if statements := found.consumer_policy(name)["Statement"]:
            arn = {"Fn::GetAtt": [f"FanOut{number}", "ConsumerARN"]}
            policy = document(*({**statement, "Resource": arn} for statement in statements))
            shared = {"ResourceArn": arn, "ResourcePolicy": policy}
            resources[f"FanOut{number}Shares"] = {"Type": "AWS::Kinesis::ResourcePolicy", "Properties": shared}
    return resources


# https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kinesis_stream_consumer
def consumers_in_terraform(found: Resources) -> Iterator[str]:
    """Return the blocks of a Terraform configuration."""
    stream = found.stream_arn if found.is_adopted else Expression("aws_kinesis_stream.sluice.arn")
    for number, name in enumerate(found.fan_out, start=1):
        body = {"name": name, "stream_arn": stream, "tags": Tags(found.tags)}
        yield block(f'resource "aws_kinesis_stream_consumer" "fan_out_{number}"', body)
        if (policy := found.consumer_policy(name))["Statement"]:
            arn = f"aws_kinesis_stream_consumer.fan_out_{number}.arn"
            text = f"replace({literal(json.dumps(policy))}, {literal(CONSUMER_ARN)}, {arn})"
            shared = {"resource_arn": Expression(arn), "policy": Expression(text)}
            yield block(f'resource "aws_kinesis_resource_policy" "fan_out_{number}"', shared)


# https://docs.aws.amazon.com/cli/latest/reference/kinesis/register-stream-consumer.html
def consumers_in_script(found: Resources) -> str:
    """Return the lines that register each consumer and wait until it is active."""
    parts = []
    for name in found.fan_out:
        request = {"StreamARN": found.stream_arn, "ConsumerName": name, "Tags": found.tags}
        values = {"name": name, "stream_arn": found.stream_arn, "request": json.dumps(request, indent=2)}
        parts.append(filled(_REGISTERED, found, **values))
    return "".join(parts)


def consumers_in_removal(found: Resources) -> str:
    """Return the lines that deregister each consumer and wait until it is gone: AWS deletes no stream before."""
    return "".join(filled(_DEREGISTERED, found, name=name, stream_arn=found.stream_arn) for name in found.fan_out)
