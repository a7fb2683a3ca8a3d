"""Two kinds of AWS for these tests: moto in this process, and an emulator that enforces IAM, in another."""

import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme
from moto import mock_aws

from portal.aws.session import AwsCredentials, AwsSession, assume_role

REPOSITORY = Path(__file__).parents[3]
REGION = "eu-west-1"
CLIENT_ACCOUNT = "111122223333"
OTHER_ACCOUNT = "444455556666"
PORTAL_ACCOUNT = "999900001111"

_CLEAN = {
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}


@pytest.fixture(autouse=True)
def _no_aws_of_the_machine(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if "cloud" in request.fixturenames:
        return
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in {**_CLEAN, "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def aws(_no_aws_of_the_machine: None) -> Iterator[AwsSession]:
    with mock_aws():
        yield assume_role(
            role_arn=f"arn:aws:iam::{CLIENT_ACCOUNT}:role/SluiceAccess",
            external_id="sluice-test",
            session_name="test",
            region=REGION,
        )


@dataclass(frozen=True)
class Emulator:
    endpoint_url: str
    ca_bundle: Path

    def root(self, account_id: str) -> AwsSession:
        return AwsSession(
            account_id=account_id,
            region=REGION,
            credentials=AwsCredentials(access_key_id=account_id, secret_access_key="test"),
        )


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    folder = tmp_path_factory.mktemp("emulator")
    ca_bundle, tls = _certificates(folder)
    port = _free_port()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "hypercorn", "portal.local.emulator:app", "--workers", "0"]
            + ["--bind", f"127.0.0.1:{port}", "--graceful-timeout", "1", *tls],
            env=_settings(folder, port),
            cwd=folder,
            stdout=log,
            stderr=log,
        )
    try:
        _wait_until_it_answers(process, port, ca_bundle, folder / "log")
        yield Emulator(f"https://127.0.0.1:{port}", ca_bundle)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(3)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def cloud(emulator: Emulator) -> Iterator[Emulator]:
    with pytest.MonkeyPatch.context() as environment:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            environment.delenv(name)
        for name, value in _CLEAN.items():
            environment.setenv(name, value)
        environment.setenv("AWS_ENDPOINT_URL", emulator.endpoint_url)
        environment.setenv("AWS_CA_BUNDLE", str(emulator.ca_bundle))
        yield emulator


def _certificates(folder: Path) -> tuple[Path, list[str]]:
    authority = trustme.CA()
    server = authority.issue_cert("127.0.0.1", "localhost")
    ca_bundle, certificate, key = folder / "ca.pem", folder / "server.pem", folder / "server.key"
    authority.cert_pem.write_to_path(str(ca_bundle))
    server.private_key_pem.write_to_path(str(key))
    certificate.write_bytes(b"".join(blob.bytes() for blob in server.cert_chain_pems))
    return ca_bundle, ["--certfile", str(certificate), "--keyfile", str(key)]


def _settings(folder: Path, port: int) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(REPOSITORY),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "AUTH": "true",
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "USE_SSL": "1",
        "MINISTACK_REGION": REGION,
        "LOG_LEVEL": "WARNING",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{folder}/no-docker.sock",
    }


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int, ca_bundle: Path, log: Path) -> None:
    https = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=str(ca_bundle)))
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), https)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with opener.open(f"https://127.0.0.1:{port}/_ministack/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"the emulator did not start:\n{log.read_text()[-2000:]}")
