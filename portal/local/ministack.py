"""MiniStack, the AWS emulator that enforces IAM, as a child process on 127.0.0.1 with TLS.

It has two ports: one for AWS's API, and one for devices that connect over MQTT with mutual TLS. It runs from an
environment of its own, `.venv-emulator`, so that it does not decide which botocore the portal has.

The root user of every account is the access key whose ID is the account's twelve digits and whose secret is `test`.
"""

import json
import os
import shutil
import ssl
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

import trustme

from portal.aws.credentials import AwsCredentials
from portal.aws.regions import regions_of
from portal.aws.session import AwsSession
from portal.local.ports import free_port
from portal.local.processes import ChildProcess, DidNotStart, base_environment, start_process

HOST = "127.0.0.1"
ROOT_SECRET = "test"  # noqa: S105  (MiniStack's own constant; no secret)
DEFAULT_REGION = "eu-west-1"
_ATTEMPTS = 3
APP = "portal.local.emulator.app:app"
_PROJECT = Path(__file__).resolve().parents[2]  # where the package `portal.local.emulator` is found
_PYTHON = _PROJECT / ".venv-emulator" / "bin" / "python"  # as the Makefile creates it
_SECONDS_TO_WRITE = 8.0
_SECONDS_TO_END = 0.5  # it would wait half a minute for clients that keep their connection


class MiniStack:
    """A running emulator; `.environment` is what a client of it needs besides credentials.

    Devices connect to `mqtt_port` of 127.0.0.1 in place of port 8883 of the host that AWS IoT names.
    """

    def __init__(
        self, process: ChildProcess, port: int, mqtt_port: int, ca_bundle: Path, *, stop_seconds: float
    ) -> None:
        self.process = process
        self.port = port
        self.mqtt_port = mqtt_port
        self._stop_seconds = stop_seconds
        self.endpoint_url = f"https://{HOST}:{port}"
        self.ca_bundle = ca_bundle

    @property
    def environment(self) -> dict[str, str]:
        """The standard AWS variables that lead to the emulator and nowhere else, and the port of its MQTT."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "EMULATOR_MQTT_PORT": str(self.mqtt_port),
            "AWS_CA_BUNDLE": str(self.ca_bundle),
            "AWS_DEFAULT_REGION": DEFAULT_REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    def root(self, account_id: str, *, region: str = DEFAULT_REGION) -> AwsSession:
        """Return a session of the account's root user; needs `.environment` in os.environ."""
        return root_session(account_id, region=region)

    def stop(self) -> None:
        """Shut down; what it keeps is written now, once its clients have closed their connections."""
        self.process.stop(seconds=self._stop_seconds)


def root_session(account_id: str, *, region: str = DEFAULT_REGION) -> AwsSession:
    """Return a session of the root user of an emulated account, at the endpoint the AWS environment names."""
    credentials = AwsCredentials(access_key_id=account_id, secret_access_key=ROOT_SECRET)
    return AwsSession(account_id=account_id, region=region, credentials=credentials)


def interpreter() -> Path:
    """Return the Python that has MiniStack installed; raises DidNotStart if it is missing."""
    if not _PYTHON.exists():
        environment = _PYTHON.parents[1].name
        raise DidNotStart(f"The AWS emulator is not installed. Run: make {environment}/.installed")
    return _PYTHON


def import_environment() -> dict[str, str]:
    """Return the environment in which that Python finds `portal.local.emulator`, and nothing of this process's own."""
    return {**base_environment(), "PYTHONPATH": str(_PROJECT)}


def start(
    folder: Path, *, log: Path, state: Path | None = None, app: str = "portal.local.emulator.app:app"
) -> MiniStack:
    """Start an emulator on a free port, with its certificate in `folder`.

    With `state`, it reads what it kept there and writes it again when it stops in good order: every secret access key
    among it, since it plays AWS, so the folder is made for the owner only. Raises DidNotStart.
    """
    certificate, key, ca_bundle = _certificate(folder)
    device_files = {"EMULATOR_MQTT_CERTIFICATE": str(certificate), "EMULATOR_MQTT_KEY": str(key)}
    environment = {**import_environment(), **_settings(folder), **device_files, **(_keeping(state) if state else {})}
    command = (interpreter(), "-m", "hypercorn", app, "--certfile", certificate, "--keyfile", key)
    for attempt in range(1, _ATTEMPTS + 1):
        port, mqtt_port = free_port(HOST), free_port(HOST)
        environment |= {"GATEWAY_PORT": str(port), "IOT_MTLS_PORT": str(mqtt_port)}
        try:
            process = _start_once(port, command, environment, log=log, ca_bundle=ca_bundle)
        except DidNotStart:
            if attempt == _ATTEMPTS:
                raise
        else:
            return MiniStack(
                process, port, mqtt_port, ca_bundle, stop_seconds=_SECONDS_TO_WRITE if state else _SECONDS_TO_END
            )
    raise AssertionError("unreachable")


def _start_once(
    port: int, command: Sequence[str | Path], environment: dict[str, str], *, log: Path, ca_bundle: Path
) -> ChildProcess:
    # Its own command would also listen on port 443 when run by root, and waits long for idle connections at the end.
    options = ("--workers", "0", "--bind", f"{HOST}:{port}", "--log-level", "WARNING")
    process = start_process(
        "MiniStack",
        [*command, *options, "--keep-alive", "75", "--graceful-timeout", "1"],
        log=log,
        environment=environment,
        cwd=ca_bundle.parent,
    )
    context = ssl.create_default_context(cafile=str(ca_bundle))
    process.wait_until(lambda: _answers(port, context), seconds=60)
    return process


def _settings(folder: Path) -> dict[str, str]:
    scratch = folder / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    return {
        "AUTH": "true",
        "BIND_HOST": HOST,
        "MINISTACK_HOST": HOST,
        "USE_SSL": "1",
        "MINISTACK_REGION": DEFAULT_REGION,
        "LOG_LEVEL": "WARNING",
        "TMPDIR": str(scratch),
        # What it would open or search for besides its two ports.
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{scratch}/no-docker.sock",
    }


def _keeping(state: Path) -> dict[str, str]:
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    state.chmod(0o700)
    return {
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state / "services"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state / "s3"),
    }


def _certificate(folder: Path) -> tuple[Path, Path, Path]:
    """Create a certificate authority and a server certificate at every start, so that neither ever expires."""
    shutil.rmtree(folder / "tls", ignore_errors=True)
    tls = folder / "tls"
    tls.mkdir(parents=True, mode=0o700)
    authority = trustme.CA()
    # https://docs.aws.amazon.com/iot/latest/developerguide/iot-connect-devices.html
    devices = (f"*.iot.{region}.amazonaws.com" for region in regions_of(service="iot"))
    server = authority.issue_cert(HOST, "localhost", "::1", *devices)
    certificate, key, ca_bundle = tls / "server.pem", tls / "server.key", tls / "ca.pem"
    server.private_key_pem.write_to_path(str(key))
    key.chmod(0o600)
    certificate.write_bytes(b"".join(blob.bytes() for blob in server.cert_chain_pems))
    authority.cert_pem.write_to_path(str(ca_bundle))
    return certificate, key, ca_bundle


def _answers(port: int, context: ssl.SSLContext) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    try:
        with opener.open(f"https://{HOST}:{port}/_ministack/ready", timeout=2) as answer:
            return bool(json.load(answer)["iot_mtls"] == "listening")
    except (urllib.error.URLError, OSError, ValueError):
        return False
