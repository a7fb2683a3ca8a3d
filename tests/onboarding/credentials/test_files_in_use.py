"""The files of a real access key, each used by its own tool: AWS accepts a record through every one of them."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import yaml

from onboarding.credentials.contents import read_bundle
from onboarding.models.states import CredentialState
from portal.openpgp.decrypt import decrypt
from tests import real_aws_cli
from tests.onboarding.provisioning.driving import applied
from tests.world import World

pytestmark = [pytest.mark.audit, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parents[3]
CLI_2 = ROOT / "var/aws-cli-2"
PUT = (
    "import boto3; print(boto3.client('kinesis')"
    ".put_record(StreamName='sluice-sensors', PartitionKey='test', Data=b'Hello'))"
)
Environment = dict[str, str]


def unpacked(world: World, at: Path) -> str:
    """The files of a new key in a folder, as its recipient unpacks them; and the IAM user's name."""
    integration, _ = applied(world, delivery=False)
    credential = integration.credentials.get(state=CredentialState.READY)
    archive = decrypt(credential.copies.get(audience="client").ciphertext, private_key=world.client_key.private_key)
    for name, content in read_bundle(archive).items():
        (at / name).write_bytes(content)
    return str(credential.user_name)


def terminal(at: Path, **more: str) -> Environment:
    """A terminal without any identity; what leads to the emulator is no part of the files."""
    leads = ("AWS_ENDPOINT_URL", "AWS_CA_BUNDLE", "AWS_EC2_METADATA_DISABLED")
    return {"HOME": str(at), "PATH": os.environ["PATH"], **{name: os.environ[name] for name in leads}, **more}


def run(command: list[str], at: Path, environment: Mapping[str, str]) -> str:
    done = subprocess.run(
        command, cwd=at, env=dict(environment), capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def cli_2(*given: str) -> list[str]:
    if not (CLI_2 / "usr/bin/aws").exists():
        raise RuntimeError("AWS CLI version 2 is missing: make var/aws-cli-2/.unpacked")
    return ["/usr/bin/python3", str(CLI_2 / "usr/bin/aws"), *given]


def with_profile(at: Path) -> None:
    (at / ".aws").mkdir()
    (at / ".aws/credentials").write_bytes((at / "profile").read_bytes())


def by_import(at: Path, user: str) -> str:
    environment = terminal(at, PYTHONPATH=str(CLI_2 / "usr/lib/python3/dist-packages"))
    assert run(cli_2("--version"), at, environment).startswith("aws-cli/2.")
    printed = run(cli_2("configure", "import", "--csv", "file://credentials.csv"), at, environment)
    assert "Successfully imported 1 profile(s)" in printed
    record = ("--stream-name", "sluice-sensors", "--partition-key", "test", "--data", "SGVsbG8=")
    # This version reads no address from the environment, and the import sets no Region.
    where = ("--endpoint-url", environment["AWS_ENDPOINT_URL"], "--region", "eu-west-1")
    return run(cli_2("kinesis", "put-record", "--profile", user, *record, *where), at, environment)


def by_command(at: Path, user: str) -> str:
    with_profile(at)
    (at / "bin").mkdir()
    real_aws_cli.install(at / "bin")
    environment = terminal(at, PATH=f"{at / 'bin'}:{os.environ['PATH']}")
    return run(["sh", "put_record.txt"], at, environment)


def by_script(at: Path, user: str) -> str:
    with_profile(at)
    return run([sys.executable, "put_record.py"], at, terminal(at))


def by_docker(at: Path, user: str) -> str:
    # https://docs.docker.com/reference/cli/docker/container/run/#env: a line is a name and a value, as it is.
    lines = [line for line in (at / "docker.env").read_text().splitlines() if line and not line.startswith("#")]
    variables = dict(line.split("=", 1) for line in lines)
    return run([sys.executable, "-c", PUT], at, terminal(at, **variables))


def by_kubernetes(at: Path, user: str) -> str:
    manifest = yaml.safe_load((at / "kubernetes-secret.yaml").read_text())
    assert (manifest["apiVersion"], manifest["kind"], manifest["type"]) == ("v1", "Secret", "Opaque")
    return run([sys.executable, "-c", PUT], at, terminal(at, **manifest["stringData"]))


@pytest.mark.parametrize("way", [by_import, by_command, by_script, by_docker, by_kubernetes])
def test_aws_accepts_a_record(world: World, tmp_path: Path, way: Callable[[Path, str], str]) -> None:
    user = unpacked(world, tmp_path)
    printed = way(tmp_path, user)
    assert "shardId-" in printed
    assert "SequenceNumber" in printed
