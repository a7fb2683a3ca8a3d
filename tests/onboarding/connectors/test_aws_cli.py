"""The script reads records with the AWS CLI itself: by the consumer policy, and by a role with its external ID."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from onboarding.connectors import aws_cli
from onboarding.connectors.consumed_stream import AssumedRole, ConsumedStream
from portal.aws.calls import call
from portal.aws.iam.access_keys import AccessKey, create_access_key
from portal.aws.iam.roles import create_role, put_role_policy
from portal.aws.iam.users import create_user
from portal.aws.kinesis import create_stream
from portal.aws.policies.connectors import assume_role_policy
from portal.aws.policies.producer import consumer_policy, producer_trust_policy
from portal.aws.records import put_record
from portal.local.ministack import MiniStack
from tests import real_aws_cli

ACCOUNT, REGION, NAME, EXTERNAL_ID = "210000000071", "eu-west-1", "sluice-connectors", "harbour/1"
ARN = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{NAME}"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/sluice-connectors-reader"
RECORDS = [{"sensor": f"desk-{number}", "text": "ä\ttab"} for number in range(5)]
STREAM = ConsumedStream("c-1", ACCOUNT, REGION, NAME, ARN, f"https://kinesis.{REGION}.amazonaws.com", shards=2)


@dataclass(frozen=True)
class Readers:
    """The keys of three IAM users: one may read, one may assume the role, and one may do nothing."""

    reader: AccessKey
    caller: AccessKey
    stranger: AccessKey


@pytest.fixture(scope="module")
def readers(ministack: MiniStack) -> Iterator[Readers]:
    with pytest.MonkeyPatch.context() as environment:
        for name, value in ministack.environment.items():
            environment.setenv(name, value)
        root = ministack.root(ACCOUNT)
        create_stream(root, NAME, mode="PROVISIONED", shard_count=2, tags={})
        for number, record in enumerate(RECORDS):
            put_record(root, NAME, data=json.dumps(record).encode(), partition_key=str(number))
        users = {name: create_user(root, f"sluice-connectors-{name}", path="/", tags={}) for name in NAMES}
        trust = producer_trust_policy(users["caller"].arn, EXTERNAL_ID)
        create_role(root, "sluice-connectors-reader", path="/", trust=trust, tags={})
        put_role_policy(root, "sluice-connectors-reader", "read", consumer_policy(ARN))
        policies = {"reader": consumer_policy(ARN), "caller": assume_role_policy(ROLE_ARN)}
        for name, document in policies.items():
            given = {"UserName": users[name].name, "PolicyName": name, "PolicyDocument": json.dumps(document)}
            call(root, "iam", "PutUserPolicy", **given)
        yield Readers(*(create_access_key(root, users[name].name) for name in NAMES))


NAMES = ("reader", "caller", "stranger")


def run(
    at: Path, stream: ConsumedStream, key: AccessKey, install: Callable[[Path], None] = real_aws_cli.install
) -> subprocess.CompletedProcess[str]:
    install(at)
    script = at / "read-records.sh"
    script.write_text(aws_cli.settings(stream).file("read-records.sh").text)
    environment = {
        "HOME": str(at),
        "PATH": f"{at}:{os.environ['PATH']}",
        "AWS_ENDPOINT_URL": os.environ["AWS_ENDPOINT_URL"],
        "AWS_ACCESS_KEY_ID": key.access_key_id,
        "AWS_SECRET_ACCESS_KEY": key.secret_access_key,
    }
    if "AWS_CA_BUNDLE" in os.environ:
        environment["AWS_CA_BUNDLE"] = os.environ["AWS_CA_BUNDLE"]
    return subprocess.run(
        ["/bin/sh", str(script)], env=environment, capture_output=True, text=True, check=False, timeout=120
    )


VERSIONS = [real_aws_cli.install, pytest.param(real_aws_cli.install_2, marks=pytest.mark.audit)]


@pytest.mark.parametrize("install", VERSIONS)
def test_the_records_of_every_shard_are_printed(
    readers: Readers, tmp_path: Path, install: Callable[[Path], None]
) -> None:
    done = run(tmp_path, STREAM, readers.reader, install)
    assert done.returncode == 0, done.stderr
    assert sorted(json.loads(line)["sensor"] for line in done.stdout.splitlines()) == [
        record["sensor"] for record in RECORDS
    ]


def test_by_a_role_the_right_external_id_reads_and_another_is_denied(readers: Readers, tmp_path: Path) -> None:
    by_role = replace(STREAM, role=AssumedRole(ROLE_ARN, EXTERNAL_ID))
    done = run(tmp_path, by_role, readers.caller)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == len(RECORDS)
    for role in (AssumedRole(ROLE_ARN, "another"), AssumedRole(ROLE_ARN)):
        refused = run(tmp_path, replace(STREAM, role=role), readers.caller)
        assert (refused.returncode != 0, refused.stdout) == (True, "")
        assert "AccessDenied" in refused.stderr


def test_a_program_without_the_policy_is_denied(readers: Readers, tmp_path: Path) -> None:
    refused = run(tmp_path, STREAM, readers.stranger)
    assert (refused.returncode != 0, refused.stdout) == (True, "")
    assert "AccessDenied" in refused.stderr
