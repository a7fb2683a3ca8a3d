"""Failed deliveries begin in the emulator's AWS: a Firehose stream whose function is absent, so that all fails."""

import pytest

from onboarding.connections import grant
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from portal.aws.iam.roles import create_role, put_role_policy
from portal.aws.policies.delivery import firehose_trust_policy
from portal.aws.policies.statements import allow, document
from portal.aws.s3 import create_bucket, list_keys
from tests.monitoring.conftest import live_integration
from tests.monitoring.diagnosis.conftest import denied
from tests.onboarding.provisioning.conftest import aws_proxy, calls
from tests.waiting import wait_for
from tests.world import World, apply_template, client_keypair, portal_user, vendor_keypair, world

__all__ = ["aws_proxy", "calls", "client_keypair", "denied", "portal_user", "vendor_keypair", "world"]

REGION, STREAM = "eu-west-1", "sluice-sensors"
DELIVERY = f"{STREAM}-to-s3"
RECORDS = (b'{"name": "Alice"}', b'{"name": "Bob"}')


def bucket_of(world: World) -> str:
    """The name of the delivery's bucket: all accounts share the names of buckets."""
    return f"{STREAM}-{world.account_id}"


@pytest.fixture
def failing(world: World) -> Integration:
    """An integration whose delivery failed for two records; nothing is granted yet."""
    root = world.root()
    trust = firehose_trust_policy(str(root.account_id))
    create_role(root, "firehose", path="/", trust=trust, tags={}, boundary_arn=None)
    put_role_policy(root, "firehose", "objects", document(allow("Objects", ["s3:PutObject"], "arn:aws:s3:::sluice-*")))
    bucket = bucket_of(world)
    create_bucket(root, bucket, REGION)
    absent = f"arn:aws:lambda:{REGION}:{root.account_id}:function:absent:$LATEST"
    function = {"Type": "Lambda", "Parameters": [{"ParameterName": "LambdaArn", "ParameterValue": absent}]}
    firehose = root.client("firehose")
    firehose.create_delivery_stream(
        DeliveryStreamName=DELIVERY,
        ExtendedS3DestinationConfiguration={
            "RoleARN": f"arn:aws:iam::{root.account_id}:role/firehose",
            "BucketARN": f"arn:aws:s3:::{bucket}",
            "Prefix": "sensors/!{timestamp:yyyy}/",
            "ErrorOutputPrefix": "errors/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/",
            "ProcessingConfiguration": {"Enabled": True, "Processors": [function]},
        },
    )
    for record in RECORDS:
        firehose.put_record(DeliveryStreamName=DELIVERY, Record={"Data": record})
    wait_for(lambda: len(list_keys(root, bucket)) == len(RECORDS))
    found = live_integration(world.tenant, STREAM, account=world.account_id)
    found.spec["deliveries"][0]["bucket"] = bucket
    found.save()
    return found


def granted(world: World, integration: Integration, *, failures: bool = True, sampling: bool = True) -> Connection:
    """The client chooses, and deploys the role's template."""
    connection = integration.connection
    assert connection is not None
    connection.state, connection.external_id = "verified", "sluice-5f1d9c00112233445566"
    connection.allow_failures, connection.allow_sampling = failures, sampling
    connection.save()
    apply_template(world.root(), grant.role_template(connection))
    return connection
