"""Buckets: whose, how protected, what is in them."""

import pytest
from botocore.stub import Stubber

from portal.aws import s3
from portal.aws.assumed_roles import assume_role_anew
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
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.policies.delivery import tls_only_bucket_policy
from portal.aws.session import AwsSession, portal_session

NAME, KEY = "sluice-harbour-records", "arn:aws:kms:eu-west-1:111122223333:key/1"


@pytest.fixture
def bucket(aws: AwsSession) -> AwsSession:
    s3.create_bucket(aws, NAME, "eu-west-1")
    return aws


def test_a_name_is_absent_or_ours(aws: AwsSession) -> None:
    assert s3.bucket_state(aws, NAME) is s3.BucketState.ABSENT
    s3.create_bucket(aws, NAME, "eu-west-1")
    assert s3.bucket_state(aws, NAME) is s3.BucketState.OURS_ACCOUNT


def test_a_denial_does_not_say_whose_a_bucket_is() -> None:
    aws = portal_session("eu-west-1")
    with Stubber(aws.client("s3")) as stub:
        stub.add_client_error("head_bucket", "403", "Forbidden", 403)
        assert s3.bucket_state(aws, NAME) is s3.BucketState.NO_ACCESS


def test_an_unknown_key_says_nothing_of_the_bucket() -> None:
    aws = portal_session("eu-west-1")
    with Stubber(aws.client("s3")) as stub:
        stub.add_client_error("head_bucket", "InvalidAccessKeyId", "", 403)
        with pytest.raises(AwsFault):
            s3.bucket_state(aws, NAME)


def test_the_owner_is_checked_too(bucket: AwsSession) -> None:
    with Stubber(bucket.client("s3")) as stub:
        stub.add_response("head_bucket", {}, {"Bucket": NAME, "ExpectedBucketOwner": "111122223333"})
        assert s3.bucket_state(bucket, NAME) is s3.BucketState.OURS_ACCOUNT


def test_a_bucket_of_another_account_cannot_be_made(bucket: AwsSession) -> None:
    other = assume_role_anew(
        role_arn="arn:aws:iam::444455556666:role/R", external_id="x-2", session_name="t2", region="eu-west-1"
    )
    with pytest.raises(AwsFault) as caught:
        s3.create_bucket(other, NAME, "eu-west-1")
    assert (caught.value.kind, caught.value.retryable) == (FaultKind.CONFLICT, False)


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1", "ap-southeast-2"])
def test_a_bucket_lies_in_its_region(aws: AwsSession, region: str) -> None:
    s3.create_bucket(aws, NAME, region)
    assert s3.bucket_region(aws, NAME) == region


def test_the_oldest_european_bucket_is_in_ireland() -> None:
    aws = portal_session("eu-west-1")
    with Stubber(aws.client("s3")) as stub:
        stub.add_response("get_bucket_location", {"LocationConstraint": "EU"})
        assert s3.bucket_region(aws, NAME) == "eu-west-1"


def test_tags_are_added_to_those_there(bucket: AwsSession) -> None:
    assert s3.bucket_tags(bucket, NAME) == {}
    s3.tag_bucket(bucket, NAME, {"a": "1", "b": "2"})
    s3.tag_bucket(bucket, NAME, {"b": "3"})
    assert s3.bucket_tags(bucket, NAME) == {"a": "1", "b": "3"}


def test_public_access_is_blocked(bucket: AwsSession) -> None:
    assert not is_public_access_blocked(bucket, NAME)
    block_public_access(bucket, NAME)
    assert is_public_access_blocked(bucket, NAME)


def test_one_block_missing_is_not_blocked() -> None:
    aws = portal_session("eu-west-1")
    three = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True}
    with Stubber(aws.client("s3")) as stub:
        stub.add_response("get_public_access_block", {"PublicAccessBlockConfiguration": three})
        assert not is_public_access_blocked(aws, NAME)


def test_new_objects_are_encrypted(bucket: AwsSession) -> None:
    for wanted in (Encryption(), Encryption(is_kms=True), Encryption(KEY, is_kms=True)):
        encrypt_bucket(bucket, NAME, wanted)
        assert bucket_encryption(bucket, NAME) == wanted


def test_a_bucket_policy_reads_back(bucket: AwsSession) -> None:
    assert bucket_policy(bucket, NAME) is None
    put_bucket_policy(bucket, NAME, tls_only_bucket_policy(f"arn:aws:s3:::{NAME}"))
    assert bucket_policy(bucket, NAME) == tls_only_bucket_policy(f"arn:aws:s3:::{NAME}")


def test_objects_are_listed_and_read(bucket: AwsSession) -> None:
    for i in range(3):
        call(bucket, "s3", "PutObject", Bucket=NAME, Key=f"sensors/{i}", Body=bytes([i]) * i)
    call(bucket, "s3", "PutObject", Bucket=NAME, Key="errors/1", Body=b"")
    assert [(listed.key, listed.size) for listed in s3.list_keys(bucket, NAME, "sensors/", limit=2)] == [
        ("sensors/0", 0),
        ("sensors/1", 1),
    ]
    assert s3.object_bytes(bucket, NAME, "sensors/2") == b"\x02\x02"
    with pytest.raises(AwsFault) as caught:
        s3.object_bytes(bucket, NAME, "sensors/9")
    assert caught.value.kind is FaultKind.NOT_FOUND


def test_a_bucket_with_objects_stays(bucket: AwsSession) -> None:
    call(bucket, "s3", "PutObject", Bucket=NAME, Key="k", Body=b"")
    with pytest.raises(AwsFault) as caught:
        s3.delete_bucket(bucket, NAME)
    assert (caught.value.kind, caught.value.retryable) == (FaultKind.CONFLICT, False)


def test_deleting_twice_is_fine(bucket: AwsSession) -> None:
    s3.delete_bucket(bucket, NAME)
    s3.delete_bucket(bucket, NAME)
    assert s3.bucket_state(bucket, NAME) is s3.BucketState.ABSENT
