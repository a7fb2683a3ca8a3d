"""Firehose's delivery in the emulator: the newline after each record, and who may write under a bucket's key."""

import base64
import itertools
import json
from typing import Any

import pytest

from portal.aws.bucket_protection import Encryption, encrypt_bucket
from portal.aws.iam.roles import create_role, delete_role_policy, put_role_policy
from portal.aws.logs import ensure_log_group, ensure_log_stream, newest_event
from portal.aws.policies.delivery import firehose_trust_policy, use_bucket_key
from portal.aws.policies.statements import Statement, allow, deny, document
from portal.aws.s3 import create_bucket, list_keys, object_bytes
from portal.aws.session import AwsSession
from portal.local.ministack import MiniStack
from tests.waiting import wait_for

REGION, ROLE = "eu-west-1", "sluice-firehose"
NEWLINE = {"Enabled": True, "Processors": [{"Type": "AppendDelimiterToRecord", "Parameters": []}]}
_numbers = itertools.count(440000000000)


@pytest.fixture
def root(ministack_env: MiniStack) -> AwsSession:
    found = ministack_env.root(str(next(_numbers)), region=REGION)
    create_role(found, ROLE, path="/", trust=firehose_trust_policy(str(found.account_id)), tags={}, boundary_arn=None)
    put_role_policy(found, ROLE, "objects", document(allow("Objects", ["s3:PutObject"], "arn:aws:s3:::sluice-*")))
    return found


def bucket_of(root: AwsSession, name: str, **settings: Any) -> str:
    """A bucket with a Firehose stream of the same name that writes into it."""
    bucket = f"sluice-{name}-{root.account_id}"
    create_bucket(root, bucket, REGION)
    configuration = {
        "RoleARN": f"arn:aws:iam::{root.account_id}:role/{ROLE}",
        "BucketARN": f"arn:aws:s3:::{bucket}",
        **settings,
    }
    client = root.client("firehose")
    client.create_delivery_stream(DeliveryStreamName=bucket, ExtendedS3DestinationConfiguration=configuration)
    return bucket


def put(root: AwsSession, bucket: str, data: bytes = b"{}") -> None:
    root.client("firehose").put_record(DeliveryStreamName=bucket, Record={"Data": data})


def contents(root: AwsSession, bucket: str) -> list[bytes]:
    return [object_bytes(root, bucket, found.key) for found in list_keys(root, bucket)]


@pytest.mark.parametrize(("processing", "end"), [(NEWLINE, b"\n"), ({"Enabled": False}, b"")])
def test_a_record_ends_with_a_newline_where_its_processor_is_on(
    root: AwsSession, processing: dict[str, Any], end: bytes
) -> None:
    bucket = bucket_of(root, "lines", ProcessingConfiguration=processing)
    put(root, bucket, b'{"a": 1}')
    wait_for(lambda: contents(root, bucket) == [b'{"a": 1}' + end])


@pytest.mark.parametrize("key", ["", "arn:aws:kms:eu-west-1:111122223333:key/0f1e2d3c-0000-4000-8000-000000000000"])
def test_under_a_kms_key_only_a_role_that_may_use_it_for_this_bucket_writes(root: AwsSession, key: str) -> None:
    bucket, open_bucket = bucket_of(root, "kms"), bucket_of(root, "open")
    encrypt_bucket(root, bucket, Encryption(key=key, is_kms=True))
    key_arn = key or f"arn:aws:kms:{REGION}:{root.account_id}:key/*"

    def delivered(statement: Statement) -> int:
        put_role_policy(root, ROLE, "delivery", document(statement))
        put(root, bucket)
        before = len(list_keys(root, open_bucket))
        put(root, open_bucket)  # written after the one before it
        wait_for(lambda: len(list_keys(root, open_bucket)) > before)
        return len(list_keys(root, bucket))

    needed = use_bucket_key(f"arn:aws:s3:::{bucket}", key_arn, region=REGION)
    assert delivered({**needed, "Action": ["kms:Decrypt"]}) == 0
    assert delivered(use_bucket_key(f"arn:aws:s3:::{open_bucket}", key_arn, region=REGION)) == 0
    assert delivered(use_bucket_key(f"arn:aws:s3:::{bucket}", key_arn, region="us-east-1")) == 0
    assert delivered(needed) == 4, "what was denied before is tried again"


def test_a_denied_delivery_is_logged_as_firehose_logs_it(root: AwsSession) -> None:
    group, stream = "/aws/kinesisfirehose/sluice-logged", "DestinationDelivery"
    ensure_log_group(root, group, {}, look_first=False)
    ensure_log_stream(root, group, stream, look_first=False)
    logging = {"Enabled": True, "LogGroupName": group, "LogStreamName": stream}
    bucket = bucket_of(root, "logged", CloudWatchLoggingOptions=logging)
    assert newest_event(root, group, stream) is None
    encrypt_bucket(root, bucket, Encryption(key="", is_kms=True))
    put(root, bucket)
    wait_for(lambda: newest_event(root, group, stream) is not None)
    event = newest_event(root, group, stream)
    assert event is not None
    assert json.loads(event.text)["errorCode"] == "S3.AccessDenied"
    assert newest_event(root, group, "absent") is None


def test_a_role_that_may_not_write_delivers_nothing_and_all_of_it_later(root: AwsSession) -> None:
    bucket, other = bucket_of(root, "lost"), bucket_of(root, "kept")
    put(root, bucket)
    wait_for(lambda: len(contents(root, bucket)) == 1)
    broken = document(deny("Broken", ["s3:PutObject"], f"arn:aws:s3:::{bucket}/*"))
    put_role_policy(root, ROLE, "broken", broken)
    for number in range(3):
        put(root, bucket, str(number).encode())
    put(root, other)  # written after those before it
    wait_for(lambda: len(contents(root, other)) == 1)
    assert len(contents(root, bucket)) == 1
    delete_role_policy(root, ROLE, "broken")
    put(root, bucket, b"3")
    wait_for(lambda: sorted(contents(root, bucket)) == [b"0", b"1", b"2", b"3", b"{}"])


def test_what_a_function_could_not_transform_is_written_under_the_error_prefix(root: AwsSession) -> None:
    absent = f"arn:aws:lambda:{REGION}:{root.account_id}:function:absent:$LATEST"
    function = {"Type": "Lambda", "Parameters": [{"ParameterName": "LambdaArn", "ParameterValue": absent}]}
    bucket = bucket_of(
        root,
        "failed",
        Prefix="sensors/",
        ErrorOutputPrefix="errors/!{firehose:error-output-type}/!{timestamp:yyyy}/",
        ProcessingConfiguration={"Enabled": True, "Processors": [function]},
    )
    put(root, bucket, b'{"a": 1}')
    wait_for(lambda: list_keys(root, bucket) != [])
    (found,) = list_keys(root, bucket)
    assert found.key.startswith("errors/processing-failed/20")
    document = json.loads(object_bytes(root, bucket, found.key))
    assert document["errorCode"] == "Lambda.ResourceNotFound"
    assert base64.b64decode(document["rawData"]) == b'{"a": 1}'
    assert document["lambdaArn"] == absent
