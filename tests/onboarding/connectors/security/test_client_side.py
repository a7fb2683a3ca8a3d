"""The sample round-trips with the AWS Encryption SDK itself, and each side has only its own action."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from onboarding.connectors.consumed_stream import ConsumedStream
from onboarding.connectors.security import client_side
from portal.aws.calls import call
from portal.aws.iam.access_keys import create_access_key
from portal.aws.iam.users import create_user
from portal.local.ministack import MiniStack

ACCOUNT, REGION, NAME = "210000000072", "eu-west-1", "sluice-encrypted"
ARN = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{NAME}"
STREAM = ConsumedStream("c-2", ACCOUNT, REGION, NAME, ARN, f"https://kinesis.{REGION}.amazonaws.com")
PROGRAM = """
import sys
import encrypted_records as sample
side, at = sys.argv[1], sys.argv[2]
found = sample.materials()
data = open(at, "rb").read()
sys.stdout.buffer.write(sample.encrypted(data, found) if side == "encrypt" else sample.decrypted(data, found))
"""
RECORD = b'{"sensor": "desk-4", "occupied": true}'


@dataclass(frozen=True)
class Side:
    """A user of one side, with its keys in the environment of its program."""

    folder: Path
    environment: dict[str, str]

    def run(self, side: str, data: bytes) -> subprocess.CompletedProcess[bytes]:
        (self.folder / "data").write_bytes(data)
        command = [sys.executable, "-c", PROGRAM, side, str(self.folder / "data")]
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, check=False, timeout=120
        )


@pytest.mark.audit
def test_a_record_round_trips_and_is_bound_to_its_stream(ministack_env: MiniStack, tmp_path: Path) -> None:
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--target",
        str(tmp_path),
        client_side.SDK,
        "wrapt",
        "attrs",
    ]
    subprocess.run([*pip, "--no-deps"], check=True, timeout=300)
    root = ministack_env.root(ACCOUNT)
    key_arn = call(root, "kms", "CreateKey")["KeyMetadata"]["Arn"]
    option = client_side.option(STREAM)
    to_fill_in = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{client_side.KEY_TO_FILL_IN}"
    (tmp_path / "encrypted_records.py").write_text(option.files[0].text.replace(to_fill_in, key_arn))
    sides = []
    for number, policy in enumerate(option.policies):
        user = create_user(root, f"sluice-encrypted-{number}", path="/", tags={})
        document = json.dumps(policy.document).replace(to_fill_in, key_arn)
        call(root, "iam", "PutUserPolicy", UserName=user.name, PolicyName="key", PolicyDocument=document)
        key = create_access_key(root, user.name)
        sides.append(Side(tmp_path, environment(ministack_env, key.access_key_id, key.secret_access_key, tmp_path)))
    producer, consumer = sides
    sent = producer.run("encrypt", RECORD)
    assert sent.returncode == 0, sent.stderr
    assert RECORD not in sent.stdout
    received = consumer.run("decrypt", sent.stdout)
    assert (received.returncode, received.stdout) == (0, RECORD), received.stderr
    # The producer cannot read, the consumer cannot write, and a changed record is refused.
    assert producer.run("decrypt", sent.stdout).returncode != 0
    assert consumer.run("encrypt", RECORD).returncode != 0
    changed = sent.stdout[:-1] + bytes([sent.stdout[-1] ^ 1])
    assert consumer.run("decrypt", changed).returncode != 0


def environment(ministack: MiniStack, key_id: str, secret: str, folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in ministack.environment.items() if "KEY" not in name}
    keys = {"AWS_ACCESS_KEY_ID": key_id, "AWS_SECRET_ACCESS_KEY": secret, "AWS_DEFAULT_REGION": REGION}
    return {**kept, **keys, "HOME": str(folder), "PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin"}
