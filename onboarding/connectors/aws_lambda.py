"""AWS Lambda: a function that decodes the records, and its event source mapping as commands and as a stack. Pure.

https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
"""

from __future__ import annotations

import shlex
from typing import Any

from onboarding.connectors import sign_in
from onboarding.connectors.connector import Connector, ConnectorFile, ConnectorPolicy, Source
from onboarding.connectors.consumed_stream import ConsumedStream
from portal.aws.cloudformation_yaml import as_yaml
from portal.aws.policies.connectors import function_policy, service_trust
from portal.messages.message import Message

KEY, TITLE = "lambda", "AWS Lambda"
_RUNTIME = "python3.13"
_LONGEST_NAME = 64
_SOURCES = (
    Source(f"runtime {_RUNTIME}", "https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html"),
    Source(
        "AWS::Lambda::EventSourceMapping",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html",
    ),
)
_FUNCTION = '''\
"""Reads records of the data stream @stream@. A record that fails is reported, and Lambda sends it again."""

import base64
import gzip
import json
import zlib


def handler(event, context):
    """Handle a batch; return the first record that failed, from which Lambda continues."""
    for record in event["Records"]:
        try:
            handle(decoded(base64.b64decode(record["kinesis"]["data"])), record["kinesis"])
        except Exception as error:  # whatever it is, Lambda sends the record again
            number = record["kinesis"]["sequenceNumber"]
            print(f"record {number} failed: {error!r}")
            return {"batchItemFailures": [{"itemIdentifier": number}]}
    return {"batchItemFailures": []}


def decoded(data):
    """Return the data uncompressed: JSON as an object, other text as text, anything else as bytes."""
    if data[:2] == b"\\x1f\\x8b":
        data = gzip.decompress(data)
    elif data[:1] == b"\\x78":
        try:
            data = zlib.decompress(data)
        except zlib.error:
            pass
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return data
    try:
        return json.loads(text)
    except ValueError:
        return text


def handle(value, record):
    """Do something with one record: your code."""
    print(record["partitionKey"], value)
'''


def settings(stream: ConsumedStream) -> Connector:
    """Return the function, the commands and the stack. Lambda signs in by the function's execution role."""
    policy = function_policy(stream.stream_arn, stream.key_arn, _name(stream))
    extra = (Message("connector.cost.lambda"),)
    return Connector(
        key=KEY,
        title=TITLE,
        files=(
            ConnectorFile("lambda_function.py", "python", _code(stream)),
            ConnectorFile("event-source-mapping.sh", "shell", _commands(stream)),
            ConnectorFile("lambda.yaml", "yaml", _stack(stream)),
        ),
        policies=(ConnectorPolicy(Message("connector.holder.execution_role"), policy, "execution-role.json"),),
        reader=Message("connector.reader.function", name=_name(stream)),
        costs=sign_in.costs(stream, fanout=bool(stream.fanout_arn)) + extra,
        sources=_SOURCES,
        secrets=(Message("connector.secret.none"),),
        notes=(Message("connector.lambda.same_account"), Message("connector.lambda.partial")),
    )


def _name(stream: ConsumedStream) -> str:
    # https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
    return stream.application.replace(".", "-")[:_LONGEST_NAME]


def _code(stream: ConsumedStream) -> str:
    return _FUNCTION.replace("@stream@", stream.stream_name)


def _mapping(stream: ConsumedStream) -> dict[str, Any]:
    return {
        "EventSourceArn": stream.fanout_arn or stream.stream_arn,
        "StartingPosition": "TRIM_HORIZON",
        "BatchSize": 100,
        "MaximumBatchingWindowInSeconds": 5,
        "BisectBatchOnFunctionError": True,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
    }


def _commands(stream: ConsumedStream) -> str:
    found = _mapping(stream)
    return (
        "#!/bin/sh\n"
        f"# Connects the function {_name(stream)}, which exists, to the data stream {stream.stream_name}.\n"
        "set -eu\n"
        f"aws lambda create-event-source-mapping --region {shlex.quote(stream.region)} \\\n"
        f"    --function-name {shlex.quote(_name(stream))} \\\n"
        f"    --event-source-arn {shlex.quote(found['EventSourceArn'])} \\\n"
        f"    --starting-position {found['StartingPosition']} --batch-size {found['BatchSize']} \\\n"
        f"    --maximum-batching-window-in-seconds {found['MaximumBatchingWindowInSeconds']} \\\n"
        "    --bisect-batch-on-function-error --function-response-types ReportBatchItemFailures\n"
    )


def _stack(stream: ConsumedStream) -> str:
    policy = function_policy(stream.stream_arn, stream.key_arn, _name(stream))
    role = {
        "AssumeRolePolicyDocument": service_trust("lambda.amazonaws.com"),
        "Policies": [{"PolicyName": "ReadTheStream", "PolicyDocument": policy}],
    }
    function = {
        "FunctionName": _name(stream),
        "Runtime": _RUNTIME,
        "Handler": "index.handler",
        "Timeout": 60,
        "Role": {"Fn::GetAtt": ["ExecutionRole", "Arn"]},
        "Code": {"ZipFile": _code(stream)},
    }
    mapping = {"FunctionName": {"Ref": "Reader"}, **_mapping(stream)}
    resources = {
        "ExecutionRole": {"Type": "AWS::IAM::Role", "Properties": role},
        "Reader": {"Type": "AWS::Lambda::Function", "Properties": function},
        "Mapping": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": mapping},
    }
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Function that reads the data stream {stream.stream_name}",
        "Resources": resources,
    }
    return as_yaml(template)
