"""The worker's side of the sealing process: starts it, asks, waits so long and no longer, never sees the secret."""

import base64
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from onboarding.provisioning.vault_protocol import SealerEnded
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.records import PutReceipt
from portal.aws.session import AwsSession
from portal.messages.message import Message, from_json
from portal.openpgp.encrypt import SealedMessage, SealingFailed
from portal.openpgp.homes import HomeFull, create_home, remove

__all__ = ["Minted", "Recipient", "Sealer", "SealingFailed"]

MINT_SECONDS = 45
PROVE_SECONDS = 15
_CLOSE_SECONDS = 3
_KILL_SECONDS = 5
_ROOT = Path(__file__).resolve().parents[2]
# What AWS's SDK and the system need. The portal's own secrets (database, Redis, Django) stay outside.
# What the way to AWS and GnuPG need. The role's session comes through standard input.
_PASSED = frozenset(
    {
        *("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR"),
        *("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "no_proxy"),
        *("SSL_CERT_FILE", "SSL_CERT_DIR", "AWS_CA_BUNDLE", "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"),
    }
)
_PASSED_PREFIX = "AWS_ENDPOINT_URL"  # and AWS_ENDPOINT_URL_<service>
# The portal's own access key is found in none of the places where botocore searches for one.
_NO_CREDENTIALS = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who can open a copy: the full fingerprint that a person confirmed, and the armored certificate."""

    fingerprint: str
    certificate: str


@dataclass(frozen=True, slots=True)
class Minted:
    """A new access key as the worker knows it: its ID, and one encrypted copy for each recipient, in their order."""

    access_key_id: str
    copies: tuple[SealedMessage, ...]


class Sealer:
    """One sealing process, for one access key. Use it in a `with`, or close it."""

    def __init__(self, process: "subprocess.Popen[bytes]", scratch: Path) -> None:
        self._process = process
        self._scratch = scratch

    @classmethod
    def start(cls) -> Self:
        """Start a fresh process. It idles until it is asked. Raises SealingFailed without space for GnuPG."""
        try:
            scratch = create_home()
        except HomeFull as error:
            raise SealingFailed(Message("openpgp.no_space")) from error
        process = subprocess.Popen(
            [sys.executable, "-m", "onboarding.credentials.sealer", str(scratch)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # An exception's last words could quote an answer of AWS; nothing of them may reach the worker's log.
            stderr=subprocess.DEVNULL,
            env=_environment(os.environ),
            cwd=_ROOT,
            start_new_session=True,
        )
        return cls(process, scratch)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def mint(
        self,
        aws: AwsSession,
        *,
        user_name: str,
        stream_name: str,
        stream_arn: str,
        recipients: Sequence[Recipient],
        endpoint: Mapping[str, str] | None = None,
    ) -> Minted:
        """Make an access key of the user and return it encrypted, one copy for each recipient; at most 45 seconds.

        Encryption is rehearsed first; CreateAccessKey is sent once; if sealing fails afterwards the key is deleted.
        `endpoint` are settings for the profile, as onboarding.credentials.contents takes them.
        Raises SealingFailed (SealerEnded when the process is gone) or AwsFault. After either a key may exist that
        no one can use: delete the user's keys.
        https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html
        """
        request = {
            "op": "mint",
            "credentials": asdict(aws.credentials) if aws.credentials else None,
            "region": aws.region,
            "account_id": aws.account_id,
            "fips": aws.fips,
            "endpoint": dict(endpoint or {}),
            "user_name": user_name,
            "stream_name": stream_name,
            "stream_arn": stream_arn,
            "recipients": [asdict(recipient) for recipient in recipients],
        }
        answer = self._ask(request, seconds=MINT_SECONDS)
        return Minted(answer["access_key_id"], tuple(SealedMessage(**copy) for copy in answer["copies"]))

    def prove(self, data: bytes, partition_key: str) -> PutReceipt:
        """Put one record into the data stream with the new access key; at most 15 seconds.

        Raises AwsFault: for some seconds after its making a key is not known everywhere, so DENIED and PROPAGATING
        are worth another try. Raises SealingFailed if no key was created, SealerEnded if the process ended.
        """
        request = {"op": "prove", "data": base64.b64encode(data).decode(), "partition_key": partition_key}
        answer = self._ask(request, seconds=PROVE_SECONDS)
        return PutReceipt(shard_id=answer["shard_id"], sequence_number=answer["sequence_number"])

    def close(self) -> None:
        """End the process, and with it the last trace of the secret. May be called twice."""
        try:
            with contextlib.suppress(subprocess.TimeoutExpired, ValueError):  # ValueError: closed before
                self._process.communicate(timeout=_CLOSE_SECONDS)
        finally:
            self._kill()
            remove(self._scratch)

    def _ask(self, request: Mapping[str, Any], *, seconds: float) -> dict[str, Any]:
        deadline = threading.Timer(seconds, self._kill)
        deadline.daemon = True
        deadline.start()
        try:
            line = self._exchange(json.dumps(request).encode() + b"\n")
        finally:
            deadline.cancel()
        if not line.endswith(b"\n"):
            raise SealerEnded(Message("sealing.ended", seconds=seconds))
        return _checked(json.loads(line))

    def _exchange(self, line: bytes) -> bytes:
        to_child, from_child = self._process.stdin, self._process.stdout
        if to_child is None or from_child is None or to_child.closed:
            return b""
        try:
            to_child.write(line)
            to_child.flush()
        except BrokenPipeError:
            return b""
        return from_child.readline()

    def _kill(self) -> None:
        # The whole group, so that GnuPG goes too.
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):  # it may end by itself just now
                os.killpg(self._process.pid, signal.SIGKILL)
            with contextlib.suppress(subprocess.TimeoutExpired):  # the kernel can hold back what was killed
                self._process.wait(_KILL_SECONDS)


def _environment(of_worker: Mapping[str, str]) -> dict[str, str]:
    passed = {name: value for name, value in of_worker.items() if name in _PASSED or name.startswith(_PASSED_PREFIX)}
    return passed | _NO_CREDENTIALS | {"PYTHONPATH": str(_ROOT)}


def _checked(answer: dict[str, Any]) -> dict[str, Any]:
    if answer["ok"]:
        return answer
    if answer["kind"] == "SEALING":
        raise SealingFailed(from_json(answer["message"]))
    raise AwsFault(FaultKind[answer["kind"]], answer["code"], answer["operation"], answer["message"])
