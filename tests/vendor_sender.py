"""The vendor's sender in AWS: an IAM user of its own, not the portal's, that assumes producers' roles."""

import itertools
import json
import os

from portal.aws.credentials import AwsCredentials
from portal.aws.session import AwsSession
from portal.local.ministack import MiniStack
from tests.world import VENDOR_ACCOUNT

_numbers = itertools.count(os.getpid() % 9000 * 10_000_000)


def sender_identity(ministack: MiniStack) -> tuple[str, AwsSession]:
    """Create the sender's IAM user; return its ARN and a session of it."""
    iam = ministack.root(VENDOR_ACCOUNT).client("iam")
    name = f"sender-{next(_numbers)}"
    iam.create_user(UserName=name)
    may = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::*:role/sluice/producers/*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [may]})
    iam.put_user_policy(UserName=name, PolicyName="assume", PolicyDocument=document)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    credentials = AwsCredentials(key["AccessKeyId"], key["SecretAccessKey"])
    return f"arn:aws:iam::{VENDOR_ACCOUNT}:user/{name}", AwsSession(region="eu-west-1", credentials=credentials)
