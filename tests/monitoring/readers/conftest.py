"""Readers begin in a world: the emulator's AWS, in which the client has a consumer, a function and an application."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from portal.aws.published_metrics import MetricDatum, put_metric_data
from portal.aws.session import AwsSession
from tests.monitoring.conftest import live_integration
from tests.monitoring.diagnosis.conftest import denied
from tests.onboarding.provisioning.conftest import aws_proxy, calls
from tests.world import World, apply_template, client_keypair, portal_user, vendor_keypair, world

__all__ = ["aws_proxy", "calls", "client_keypair", "denied", "portal_user", "vendor_keypair", "world"]

STREAM, TABLE, PLACE = "sluice-sensors", "dashboard", "eu-west-1"


def arn(service: str, name: str, account_id: str) -> str:
    return f"arn:aws:{service}:{PLACE}:{account_id}:{name}"


def lease(key: str, owner: str | None, checkpoint: str = "4966") -> dict[str, dict[str, str]]:
    found = {"leaseKey": {"S": key}, "checkpoint": {"S": checkpoint}, "leaseCounter": {"N": "7"}}
    return {**found, "leaseOwner": {"S": owner}} if owner else found


def function(root: AwsSession, account_id: str, name: str, *, enabled: bool = True) -> None:
    """A function that Lambda calls with the stream's records."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("index.py", "def handler(event, context):\n    return None\n")
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": [trust]}
    root.client("iam").create_role(RoleName="client", AssumeRolePolicyDocument=json.dumps(document))
    may_read = {"Effect": "Allow", "Action": "kinesis:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [may_read]})
    root.client("iam").put_role_policy(RoleName="client", PolicyName="read", PolicyDocument=policy)
    root.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.12",
        Role=f"arn:aws:iam::{account_id}:role/client",
        Handler="index.handler",
        Code={"ZipFile": code.getvalue()},
    )
    root.client("lambda").create_event_source_mapping(
        EventSourceArn=arn("kinesis", f"stream/{STREAM}", account_id),
        FunctionName=name,
        StartingPosition="LATEST",
        Enabled=enabled,
    )


def application(root: AwsSession, rows: list[dict[str, dict[str, str]]], table: str = TABLE) -> None:
    """A lease table, as the Kinesis Client Library creates it."""
    client = root.client("dynamodb")
    client.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "leaseKey", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "leaseKey", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    for row in rows:
        client.put_item(TableName=table, Item=row)


def published(root: AwsSession, namespace: str, name: str, value: float, *dimensions: tuple[str, str]) -> None:
    """The metric of three minutes ago, as it is published by AWS or the client's application."""
    at = datetime.now(UTC) - timedelta(minutes=3)
    put_metric_data(root, namespace, [MetricDatum(name, dimensions, value, "Milliseconds", at)])


@pytest.fixture
def read_stream(world: World) -> Integration:
    """A stream with a reader of each kind, and the integration that watches it; nothing is granted yet."""
    root, account = world.root(), world.account_id
    kinesis = root.client("kinesis")
    kinesis.create_stream(StreamName=STREAM, ShardCount=2)
    kinesis.register_stream_consumer(StreamARN=arn("kinesis", f"stream/{STREAM}", account), ConsumerName="analytics")
    function(root, account, "alarms")
    shards = [f"shardId-{number:012}" for number in range(2)]
    ended = lease("shardId-000000000009", None, "SHARD_END")
    application(root, [lease(shards[0], "host-1"), lease(shards[1], None), ended, lease("leader", "host-1")])
    consumer = (("StreamName", STREAM), ("ConsumerName", "analytics"))
    published(root, "AWS/Kinesis", "SubscribeToShardEvent.MillisBehindLatest", 1_200_000, *consumer)
    published(root, "AWS/Lambda", "IteratorAge", 4_000, ("FunctionName", "alarms"))
    for shard, behind in zip(shards, (2_000, 30_000), strict=True):
        published(root, TABLE, "MillisBehindLatest", behind, ("Operation", "ProcessTask"), ("ShardId", shard))
    return live_integration(world.tenant, STREAM, account=account)


def granted(world: World, connection: Connection) -> None:
    """The client deploys the role's template."""
    from onboarding.connections import grant

    connection.state, connection.external_id = "verified", "sluice-5f1d9c00112233445566"
    connection.save()
    apply_template(world.root(), grant.role_template(connection))
