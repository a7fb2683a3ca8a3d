"""Where a share cannot serve: records through Amazon EventBridge, to another Region or from the AWS managed key.

A pipe reads the stream in its own account and Region, and puts each record on an event bus there; a rule sends them to
an event bus elsewhere. Like every exported file, these are English whatever their reader's language.
"""

from __future__ import annotations

import json
from typing import Any

from onboarding.export.event_bridge_script import SCRIPT
from onboarding.export.shared_stream import BATCH_SIZE
from onboarding.provisioning.plan import INTEGRATION_TAG
from portal.aws.cloudformation_yaml import as_yaml
from portal.aws.policies.consumers import READ_STREAM
from portal.aws.policies.statements import Arn, Document, allow, document, via_service
from portal.placeholders import filled

# USD for a million: an estimate, from pages of others of 2026. AWS counts 64 KB of an event or request as one.
# https://aws.amazon.com/eventbridge/pricing/
PIPE_MILLION, EVENT_MILLION, CHECKED_ON = "0.40", "1.00", "2026-11-30"
DETAIL_TYPE = "Kinesis record"
_COST = (
    f"# Cost, an estimate of {CHECKED_ON}:\n"
    f"# {PIPE_MILLION} USD for a million requests of the pipe, each with up to 64 KB;\n"
    f"# {EVENT_MILLION} USD for a million events on the bus, and again for a million sent to another account or\n"
    "# Region; AWS's charge for data between Regions. A record is one event; above 64 KB it counts as several.\n"
)
_ANYWHERE = "DESTINATION"  # filled in by the script itself


# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-permissions.html
def pipe_policy(stream_arn: str, bus_arn: str, key_arn: str = "") -> Document:
    """Return what the pipe's role may do: read one stream, decrypt with its key, and put events on one bus."""
    parts = Arn.parse(stream_arn)
    statements = [
        allow("ReadStream", READ_STREAM, stream_arn),
        # It names no stream, and lists names only.
        allow("ListStreams", ["kinesis:ListStreams"], "*"),
        allow("PutEvents", ["events:PutEvents"], bus_arn),
    ]
    if key_arn:
        through = {"StringEquals": {"kms:ViaService": via_service("kinesis", parts.region, partition=parts.partition)}}
        statements.append(allow("DecryptRecords", ["kms:Decrypt"], key_arn, condition=through))
    return document(*statements)


def service_trust(service: str, account_id: str) -> Document:
    """Return a trust policy for one AWS service, on behalf of this account only."""
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": f"{service}.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": account_id}},
    }
    return document(trust)


# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-pipes-pipe.html
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
def event_bridge_template(stream_arn: str, key_arn: str = "") -> str:
    """Return bus, pipe and rule with their roles as a CloudFormation template, for the stream's own account."""
    parts = Arn.parse(stream_arn)
    name = parts.resource.removeprefix("stream/")
    bus_arn = f"arn:{parts.partition}:events:{parts.region}:{parts.account_id}:event-bus/{bus_name(stream_arn)}"
    put_there = document(allow("PutEvents", ["events:PutEvents"], "*"))
    put_there["Statement"][0]["Resource"] = {"Ref": "DestinationBusArn"}
    resources = {
        "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": bus_name(stream_arn)}},
        "PipeRole": _role("pipes", parts.account_id, pipe_policy(stream_arn, bus_arn, key_arn)),
        "Pipe": {"Type": "AWS::Pipes::Pipe", "DependsOn": ["Bus"], "Properties": _pipe(stream_arn, bus_arn)},
        "RuleRole": _role("events", parts.account_id, put_there),
        "Rule": {"Type": "AWS::Events::Rule", "DependsOn": ["Bus"], "Properties": _rule(stream_arn)},
    }
    parameter = {
        "Type": "String",
        "Description": "The event bus that receives the records, in another Region or account.",
        "AllowedPattern": "arn:aws[a-z-]*:events:[a-z0-9-]+:[0-9]{12}:event-bus/.+",
    }
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Sends the records of data stream {name} to an event bus in another Region or account.",
        "Parameters": {"DestinationBusArn": parameter},
        "Resources": resources,
    }
    return _head(parts) + as_yaml(template)


def destination_policy(account_id: str, bus_arn: str, partition: str = "aws") -> Document:
    """Return the policy of a bus in another account that accepts the events: Sluice does not know that bus."""
    statement = {**allow("RecordsFromSluice", ["events:PutEvents"], bus_arn)}
    return document({**statement, "Principal": {"AWS": f"arn:{partition}:iam::{account_id}:root"}})


def event_bridge_script(stream_arn: str, uid: str, key_arn: str = "") -> str:
    """Return the same as a script for the AWS CLI, whose resources have the integration's tag by its `uid`."""
    parts, bus = Arn.parse(stream_arn), bus_name(stream_arn)
    bus_arn = f"arn:{parts.partition}:events:{parts.region}:{parts.account_id}:event-bus/{bus}"
    role_arn = f"arn:{parts.partition}:iam::{parts.account_id}:role/{bus}"
    values = {
        "stream_arn": stream_arn,
        "region": parts.region,
        "account": parts.account_id,
        "role_arn": role_arn,
        "targets": json.dumps([{"Id": "elsewhere", "Arn": _ANYWHERE, "RoleArn": f"{role_arn}-rule"}]),
        "rule_arn": f"{bus_arn.replace(':event-bus/', ':rule/')}/{bus}",
        "uid": uid,
        "tags": json.dumps([{"Key": INTEGRATION_TAG, "Value": uid}]),
        "tag": json.dumps({INTEGRATION_TAG: uid}),
        "bus": bus,
        "bus_arn": bus_arn,
        "cost": _COST,
        "pipe_trust": json.dumps(service_trust("pipes", parts.account_id)),
        "pipe_policy": json.dumps(pipe_policy(stream_arn, bus_arn, key_arn), indent=2),
        "rule_trust": json.dumps(service_trust("events", parts.account_id)),
        "rule_policy": json.dumps(document(allow("PutEvents", ["events:PutEvents"], _ANYWHERE))),
        "source": json.dumps(_pipe(stream_arn, bus_arn)["SourceParameters"]),
        "target": json.dumps(_pipe(stream_arn, bus_arn)["TargetParameters"]),
        "pattern": json.dumps(_rule(stream_arn)["EventPattern"]),
    }
    return filled(SCRIPT, values)


def bus_name(stream_arn: str) -> str:
    """Return the name of the bus, and of pipe and rule: at most 56 characters, of a pipe at most 64 are allowed."""
    return f"{stream_arn.rpartition('stream/')[2][:49]}-events"


def _pipe(stream_arn: str, bus_arn: str) -> dict[str, Any]:
    source = {"StartingPosition": "LATEST", "BatchSize": BATCH_SIZE, "OnPartialBatchItemFailure": "AUTOMATIC_BISECT"}
    return {
        "Name": bus_name(stream_arn),
        "RoleArn": {"Fn::GetAtt": ["PipeRole", "Arn"]},
        "Source": stream_arn,
        "SourceParameters": {"KinesisStreamParameters": {**source, "MaximumRetryAttempts": 3}},
        "Target": bus_arn,
        "TargetParameters": {
            "EventBridgeEventBusParameters": {"DetailType": DETAIL_TYPE, "Source": bus_name(stream_arn)}
        },
    }


def _rule(stream_arn: str) -> dict[str, Any]:
    target = {"Id": "elsewhere", "Arn": {"Ref": "DestinationBusArn"}, "RoleArn": {"Fn::GetAtt": ["RuleRole", "Arn"]}}
    return {
        "Name": bus_name(stream_arn),
        "EventBusName": bus_name(stream_arn),
        "EventPattern": {"source": [bus_name(stream_arn)], "detail-type": [DETAIL_TYPE]},
        "Targets": [target],
    }


def _role(service: str, account_id: str, policy: Document) -> dict[str, Any]:
    inline = {"PolicyName": "least", "PolicyDocument": policy}
    properties = {"AssumeRolePolicyDocument": service_trust(service, account_id), "Policies": [inline]}
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def _head(parts: Arn) -> str:
    return (
        f"# Create a stack from it in account {parts.account_id} and Region {parts.region}, with the capability\n"
        "# CAPABILITY_IAM. A bus in another account must allow this account events:PutEvents in its own policy.\n"
        "# It begins with records that arrive after its creation. It contains no secret. Sluice does not manage it.\n"
        + _COST
    )
