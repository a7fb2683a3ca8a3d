"""A consumer in AWS: an IAM user of another account that assumes consumers' roles, and reads by them."""

import itertools
import json
import os

from portal.aws.calls import call
from portal.aws.credentials import AwsCredentials
from portal.aws.errors import aws_faults
from portal.aws.session import AwsSession
from portal.local.ministack import MiniStack

_numbers = itertools.count(os.getpid() % 9000 * 10_000_000)


def consumer_identity(ministack: MiniStack, account_id: str) -> tuple[str, AwsSession]:
    """Create an IAM user of an account that may assume any consumer's role; return its ARN and a session of it."""
    return consumer_of(ministack.root(account_id), account_id)


def consumer_of(root: AwsSession, account_id: str) -> tuple[str, AwsSession]:
    """Create such a user as the root user of its account."""
    iam = root.client("iam")
    name = f"analyst-{next(_numbers)}"
    iam.create_user(UserName=name)
    may = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::*:role/sluice/consumers/*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [may]})
    iam.put_user_policy(UserName=name, PolicyName="assume", PolicyDocument=document)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    credentials = AwsCredentials(key["AccessKeyId"], key["SecretAccessKey"])
    return f"arn:aws:iam::{account_id}:user/{name}", AwsSession(region="eu-west-1", credentials=credentials)


def assumed(consumer: AwsSession, role_arn: str, **given: object) -> AwsSession:
    """A session of a role, assumed with what is given, such as ExternalId; raises AwsFault if it is denied."""
    with aws_faults("sts:AssumeRole"):
        answer = consumer.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="consumer", **given)
    found = answer["Credentials"]
    credentials = AwsCredentials(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])
    return AwsSession(region="eu-west-1", credentials=credentials)


def read_all(session: AwsSession, stream_arn: str) -> list[bytes]:
    """The data of every record of a stream, read by its ARN as a consumer of another account does."""
    found: list[bytes] = []
    for shard in call(session, "kinesis", "ListShards", StreamARN=stream_arn)["Shards"]:
        start = {"ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        iterator = call(session, "kinesis", "GetShardIterator", StreamARN=stream_arn, **start)["ShardIterator"]
        answer = call(session, "kinesis", "GetRecords", StreamARN=stream_arn, ShardIterator=iterator)
        found += [record["Data"] for record in answer["Records"]]
    return found
