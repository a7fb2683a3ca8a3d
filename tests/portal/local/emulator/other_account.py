"""A role of another account that reads a stream by its ARN, as a Lambda function of that account would."""

import json
from dataclasses import dataclass

from portal.aws.credentials import AwsCredentials
from portal.aws.errors import AwsFault, aws_faults
from portal.aws.policies.consumers import READ_STREAM
from portal.aws.session import AwsSession
from portal.local.ministack import MiniStack


@dataclass(frozen=True)
class Reader:
    """A role with an IAM policy that allows to read any stream, and a session of it."""

    arn: str
    session: AwsSession
    Denied = AwsFault

    def read(self, stream_arn: str) -> list[bytes]:
        """All records of a stream, from its beginning."""
        client = self.session.client("kinesis", single_attempt=True)
        found: list[bytes] = []
        with aws_faults("kinesis:GetRecords"):
            for shard in client.list_shards(StreamARN=stream_arn)["Shards"]:
                place = {"ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
                iterator = client.get_shard_iterator(StreamARN=stream_arn, **place)["ShardIterator"]
                answer = client.get_records(StreamARN=stream_arn, ShardIterator=iterator)
                found += [record["Data"] for record in answer["Records"]]
        return found


def reader_of(ministack: MiniStack, account_id: str, name: str = "reader") -> Reader:
    """Create the role in an account, and assume it."""
    iam = ministack.root(account_id).client("iam")
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account_id}:root"}, "Action": "sts:AssumeRole"}
    allowed = {"Effect": "Allow", "Action": [*READ_STREAM, "kms:Decrypt"], "Resource": "*"}
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_document(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="read", PolicyDocument=_document(allowed))
    iam.create_user(UserName=f"{name}-user")
    assume = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": arn}
    iam.put_user_policy(UserName=f"{name}-user", PolicyName="assume", PolicyDocument=_document(assume))
    key = iam.create_access_key(UserName=f"{name}-user")["AccessKey"]
    user = AwsSession(region="eu-west-1", credentials=AwsCredentials(key["AccessKeyId"], key["SecretAccessKey"]))
    answer = user.client("sts").assume_role(RoleArn=arn, RoleSessionName="reader")["Credentials"]
    credentials = AwsCredentials(answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"])
    return Reader(arn, AwsSession(region="eu-west-1", credentials=credentials))


def _document(statement: dict[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
