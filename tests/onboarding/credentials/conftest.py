import http.client
import os
import socket
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from onboarding.credentials.sealer_client import Recipient
from onboarding.credentials.vendor_key import vendor_certificate
from portal.aws.credentials import AwsCredentials
from portal.aws.iam.users import create_user
from portal.aws.kinesis import create_stream
from portal.aws.session import AwsSession
from portal.openpgp.certificates import inspect
from portal.openpgp.generate import generate_keypair
from tests.world import Keypair

REGION = "eu-west-1"
STREAM = "sluice-harbour"
STREAM_ARN = f"arn:aws:kinesis:{REGION}:123456789012:stream/{STREAM}"


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody with a key pair, and the recipient that they are to the portal."""

    recipient: Recipient
    private_key: str


@pytest.fixture(autouse=True, scope="module")
def children() -> None:
    """Here these processes themselves are tested: they are started as the product starts them."""


@pytest.fixture(scope="session")
def owners() -> list[Owner]:
    return [_owner("Northwind Estates", "ed25519"), _owner("Sluice delivery", "rsa2048")]


@pytest.fixture
def vendor(settings, tmp_path: Path, vendor_keypair: Keypair) -> str:
    settings.SLUICE_VENDOR_CERTIFICATE_FILE = tmp_path / "delivery.asc"
    settings.SLUICE_VENDOR_CERTIFICATE_FILE.write_text(vendor_keypair.certificate)
    return vendor_certificate().fingerprint


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    # A process of its own: what the sealer does must survive in it when the sealer is killed.
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=_quiet())
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(url)
        yield url
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture
def aws(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> AwsSession:
    _point_at(endpoint, monkeypatch)
    _ask(endpoint, "POST", "/moto-api/reset")
    session = client_session()
    create_user(session, "sluice-1-1", path="/sluice/", tags={}, boundary_arn=None)
    create_stream(session, STREAM, mode="PROVISIONED", shard_count=1, tags={})
    return session


def client_session() -> AwsSession:
    credentials = AwsCredentials(access_key_id="AKIAMAKER", secret_access_key="maker", session_token="token")
    return AwsSession(region=REGION, credentials=credentials, account_id="123456789012")


def _point_at(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def _owner(user_id: str, algorithm: str) -> Owner:
    certificate, private_key = generate_keypair(user_id, algorithm=algorithm)
    found = inspect(certificate)
    return Owner(Recipient(found.fingerprint, found.armored), private_key)


def _quiet() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            _ask(url, "GET", "/moto-api/data.json")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("The AWS emulator did not start within 30 seconds.")


def _ask(url: str, method: str, path: str) -> None:
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=10)
    connection.request(method, path)
    connection.getresponse().read()
    connection.close()
