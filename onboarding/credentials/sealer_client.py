"""The worker's side of one encrypting process: asks, waits so long and no longer, and never sees the secret."""

import base64
import contextlib
import json
import socket
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from onboarding.credentials.sealing_server_client import SERVER, Child, ServerEnded
from onboarding.provisioning.vault_protocol import SealerEnded
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.records import PutReceipt
from portal.aws.session import AwsSession
from portal.messages.message import Message, from_json
from portal.openpgp.encrypt import SealedMessage, SealingFailed
from portal.openpgp.homes import HomeFull, create_home, remove

__all__ = ["Created", "Minted", "Recipient", "Sealer", "SealingFailed"]

MINT_SECONDS = 45
PROVE_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who can open a copy: the full fingerprint that a person confirmed, and the armored certificate.

    One that `wants_mail` gets its copy as a PGP/MIME mail too, so it is encrypted in that form as well.
    """

    fingerprint: str
    certificate: str
    wants_mail: bool = False


@dataclass(frozen=True, slots=True)
class Created:
    """A new secret as the worker knows it: what is public of it, and one encrypted copy for each recipient."""

    public: Mapping[str, Any]
    copies: tuple[SealedMessage, ...]


@dataclass(frozen=True, slots=True)
class Minted:
    """A new access key as the worker knows it: its ID, and one encrypted copy for each recipient, in their order."""

    access_key_id: str
    copies: tuple[SealedMessage, ...]


class Sealer:
    """One encrypting process, for one secret. Use it in a `with`, or close it."""

    def __init__(self, child: Child, channel: socket.socket, scratch: Path) -> None:
        self._child = child
        self._channel = channel
        self._answers = channel.makefile("rb")
        self._scratch = scratch
        self._is_ended = False

    @classmethod
    def start(cls, *, region: str = "us-east-1") -> Self:
        """Have a new process forked, prepared for a Region; it idles until it is asked.

        Raises SealingFailed without space for GnuPG.
        """
        try:
            scratch = create_home()
        except HomeFull as error:
            raise SealingFailed(Message("openpgp.no_space")) from error
        try:
            return cls(*SERVER.fork(scratch, region=region), scratch)
        except ServerEnded as error:
            remove(scratch)
            raise SealerEnded(Message("sealing.ended", seconds=0)) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def create(self, kind: str, given: Mapping[str, Any], recipients: Sequence[Recipient]) -> Created:
        """Create a secret of a kind (KINDS of sealer.py) and return it encrypted; at most 45 seconds.

        Encryption is rehearsed first; if it fails afterwards the secret is discarded. Raises SealingFailed
        (SealerEnded when the process is gone) or AwsFault. After either a secret may exist that no one can use.
        """
        listed = [asdict(recipient) for recipient in recipients]
        answer = self._ask({**given, "op": "mint", "kind": kind, "recipients": listed}, seconds=MINT_SECONDS)
        return Created(answer["public"], tuple(SealedMessage(**copy) for copy in answer["copies"]))

    def use(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Use the secret once as proof, and return what shows that it works; at most 15 seconds. Raises as `create`."""
        proof: Mapping[str, Any] = self._ask({**given, "op": "prove"}, seconds=PROVE_SECONDS)["proof"]
        return proof

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
        """Create an access key of the user and return it encrypted, one copy for each recipient; at most 45 seconds.

        CreateAccessKey is sent once. `endpoint` are settings for the profile, as onboarding.credentials.contents takes
        them. Raises as `create` does; after that, delete the user's keys.
        https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html
        """
        request = {
            "credentials": asdict(aws.credentials) if aws.credentials else None,
            "region": aws.region,
            "account_id": aws.account_id,
            "fips": aws.fips,
            "endpoint": dict(endpoint or {}),
            "user_name": user_name,
            "stream_name": stream_name,
            "stream_arn": stream_arn,
        }
        created = self.create("access_key", request, recipients)
        return Minted(created.public["access_key_id"], created.copies)

    def prove(self, data: bytes, partition_key: str) -> PutReceipt:
        """Put one record into the data stream with the new access key; at most 15 seconds.

        Raises AwsFault: for some seconds after its creation a key is not known everywhere, so DENIED and PROPAGATING
        are worth another try. Raises SealingFailed if no key was created, SealerEnded if the process ended.
        """
        proof = self.use({"data": base64.b64encode(data).decode(), "partition_key": partition_key})
        return PutReceipt(shard_id=proof["shard_id"], sequence_number=proof["sequence_number"])

    def close(self) -> None:
        """End the process, and with it the last trace of the secret. May be called twice."""
        try:
            self._end()
        finally:
            self._answers.close()
            self._channel.close()
            remove(self._scratch)

    def _ask(self, request: Mapping[str, Any], *, seconds: float) -> dict[str, Any]:
        line = self._exchange(json.dumps(request).encode() + b"\n", seconds)
        if not line.endswith(b"\n"):  # it has ended, or does not answer in time
            self._end()
            raise SealerEnded(Message("sealing.ended", seconds=seconds))
        return _checked(json.loads(line))

    def _exchange(self, line: bytes, seconds: float) -> bytes:
        if self._is_ended:
            return b""
        with contextlib.suppress(OSError):
            self._channel.settimeout(seconds)
            self._channel.sendall(line)
            return self._answers.readline()
        return b""

    def _end(self) -> None:
        if not self._is_ended:
            self._is_ended = True
            SERVER.end(self._child)


def _checked(answer: dict[str, Any]) -> dict[str, Any]:
    if answer["ok"]:
        return answer
    if answer["kind"] == "SEALING":
        raise SealingFailed(from_json(answer["message"]))
    raise AwsFault(FaultKind[answer["kind"]], answer["code"], answer["operation"], answer["message"])
