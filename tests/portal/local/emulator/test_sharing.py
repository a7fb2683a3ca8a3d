"""The emulator across accounts: who reads a stream of another account, and what AWS rejects of a resource policy."""

import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from portal.aws.credentials import AwsCredentials
from portal.aws.policies.consumers import READ_STREAM
from portal.aws.policies.shares import key_share_statement, share_statement
from portal.aws.policies.statements import document
from portal.aws.session import AwsSession
from portal.local.ministack import MiniStack

STREAM, REGION = "sluice-sensors", "eu-west-1"
SHARD = "shardId-000000000000"
_numbers = itertools.count(463000000000)


class Accounts:
    """The account of a stream, and another one with a user who may do everything there."""

    def __init__(self, ministack: MiniStack) -> None:
        self.ministack, self.owner_id, self.other_id = ministack, str(next(_numbers)), str(next(_numbers))
        self.owner = ministack.root(self.owner_id, region=REGION)
        self.kinesis = self.owner.client("kinesis", single_attempt=True)
        self.kinesis.create_stream(StreamName=STREAM, ShardCount=1)
        self.arn = f"arn:aws:kinesis:{REGION}:{self.owner_id}:stream/{STREAM}"
        self.kinesis.put_record(StreamName=STREAM, Data=b"21.5", PartitionKey="lobby")

    def user(self, name: str, *actions: str) -> AwsSession:
        """A user of the other account, with an IAM policy for these actions."""
        iam = self.ministack.root(self.other_id).client("iam")
        iam.create_user(UserName=name)
        allowed = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        whole = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
        iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=whole)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return AwsSession(region=REGION, credentials=AwsCredentials(key["AccessKeyId"], key["SecretAccessKey"]))

    def user_arn(self, name: str) -> str:
        return f"arn:aws:iam::{self.other_id}:user/{name}"

    def share(self, principal: str, **changed: Any) -> None:
        statement = {**share_statement("ours", principal, self.arn), **changed}
        self.kinesis.put_resource_policy(ResourceARN=self.arn, Policy=json.dumps(document(statement)))

    def read(self, session: AwsSession) -> list[bytes]:
        client = session.client("kinesis", single_attempt=True)
        place = {"StreamARN": self.arn, "ShardId": SHARD, "ShardIteratorType": "TRIM_HORIZON"}
        iterator = client.get_shard_iterator(**place)["ShardIterator"]
        answer = client.get_records(StreamARN=self.arn, ShardIterator=iterator)
        return [record["Data"] for record in answer["Records"]]


@pytest.fixture
def accounts(ministack_env: MiniStack) -> Accounts:
    return Accounts(ministack_env)


def refusal(call: Callable[[], object]) -> str:
    """The code and AWS's text with which a call is refused."""
    with pytest.raises(ClientError) as refused:
        call()
    error = refused.value.response["Error"]
    return f"{error['Code']}: {error['Message']}"


def test_a_principal_of_another_account_reads_with_the_share_and_not_without(accounts: Accounts) -> None:
    reader, other = accounts.user("reader", "kinesis:*"), accounts.user("other", "kinesis:*")
    assert "AccessDenied" in refusal(lambda: accounts.read(reader))
    accounts.share(accounts.user_arn("reader"))
    assert accounts.read(reader) == [b"21.5"]
    client = reader.client("kinesis")
    assert client.describe_stream(StreamARN=accounts.arn)["StreamDescription"]["StreamARN"] == accounts.arn
    assert client.describe_stream_summary(StreamARN=accounts.arn)["StreamDescriptionSummary"]["OpenShardCount"] == 1
    assert [shard["ShardId"] for shard in client.list_shards(StreamARN=accounts.arn)["Shards"]] == [SHARD]
    assert "AccessDenied" in refusal(lambda: accounts.read(other)), "another user of the same account"
    put = {"StreamARN": accounts.arn, "Data": b"x", "PartitionKey": "a"}
    assert "AccessDenied" in refusal(lambda: client.put_record(**put)), "it reads and does not write"
    named = {"StreamName": STREAM, "ShardId": SHARD, "ShardIteratorType": "LATEST"}
    assert "ResourceNotFound" in refusal(lambda: client.get_shard_iterator(**named)), "a name is of the own account"
    accounts.kinesis.delete_resource_policy(ResourceARN=accounts.arn)
    assert "AccessDenied" in refusal(lambda: accounts.read(reader))


def test_the_callers_own_policies_must_allow_it_too(accounts: Accounts) -> None:
    reader = accounts.user("reader", "kinesis:DescribeStream")
    accounts.share(accounts.user_arn("reader"))
    assert "AccessDenied" in refusal(lambda: accounts.read(reader))


def test_an_account_is_shared_with_whom_it_allows_and_its_root_user_only_with_the_share(accounts: Accounts) -> None:
    reader, root = accounts.user("reader", "kinesis:*"), accounts.ministack.root(accounts.other_id, region=REGION)
    assert "AccessDenied" in refusal(lambda: accounts.read(root))
    accounts.share(accounts.other_id)
    assert accounts.read(reader) == accounts.read(root) == [b"21.5"]


def test_no_other_account_reads_what_the_aws_managed_key_encrypts(accounts: Accounts) -> None:
    reader = accounts.user("reader", "kinesis:*", "kms:*")
    accounts.share(accounts.user_arn("reader"))
    accounts.kinesis.start_stream_encryption(StreamName=STREAM, EncryptionType="KMS", KeyId="alias/aws/kinesis")
    assert "KMSAccessDenied" in refusal(lambda: accounts.read(reader))


def test_a_customer_key_must_admit_the_reader(accounts: Accounts) -> None:
    reader, without = accounts.user("reader", "kinesis:*", "kms:Decrypt"), accounts.user("without", "kinesis:*")
    accounts.share(accounts.other_id)
    kms = accounts.owner.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    accounts.kinesis.start_stream_encryption(StreamName=STREAM, EncryptionType="KMS", KeyId=key)
    assert "KMSAccessDenied" in refusal(lambda: accounts.read(reader))
    policy = json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    admitted = key_share_statement("ours", accounts.other_id, REGION, "aws")
    policy["Statement"].append(admitted)
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))
    assert accounts.read(reader) == [b"21.5"]
    assert "KMSAccessDenied" in refusal(lambda: accounts.read(without))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"Principal": "*"}, "Only AWS accounts"),
        ({"Principal": {"AWS": "*"}}, "Invalid principal"),
        ({"Principal": {"Service": "lambda.amazonaws.com"}}, "Only AWS accounts"),
        ({"Principal": {"AWS": "arn:aws:iam::111122223333:role/absent"}}, "Invalid principal"),
        ({"Action": ["kinesis:DeleteStream"]}, "action names are invalid"),
        ({"Action": ["kinesis:*"]}, "action names are invalid"),
        ({"Resource": "*"}, "same as the resource ARN"),
        ({"Condition": {"StringEquals": {"aws:PrincipalTag/x": "y" * 20_480}}}, "larger than 20480 bytes"),
    ],
)
def test_what_aws_rejects_of_a_resource_policy(accounts: Accounts, changed: dict[str, Any], expected: str) -> None:
    found = refusal(lambda: accounts.share(accounts.other_id, **changed))
    assert found.startswith("InvalidArgumentException")
    assert expected in found


def test_the_actions_are_those_that_a_lambda_consumer_needs() -> None:
    assert len(READ_STREAM) == 5
    assert "kinesis:DescribeStream" in READ_STREAM
