"""The grant is sufficient and narrow: the whole main job, with nothing but the rights of our own documents."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.aws import cloudwatch, firehose, kinesis, kms, logs, role_cloudformation, s3, sts
from portal.aws.assumed_roles import assume_role
from portal.aws.bucket_protection import (
    Encryption,
    block_public_access,
    bucket_encryption,
    bucket_policy,
    encrypt_bucket,
    is_public_access_blocked,
    put_bucket_policy,
)
from portal.aws.calls import call
from portal.aws.credentials import AwsCredentials
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.firehose_settings import differing_settings
from portal.aws.iam.access_keys import AccessKey, access_key_ids, create_access_key, set_access_key_status
from portal.aws.iam.managed_policies import create_policy, delete_policy, get_policy, new_policy_version, policy_arn
from portal.aws.iam.roles import (
    create_role,
    delete_role_completely,
    get_role,
    put_role_policy,
    role_policy,
    update_trust,
)
from portal.aws.iam.users import (
    attach_user_policy,
    attached_policies,
    create_user,
    delete_user_completely,
    get_user,
    put_user_boundary,
)
from portal.aws.policies import statements
from portal.aws.policies.boundary import boundary_policy, producer_boundary_policy
from portal.aws.policies.delivery import firehose_role_policy, firehose_trust_policy, tls_only_bucket_policy
from portal.aws.policies.grant import portal_policies, portal_trust_policy
from portal.aws.policies.keys import stream_key_policy
from portal.aws.policies.producer import producer_policy
from portal.aws.published_metrics import MetricDatum, put_metric_data
from portal.aws.records import DataRecord, get_records, put_record, put_records
from portal.aws.role_grant import (
    BOUNDARY_NAME,
    PRODUCER_BOUNDARY_NAME,
    ROLE_NAME,
    RoleGrant,
    boundary_arn,
    producer_boundary_arn,
    role_arn,
)
from portal.aws.session import AwsSession
from portal.aws.shards import list_shards, shard_iterator
from portal.aws.stream_settings import (
    SHARD_LEVEL_METRICS,
    disable_shard_level_metrics,
    enable_shard_level_metrics,
    set_retention,
    start_encryption,
    stop_encryption,
    update_shard_count,
)
from portal.local.ministack import MiniStack

# Accounts and bucket names of these tests alone: the emulator is shared with others.
CLIENT_ACCOUNT, OTHER_ACCOUNT, PORTAL_ACCOUNT = "210000000001", "210000000002", "210000000009"
REGION = "eu-west-1"
EXTERNAL_ID = "sluice-5f1d9c"
PREFIX = "sluice-"
STREAM, OTHER_STREAM = "sluice-harbour", "sluice-somebody-else"
USER, ROLE = "sluice-harbour-vendor", "sluice-harbour-firehose"
BUCKET, TAKEN_BUCKET, DELIVERY = "sluice-enforced-records", "sluice-enforced-taken", f"{STREAM}-to-s3"
GROUP = f"/aws/kinesisfirehose/{DELIVERY}"
TAGS = {"sluice:integration": "i-1", "sluice:tenant": "northwind", "managed-by": "sluice"}
BOUNDARY = boundary_arn(CLIENT_ACCOUNT)
PRODUCER_BOUNDARY = producer_boundary_arn(CLIENT_ACCOUNT)
STREAM_ARN = f"arn:aws:kinesis:{REGION}:{CLIENT_ACCOUNT}:stream/{STREAM}"
BUCKET_ARN = f"arn:aws:s3:::{BUCKET}"
EVERYTHING = "arn:aws:iam::aws:policy/AdministratorAccess"
OTHER_BOUNDARY = f"arn:aws:iam::{CLIENT_ACCOUNT}:policy/SluiceStreams"
RECORD = b'{"sensor": "desk-4", "occupied": true}'


@dataclass(frozen=True)
class Job:
    portal: AwsSession
    vendor: AwsSession
    role_arn: str
    access_key: AccessKey


def refused(do: Callable[[], object]) -> bool:
    try:
        do()
    except AwsFault as fault:
        if fault.kind is FaultKind.DENIED:
            return True
        raise
    return False


@pytest.fixture(scope="module")
def client_root(cloud: MiniStack) -> AwsSession:
    return cloud.root(CLIENT_ACCOUNT)


@pytest.fixture(scope="module")
def portal_user(cloud: MiniStack) -> Iterator[str]:
    root = cloud.root(PORTAL_ACCOUNT)
    user = create_user(root, "sluice-portal", path="/", tags={})
    may = statements.document(statements.allow("TakeOnRoles", ["sts:AssumeRole"], "arn:aws:iam::*:role/*"))
    call(root, "iam", "PutUserPolicy", UserName=user.name, PolicyName="assume", PolicyDocument=json.dumps(may))
    key = create_access_key(root, user.name)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ACCESS_KEY_ID", key.access_key_id)
        environment.setenv("AWS_SECRET_ACCESS_KEY", key.secret_access_key)
        yield user.arn


@pytest.fixture(scope="module")
def portal(client_root: AwsSession, portal_user: str) -> AwsSession:
    grant(client_root, CLIENT_ACCOUNT, portal_user)
    return assume_role(
        role_arn=role_arn(CLIENT_ACCOUNT),
        external_id=EXTERNAL_ID,
        session_name="run-1",
        region=REGION,
    )


def grant(root: AwsSession, account_id: str, portal_user: str) -> None:
    boundary = boundary_policy(account_id, PREFIX)
    arn = create_policy(root, BOUNDARY_NAME, path="/", document=boundary, tags={})
    trust = portal_trust_policy(portal_user, EXTERNAL_ID)
    create_role(root, ROLE_NAME, path="/", trust=trust, tags={})
    producers = producer_boundary_policy(account_id, PREFIX)
    producer_arn = create_policy(root, PRODUCER_BOUNDARY_NAME, path="/", document=producers, tags={})
    for name, document in portal_policies(account_id, PREFIX, arn, producer_arn).items():
        made = create_policy(root, name, path="/", document=document, tags={})
        call(root, "iam", "AttachRolePolicy", RoleName=ROLE_NAME, PolicyArn=made)


@pytest.fixture(scope="module")
def job(portal: AwsSession) -> Job:
    make_stream(portal)
    vendor, key = make_key(portal)
    make_bucket(portal)
    return Job(portal=portal, vendor=vendor, role_arn=make_delivery(portal), access_key=key)


def make_stream(portal: AwsSession) -> None:
    kinesis.create_stream(portal, STREAM, mode="PROVISIONED", shard_count=2, tags=TAGS)
    kinesis.tag_stream(portal, STREAM, TAGS)
    set_retention(portal, STREAM, current_hours=24, wanted_hours=48)
    set_retention(portal, STREAM, current_hours=48, wanted_hours=24)
    enable_shard_level_metrics(portal, STREAM)
    start_encryption(portal, STREAM, "alias/aws/kinesis")


def make_key(portal: AwsSession) -> tuple[AwsSession, AccessKey]:
    arn = create_policy(portal, f"{USER}-producer", path="/sluice/", document=producer_policy(STREAM_ARN), tags=TAGS)
    create_user(portal, USER, path="/sluice/", tags=TAGS, boundary_arn=PRODUCER_BOUNDARY)
    key = create_access_key(portal, USER)
    attach_user_policy(portal, USER, arn)
    credentials = AwsCredentials(key.access_key_id, key.secret_access_key)
    return AwsSession(region=REGION, credentials=credentials, account_id=CLIENT_ACCOUNT), key


def make_bucket(portal: AwsSession) -> None:
    s3.create_bucket(portal, BUCKET, REGION)
    s3.tag_bucket(portal, BUCKET, TAGS)
    block_public_access(portal, BUCKET)
    encrypt_bucket(portal, BUCKET, Encryption())
    put_bucket_policy(portal, BUCKET, tls_only_bucket_policy(BUCKET_ARN))


def delivery_settings(role_arn: str, *, mb: int = 1, seconds: int = 60) -> dict[str, Any]:
    return {
        "RoleARN": role_arn,
        "BucketARN": BUCKET_ARN,
        "Prefix": "sensors/!{timestamp:yyyy/MM/dd}/",
        "ErrorOutputPrefix": "errors/!{firehose:error-output-type}/",
        "BufferingHints": {"SizeInMBs": mb, "IntervalInSeconds": seconds},
        "CompressionFormat": "UNCOMPRESSED",
        "CloudWatchLoggingOptions": {"Enabled": True, "LogGroupName": GROUP, "LogStreamName": "S3Delivery"},
    }


def make_delivery(portal: AwsSession) -> str:
    trust = firehose_trust_policy(CLIENT_ACCOUNT)
    role = create_role(portal, ROLE, path="/sluice/", trust=trust, tags=TAGS, boundary_arn=BOUNDARY)
    group_arn = f"arn:aws:logs:{REGION}:{CLIENT_ACCOUNT}:log-group:{GROUP}"
    document = firehose_role_policy(STREAM_ARN, BUCKET_ARN, "sensors/", group_arn)
    put_role_policy(portal, ROLE, "delivery", document)
    logs.ensure_log_group(portal, GROUP, TAGS)
    logs.set_retention(portal, GROUP, 30)
    logs.ensure_log_stream(portal, GROUP, "S3Delivery")
    firehose.create_delivery_stream(
        portal,
        DELIVERY,
        stream_arn=STREAM_ARN,
        role_arn=role.arn,
        destination="ExtendedS3Destination",
        configuration=delivery_settings(role.arn),
        tags=TAGS,
    )
    return role.arn


def test_a_record_put_with_the_key_arrives_in_the_bucket(job: Job, client_root: AwsSession) -> None:
    receipt = put_record(job.vendor, STREAM, data=RECORD, partition_key="desk-4")
    assert receipt.shard_id.startswith("shardId-")
    deadline = time.monotonic() + 30
    while not (found := s3.list_keys(job.portal, BUCKET, "sensors/")) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert found, "no object arrived within 30 s"
    assert RECORD in s3.object_bytes(client_root, BUCKET, found[0].key)
    assert refused(lambda: s3.object_bytes(job.portal, BUCKET, found[0].key)), "the portal reads nothing that arrived"


def test_the_portal_reads_a_sample_of_the_records(job: Job) -> None:
    put_record(job.vendor, STREAM, data=RECORD, partition_key="desk-4")
    read: list[DataRecord] = []
    for shard in list_shards(job.portal, STREAM):
        iterator = shard_iterator(job.portal, STREAM, shard.shard_id, kind="TRIM_HORIZON")
        read += get_records(job.portal, iterator, shard.shard_id).records
    assert RECORD in {record.data for record in read}


def test_everything_reads_back_as_it_was_set(job: Job) -> None:
    portal = job.portal
    stream = kinesis.describe_stream(portal, STREAM)
    assert stream is not None
    assert (stream.status, stream.open_shard_count, stream.retention_hours) == ("ACTIVE", 2, 24)
    assert (stream.encryption_type, stream.shard_level_metrics) == ("KMS", SHARD_LEVEL_METRICS)
    assert kinesis.stream_tags(portal, STREAM) == TAGS
    user, role = get_user(portal, USER), get_role(portal, ROLE)
    assert user is not None
    assert role is not None
    assert (user.path, user.tags, user.boundary_arn) == ("/sluice/", TAGS, PRODUCER_BOUNDARY)
    assert (role.path, role.tags, role.boundary_arn) == ("/sluice/", TAGS, BOUNDARY)
    assert role.trust == firehose_trust_policy(CLIENT_ACCOUNT)
    assert role_policy(portal, ROLE, "delivery") is not None
    [attached] = attached_policies(portal, USER)
    policy = get_policy(portal, attached)
    assert policy is not None
    assert (policy.document, policy.tags) == (producer_policy(STREAM_ARN), TAGS)
    assert [key.id for key in access_key_ids(portal, USER)] == [job.access_key.access_key_id]


def test_the_bucket_and_its_delivery_read_back(job: Job) -> None:
    portal = job.portal
    assert s3.bucket_state(portal, BUCKET) is s3.BucketState.OURS_ACCOUNT
    assert s3.bucket_state(portal, "sluice-nobody-has-it") is s3.BucketState.ABSENT
    assert s3.bucket_region(portal, BUCKET) == REGION
    assert s3.bucket_tags(portal, BUCKET) == TAGS
    assert is_public_access_blocked(portal, BUCKET)
    assert bucket_encryption(portal, BUCKET) == Encryption()
    assert bucket_policy(portal, BUCKET) == tls_only_bucket_policy(BUCKET_ARN)
    delivery = firehose.describe_delivery_stream(portal, DELIVERY)
    assert delivery is not None
    assert (delivery.status, delivery.source_stream_arn) == ("ACTIVE", STREAM_ARN)
    assert differing_settings(delivery_settings(job.role_arn), delivery.settings) == []
    assert firehose.delivery_tags(portal, DELIVERY) == TAGS
    assert not logs.ensure_log_group(portal, GROUP, TAGS)
    group = logs.describe_log_group(portal, GROUP)
    assert group is not None
    assert group.retention_days == 30


def test_the_grant_covers_later_changes(job: Job) -> None:
    portal = job.portal
    logs.set_retention(portal, GROUP, logs.NEVER_EXPIRES)
    update_shard_count(portal, STREAM, 4)
    disable_shard_level_metrics(portal, STREAM)
    enable_shard_level_metrics(portal, STREAM)
    [attached] = attached_policies(portal, USER)
    for _ in range(5):  # more than IAM keeps
        new_policy_version(portal, attached, producer_policy(STREAM_ARN))
    update_trust(portal, ROLE, firehose_trust_policy(CLIENT_ACCOUNT))
    present = firehose.describe_delivery_stream(portal, DELIVERY)
    assert present is not None
    wanted = delivery_settings(job.role_arn, mb=5, seconds=300)
    firehose.update_destination(portal, present, wanted)
    changed = firehose.describe_delivery_stream(portal, DELIVERY)
    assert changed is not None
    assert differing_settings(wanted, changed.settings) == []
    assert (changed.arn, changed.destination) == (present.arn, present.destination)


def test_the_portal_reads_metrics_and_keys(job: Job, client_root: AwsSession) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    dimensions = (("StreamName", STREAM),)
    datum = MetricDatum("IncomingRecords", dimensions, 7.0, "Count", now - timedelta(minutes=2))
    put_metric_data(client_root, "AWS/Kinesis", [datum])
    query = cloudwatch.MetricQuery("in", "AWS/Kinesis", "IncomingRecords", dimensions, "Sum", 60)
    series = cloudwatch.metric_series(job.portal, [query], start=now - timedelta(minutes=10), end=now)
    assert [value for _, value in series["in"].points] == [7.0]
    made = call(client_root, "kms", "CreateKey")["KeyMetadata"]["Arn"]
    assert kms.describe_key(job.portal, made) == kms.Key(arn=made, enabled=True, manager="CUSTOMER")


# ── narrow: the key ────────────────────────────────────────────────────────────────────────────────────────────

KEY_IS_REFUSED: dict[str, Callable[[AwsSession], object]] = {
    "PutRecord into another stream": lambda key: put_record(key, OTHER_STREAM, data=b"x", partition_key="x"),
    "PutRecords into another stream": lambda key: put_records(key, OTHER_STREAM, [(b"x", "x")]),
    "GetShardIterator": lambda key: shard_iterator(key, STREAM, "shardId-000000000000"),
    "ListShards": lambda key: list_shards(key, STREAM),
    "DescribeStreamSummary": lambda key: kinesis.describe_stream(key, STREAM),
    "ListStreams": lambda key: call(key, "kinesis", "ListStreams"),
    "DeleteStream": lambda key: kinesis.delete_stream(key, STREAM),
    "UpdateShardCount": lambda key: update_shard_count(key, STREAM, 1),
    "StopStreamEncryption": lambda key: stop_encryption(key, STREAM, "alias/aws/kinesis"),
    "ListObjectsV2": lambda key: s3.list_keys(key, BUCKET),
    "GetUser": lambda key: get_user(key, USER),
    "CreateAccessKey for itself": lambda key: create_access_key(key, USER),
    "AttachUserPolicy to itself": lambda key: attach_user_policy(key, USER, EVERYTHING),
    "DescribeDeliveryStream": lambda key: firehose.describe_delivery_stream(key, DELIVERY),
}


@pytest.fixture(scope="module")
def other_stream(client_root: AwsSession) -> None:
    kinesis.create_stream(client_root, OTHER_STREAM, mode="PROVISIONED", shard_count=1, tags={})


def test_the_key_may_put_records(job: Job) -> None:
    put_record(job.vendor, STREAM, data=b"x", partition_key="x")
    assert put_records(job.vendor, STREAM, [(b"x", "x"), (b"y", "y")]) == [True, True]


@pytest.mark.parametrize("what", KEY_IS_REFUSED)
def test_the_key_may_do_nothing_else(job: Job, other_stream: None, what: str) -> None:
    assert refused(lambda: KEY_IS_REFUSED[what](job.vendor))


def test_a_key_made_inactive_is_unknown_to_aws(job: Job) -> None:
    set_access_key_status(job.portal, USER, job.access_key.access_key_id, "Inactive")
    try:
        with pytest.raises(AwsFault) as caught:
            put_record(job.vendor, STREAM, data=b"x", partition_key="x")
        assert caught.value.kind is FaultKind.PROPAGATING
    finally:
        set_access_key_status(job.portal, USER, job.access_key.access_key_id, "Active")


# ── narrow: the portal ─────────────────────────────────────────────────────────────────────────────────────────


def iam_call(operation: str, **asked: Any) -> Callable[[AwsSession], object]:
    return lambda portal: call(portal, "iam", operation, **asked)


PORTAL_IS_REFUSED: dict[str, Callable[[AwsSession], object]] = {
    "a stream without the prefix": lambda portal: kinesis.create_stream(
        portal, "orders", mode="PROVISIONED", shard_count=1, tags={}
    ),
    "a record into the stream": lambda portal: put_record(portal, STREAM, data=b"x", partition_key="x"),
    "a bucket without the prefix": lambda portal: s3.create_bucket(portal, "northwind-payroll", REGION),
    "an object in the bucket": lambda portal: call(portal, "s3", "PutObject", Bucket=BUCKET, Key="k", Body=b""),
    "deleting an object": lambda portal: call(portal, "s3", "DeleteObject", Bucket=BUCKET, Key="k"),
    "a list of buckets": lambda portal: call(portal, "s3", "ListBuckets"),
    "a user without the boundary": lambda portal: create_user(portal, "sluice-free", path="/sluice/", tags={}),
    "a user under the boundary of roles": lambda portal: create_user(
        portal, "sluice-free", path="/sluice/", tags={}, boundary_arn=BOUNDARY
    ),
    "a role under the boundary of users": lambda portal: create_role(
        portal,
        "sluice-free",
        path="/sluice/",
        trust=firehose_trust_policy(CLIENT_ACCOUNT),
        tags={},
        boundary_arn=PRODUCER_BOUNDARY,
    ),
    "the boundary of roles on a user": lambda portal: put_user_boundary(portal, USER, BOUNDARY),
    "a user under another boundary": lambda portal: create_user(
        portal, "sluice-free", path="/sluice/", tags={}, boundary_arn=OTHER_BOUNDARY
    ),
    "a user outside its path": lambda portal: create_user(
        portal, "sluice-free", path="/", tags={}, boundary_arn=BOUNDARY
    ),
    "a role without the boundary": lambda portal: create_role(
        portal, "sluice-free", path="/sluice/", trust=firehose_trust_policy(CLIENT_ACCOUNT), tags={}
    ),
    "attaching AWS's own policies": lambda portal: attach_user_policy(portal, USER, EVERYTHING),
    "an inline policy of a user": iam_call("PutUserPolicy", UserName=USER, PolicyName="p", PolicyDocument="{}"),
    "a policy outside its path": lambda portal: create_policy(
        portal, "sluice-free", path="/", document=producer_policy(STREAM_ARN), tags={}
    ),
    "removing a user's boundary": iam_call("DeleteUserPermissionsBoundary", UserName=USER),
    "removing a role's boundary": iam_call("DeleteRolePermissionsBoundary", RoleName=ROLE),
    "replacing a user's boundary": iam_call(
        "PutUserPermissionsBoundary", UserName=USER, PermissionsBoundary=OTHER_BOUNDARY
    ),
    "the boundary of somebody else's user": lambda portal: put_user_boundary(portal, "payroll", PRODUCER_BOUNDARY),
    "changing the boundary": lambda portal: new_policy_version(portal, BOUNDARY, producer_policy(STREAM_ARN)),
    "deleting the boundary": lambda portal: call(portal, "iam", "DeletePolicy", PolicyArn=BOUNDARY),
    "changing the boundary of users": lambda portal: new_policy_version(
        portal, PRODUCER_BOUNDARY, producer_policy(STREAM_ARN)
    ),
    "changing its own trust": lambda portal: update_trust(portal, ROLE_NAME, firehose_trust_policy(CLIENT_ACCOUNT)),
    "changing its own rights": lambda portal: put_role_policy(portal, ROLE_NAME, "more", producer_policy(STREAM_ARN)),
    "an access key of another user": lambda portal: create_access_key(portal, "payroll"),
    "a list of users": iam_call("ListUsers"),
    "a list of streams": lambda portal: call(portal, "kinesis", "ListStreams"),
    "a log group elsewhere": lambda portal: logs.ensure_log_group(portal, "/aws/lambda/payroll", {}),
    "the retention of a log group elsewhere": lambda portal: logs.set_retention(portal, "/aws/lambda/payroll", 1),
    "an endless log group elsewhere": lambda portal: logs.set_retention(portal, "/aws/lambda/payroll", 0),
    "metrics of its own making": lambda portal: put_metric_data(
        portal, "AWS/Kinesis", [MetricDatum("m", (), 1.0, "Count", datetime.now(UTC))]
    ),
    "a Firehose without the prefix": lambda portal: call(
        portal, "firehose", "DeleteDeliveryStream", DeliveryStreamName="orders-to-s3"
    ),
    "a KMS key with tags": lambda portal: call(
        portal, "kms", "CreateKey", Tags=[{"TagKey": "managed-by", "TagValue": "sluice"}]
    ),
}


@pytest.fixture(scope="module")
def payroll(client_root: AwsSession) -> None:
    create_user(client_root, "payroll", path="/", tags={})


@pytest.mark.parametrize("what", PORTAL_IS_REFUSED)
def test_the_portal_is_refused(job: Job, payroll: None, what: str) -> None:
    assert refused(lambda: PORTAL_IS_REFUSED[what](job.portal))


# ── narrow: KMS keys ───────────────────────────────────────────────────────────────────────────────────────────

OURS = {"managed-by": "sluice", "sluice:integration": "i-1"}
KEY_OF_ANOTHER_IS_REFUSED: dict[str, Callable[[AwsSession, str], object]] = {
    "tagging it": lambda portal, arn: kms.tag_key(portal, arn, OURS),
    "seeing its tags": kms.key_tags,
    "scheduling its deletion": kms.schedule_deletion,
    "setting its policy": lambda portal, arn: kms.put_key_policy(portal, arn, {}),
    "seeing its policy": kms.key_policy,
    "turning its rotation on": kms.enable_rotation,
    "naming it": lambda portal, arn: kms.create_alias(portal, "alias/sluice-theirs", arn),
}


@pytest.fixture(scope="module")
def key_of_another(client_root: AwsSession) -> str:
    """A key of the client's, with the default policy, which lets IAM decide, and with the tags of a key of Sluice's."""
    arn = str(call(client_root, "kms", "CreateKey")["KeyMetadata"]["Arn"])
    kms.tag_key(client_root, arn, OURS)
    return arn


@pytest.mark.parametrize("what", KEY_OF_ANOTHER_IS_REFUSED)
def test_the_portal_governs_no_key_of_another_whatever_its_tags(job: Job, key_of_another: str, what: str) -> None:
    assert refused(lambda: KEY_OF_ANOTHER_IS_REFUSED[what](job.portal, key_of_another))


def test_the_portal_governs_the_key_that_it_created(job: Job) -> None:
    portal, policy = job.portal, stream_key_policy(CLIENT_ACCOUNT, role_arn(CLIENT_ACCOUNT), REGION)
    arn = kms.create_key(portal, description="d", policy=policy).arn
    assert refused(lambda: kms.create_alias(portal, "alias/payroll", arn))
    kms.create_alias(portal, "alias/sluice-governed", arn)
    kms.tag_key(portal, arn, TAGS)
    kms.enable_rotation(portal, arn)
    kms.put_key_policy(portal, arn, policy)
    assert (kms.key_tags(portal, arn), kms.rotates(portal, arn)) == (TAGS, True)
    kms.schedule_deletion(portal, arn)


def test_a_client_who_excluded_deletion_keeps_every_key(job: Job) -> None:
    policy = stream_key_policy(CLIENT_ACCOUNT, role_arn(CLIENT_ACCOUNT), REGION, may_delete=False)
    arn = kms.create_key(job.portal, description="d", policy=policy).arn
    assert refused(lambda: kms.schedule_deletion(job.portal, arn))


def test_the_boundary_holds_even_where_the_client_attaches_more(job: Job, client_root: AwsSession) -> None:
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    asked = {"UserName": USER, "PolicyName": "everything", "PolicyDocument": json.dumps(everything)}
    call(client_root, "iam", "PutUserPolicy", **asked)
    try:
        put_record(job.vendor, STREAM, data=RECORD, partition_key="desk-4")
        assert refused(lambda: list_shards(job.vendor, STREAM))
        assert refused(lambda: shard_iterator(job.vendor, STREAM, "shardId-000000000000"))
        assert refused(lambda: call(job.vendor, "iam", "ListUsers"))
        assert refused(lambda: kinesis.delete_stream(job.vendor, STREAM))
        assert refused(lambda: put_record(job.vendor, "orders", data=b"x", partition_key="x"))
    finally:
        call(client_root, "iam", "DeleteUserPolicy", UserName=USER, PolicyName="everything")


# ── trust ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_role_trusts_the_portal_with_its_external_id_only(portal: AwsSession) -> None:
    report = sts.check_trust(role_arn=role_arn(CLIENT_ACCOUNT), external_id=EXTERNAL_ID, session_name="check")
    assert report.trusted
    assert report.account_id == CLIENT_ACCOUNT
    assert sts.caller_identity(portal).arn.startswith(f"arn:aws:sts::{CLIENT_ACCOUNT}:assumed-role/SluiceAccess/")


def test_a_role_that_asks_for_no_external_id_is_not_trusted(client_root: AwsSession, portal_user: str) -> None:
    open_trust = portal_trust_policy(portal_user, EXTERNAL_ID)
    del open_trust["Statement"][0]["Condition"]
    role = create_role(client_root, "Open", path="/", trust=open_trust, tags={})
    report = sts.check_trust(role_arn=role.arn, external_id=EXTERNAL_ID, session_name="check")
    assert (report.right, report.wrong, report.missing) == (sts.Outcome.ALLOWED,) * 3
    assert not report.trusted


def test_a_role_that_does_not_exist_is_refused(portal: AwsSession) -> None:
    arn = f"arn:aws:iam::{CLIENT_ACCOUNT}:role/Nowhere"
    report = sts.check_trust(role_arn=arn, external_id=EXTERNAL_ID, session_name="check")
    assert (report.right, report.account_id) == (sts.Outcome.REFUSED, None)
    assert report.detail


# ── buckets of others, the template, the end ───────────────────────────────────────────────────────────────────


def test_a_bucket_of_another_account_is_not_accessible(job: Job, cloud: MiniStack) -> None:
    s3.create_bucket(cloud.root(OTHER_ACCOUNT), TAKEN_BUCKET, REGION)
    assert s3.bucket_state(job.portal, TAKEN_BUCKET) is s3.BucketState.NO_ACCESS
    with pytest.raises(AwsFault) as caught:
        s3.create_bucket(job.portal, TAKEN_BUCKET, REGION)
    assert (caught.value.kind, caught.value.code) == (FaultKind.CONFLICT, "BucketAlreadyExists")


def test_the_template_makes_the_same_role(cloud: MiniStack, portal_user: str) -> None:
    root = cloud.root(OTHER_ACCOUNT)
    grant = RoleGrant(
        portal_principal_arn=portal_user, external_id=EXTERNAL_ID, account_id=OTHER_ACCOUNT, name_prefix=PREFIX
    )
    body = role_cloudformation.cloudformation(grant)
    call(
        root,
        "cloudformation",
        "CreateStack",
        StackName="Sluice",
        TemplateBody=body,
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    deadline = time.monotonic() + 30
    while True:
        [stack] = call(root, "cloudformation", "DescribeStacks", StackName="Sluice")["Stacks"]
        if not stack["StackStatus"].endswith("IN_PROGRESS") or time.monotonic() > deadline:
            break
        time.sleep(0.2)
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert stack["Outputs"][0]["OutputValue"] == role_arn(OTHER_ACCOUNT)
    assert sts.check_trust(role_arn=role_arn(OTHER_ACCOUNT), external_id=EXTERNAL_ID, session_name="check").trusted
    boundary = boundary_arn(OTHER_ACCOUNT)
    stored = {
        "SluiceBoundary": boundary_policy(OTHER_ACCOUNT, PREFIX),
        "SluiceProducerBoundary": producer_boundary_policy(OTHER_ACCOUNT, PREFIX),
    }
    stored |= portal_policies(OTHER_ACCOUNT, PREFIX, boundary, producer_boundary_arn(OTHER_ACCOUNT))
    for name, document in stored.items():
        policy = get_policy(root, policy_arn(OTHER_ACCOUNT, name, path="/"))
        assert policy is not None
        assert policy.document == document


def test_the_grant_covers_removing_everything(job: Job, client_root: AwsSession) -> None:
    portal = job.portal
    firehose.delete_delivery_stream(portal, DELIVERY)
    logs.delete_log_group(portal, GROUP)
    delete_role_completely(portal, ROLE)
    [attached] = attached_policies(portal, USER)
    delete_user_completely(portal, USER)
    delete_policy(portal, attached)
    stop_encryption(portal, STREAM, "alias/aws/kinesis")
    kinesis.delete_stream(portal, STREAM)
    for stored in s3.list_keys(portal, BUCKET, limit=1000):  # the client's own data: only the client may delete it
        call(client_root, "s3", "DeleteObject", Bucket=BUCKET, Key=stored.key)
    s3.delete_bucket(portal, BUCKET)
    assert get_user(portal, USER) is None
    assert get_role(portal, ROLE) is None
    assert get_policy(portal, attached) is None
    assert firehose.describe_delivery_stream(portal, DELIVERY) is None
    assert kinesis.describe_stream(portal, STREAM) is None
    assert s3.bucket_state(portal, BUCKET) is s3.BucketState.ABSENT
    with pytest.raises(AwsFault) as caught:
        put_record(job.vendor, STREAM, data=b"x", partition_key="x")
    assert caught.value.kind is FaultKind.PROPAGATING
