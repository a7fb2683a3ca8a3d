"""The process that sees a new secret. It is forked for one secret by sealing_server.py, and ends with it.

The secret is created, encrypted at once, and can be used once as proof; then the process ends with the secret still
inside. One line of JSON in, one line of JSON out; docs/credentials.md has the protocol. Each operation is carried out
in a fork, so that the process that holds the secret stays small. It never imports Django or Celery.
"""

import contextlib
import ctypes
import json
import logging
import os
import re
import resource
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Self

from onboarding.credentials.new_access_key import NewAccessKey
from onboarding.credentials.new_device_key import NewDeviceKey
from onboarding.credentials.new_secret import NewSecret
from onboarding.credentials.sealed_copies import seal
from portal.aws.errors import AwsFault
from portal.messages.message import Message
from portal.openpgp.encrypt import SealingFailed

Answer = dict[str, Any]

# Every kind of secret that can be created and encrypted here.
KINDS: Mapping[str, type[NewSecret]] = {"access_key": NewAccessKey, "device_key": NewDeviceKey}
# Longer than any secret is held: 30 s until IAM knows its user, 45 s to create it, 40 s until AWS knows the key.
LIFETIME_SECONDS = 150
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE = 1, 4
# At DEBUG these print whole answers of AWS, whole keys, and what they encrypt.
_TALKATIVE = ("botocore", "boto3", "urllib3", "s3transfer", "gnupg")
# A secret access key is 40 letters of this alphabet.
_LIKE_A_SECRET = re.compile(r"[A-Za-z0-9/+]{40,}")


def harden() -> None:
    """Leave no core file, no memory for debuggers, and no log of what AWS and GnuPG say."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    logging.getLogger().setLevel(logging.WARNING)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def limit_life(parent: int) -> None:
    """End this process by the kernel: with its parent, and in any case after LIFETIME_SECONDS."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, LIFETIME_SECONDS)
    end_with_parent(parent)


def end_with_parent(parent: int) -> None:
    """End this process by the kernel when its parent ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it ended before the line above
        os._exit(1)


def serve(
    requests: BinaryIO,
    answers: BinaryIO,
    *,
    scratch: Path | None = None,
    operate: Callable[["Operation"], "Outcome"] | None = None,
) -> None:
    """Answer requests line by line, until they end or one is "forget"; `scratch` is for GnuPG's homes.

    `operate` carries out each operation, usually `apart`; without it they are carried out right here.
    """
    held: Held | None = None
    for line in requests:
        request = json.loads(line)
        if request["op"] == "forget":
            return
        outcome = (operate or Operation.outcome)(Operation(request, held, scratch))
        held = outcome.held
        try:
            answers.write(json.dumps(outcome.answer).encode() + b"\n")
            answers.flush()
        except (BrokenPipeError, ConnectionResetError):
            if held:
                held.secret().discard()
            return


def apart(operation: "Operation") -> "Outcome":
    """Carry an operation out in a fork: what it loads and touches is not held for as long as the secret is.

    Ends this process if the fork ends without an outcome: a secret may exist that no one knows.
    """
    parent = os.getpid()
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        with _end_of_process():
            end_with_parent(parent)
            os.close(reads)
            with os.fdopen(writes, "wb") as pipe:
                pipe.write(operation.outcome().as_json())
    os.close(writes)
    with os.fdopen(reads, "rb") as pipe:
        found = pipe.read()
    os.waitpid(child, 0)
    if not found:
        os._exit(1)
    return Outcome.from_json(found)


@contextlib.contextmanager
def _end_of_process() -> Iterator[None]:
    ended = 1
    try:
        yield
        ended = 0
    finally:
        os._exit(ended)


@dataclass(frozen=True, slots=True)
class Held:
    """What is held of a secret: its request, without the recipients, and what its kind keeps."""

    request: Answer = field(repr=False)
    kept: Any = field(repr=False)

    def secret(self) -> NewSecret:
        """Return the secret as its kind sees it."""
        secret = KINDS[self.request["kind"]](self.request)
        secret.restore(self.kept)
        return secret


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to a request, which says nothing secret, and what is held afterwards."""

    answer: Answer
    held: Held | None = field(repr=False)

    def as_json(self) -> bytes:
        """Return both as JSON, for the pipe between a fork and the process that holds."""
        held = [self.held.request, self.held.kept] if self.held else None
        return json.dumps([self.answer, held]).encode()

    @classmethod
    def from_json(cls, text: bytes) -> Self:
        """Return the outcome that `as_json` wrote."""
        answer, held = json.loads(text)
        return cls(answer, Held(*held) if held else None)


class Operation:
    """One request, and what is held of the secret before it."""

    def __init__(self, request: Answer, held: Held | None, scratch: Path | None) -> None:
        self._request = request
        self._held = held
        self._scratch = scratch
        self._secret: NewSecret | None = None

    def outcome(self) -> Outcome:
        """Carry it out; whatever happens is an answer."""
        operations = {"mint": self._mint, "prove": self._prove}
        try:
            answer = {"ok": True} | operations[self._request["op"]]()
        except AwsFault as fault:
            answer = self._refused(fault.kind.name, fault.code, fault.operation, fault.aws_text)
        except SealingFailed as failure:
            answer = {"ok": False, "kind": "SEALING", "message": failure.message.as_json()}
        except Exception as error:  # its text may quote AWS's answer, which is the secret: only its name goes out
            answer = self._refused("INTERNAL", type(error).__name__, self._request["op"], "")
        return Outcome(answer, self._held)

    def _mint(self) -> Answer:
        request = self._request
        if self._held:
            raise SealingFailed(Message("sealing.key_exists"))
        recipients = request["recipients"]
        if not recipients:
            raise SealingFailed(Message("sealing.no_recipient"))
        self._secret = KINDS[request["kind"]](request)
        self._seal(os.urandom(512), recipients)  # a rehearsal: most failures come here, with nothing to lose
        public = self._secret.create()
        with self._or_none(self._secret):
            copies = self._seal(self._secret.contents(), recipients, self._secret)
        given = {name: value for name, value in request.items() if name != "recipients"}
        self._held = Held(given, self._secret.kept())
        return {"public": public, "copies": copies}

    def _prove(self) -> Answer:
        if self._held is None:
            raise SealingFailed(Message("sealing.no_key"))
        self._secret = self._held.secret()
        return {"proof": self._secret.prove(self._request)}

    def _seal(self, plaintext: bytes, recipients: list[Answer], secret: NewSecret | None = None) -> list[Answer]:
        def name(recipient: Answer) -> str:
            return secret.file_name(recipient["fingerprint"]) if secret else ""

        scratch = self._scratch
        return [asdict(seal(plaintext, given, file_name=name(given), scratch=scratch)) for given in recipients]

    @contextlib.contextmanager
    def _or_none(self, secret: NewSecret) -> Iterator[None]:
        try:
            yield
        except BaseException:
            secret.discard()
            raise

    def _refused(self, kind: str, code: str, operation: str, message: str) -> Answer:
        hidden = _LIKE_A_SECRET.sub("…", message)
        for part in self._secret.parts() if self._secret else ():
            hidden = hidden.replace(part, "…")
        return {"ok": False, "kind": kind, "code": code, "operation": operation, "message": hidden}
