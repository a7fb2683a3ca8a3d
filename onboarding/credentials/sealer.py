"""The process that sees the secret: `python -m onboarding.credentials.sealer [SCRATCH]`.

It makes one access key, encrypts it at once, can put records with it as proof, and ends with the secret still inside.
One line of JSON in, one line of JSON out; docs/credentials.md has the protocol. It never imports Django or Celery.
"""

import base64
import contextlib
import ctypes
import json
import logging
import os
import re
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from onboarding.credentials.contents import bundle
from portal.aws.credentials import AwsCredentials
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.iam.access_keys import AccessKey, create_access_key, delete_access_key
from portal.aws.records import put_record
from portal.aws.session import AwsSession, portal_session
from portal.messages.message import Message
from portal.openpgp.encrypt import SealingFailed, encrypt
from portal.openpgp.homes import remove

Answer = dict[str, Any]

_PR_SET_DUMPABLE = 4
# For some seconds, IAM does not know everywhere a user that was created a moment ago.
_UNTIL_USER_IS_KNOWN = (0.5, 1.5, 3, 6)
# At DEBUG these print whole answers of AWS, whole keys, and what they encrypt.
_TALKATIVE = ("botocore", "boto3", "urllib3", "s3transfer", "gnupg")
# A secret access key is 40 letters of this alphabet.
_LIKE_A_SECRET = re.compile(r"[A-Za-z0-9/+]{40,}")


def main(arguments: list[str]) -> None:
    """Serve requests on standard input until it ends or "forget" comes."""
    harden()
    scratch = Path(arguments[0]) if arguments else None
    serve(sys.stdin.buffer, sys.stdout.buffer, scratch=scratch)
    with contextlib.suppress(BrokenPipeError):  # no one reads any more, and Python would try once more at its end
        sys.stdout.close()
    if scratch:  # the worker removes it too, unless it was killed
        remove(scratch)


def harden() -> None:
    """Leave no core file, no memory for debuggers, and no log of what AWS and GnuPG say."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    logging.getLogger().setLevel(logging.WARNING)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def serve(requests: BinaryIO, answers: BinaryIO, *, scratch: Path | None = None) -> None:
    """Answer requests line by line; `scratch` is the directory for GnuPG's homes."""
    sealer = _Sealer(scratch)
    for line in requests:
        request = json.loads(line)
        if request["op"] == "forget":
            return
        answer = sealer.answer(request)
        try:
            answers.write(json.dumps(answer).encode() + b"\n")
            answers.flush()
        except BrokenPipeError:
            sealer.give_up()
            return


class _Sealer:
    def __init__(self, scratch: Path | None) -> None:
        self._scratch = scratch
        self._maker: AwsSession | None = None
        self._user_name = ""
        self._stream_name = ""
        self._key: AccessKey | None = None
        self._holder: AwsSession | None = None

    def answer(self, request: Answer) -> Answer:
        operations = {"mint": self._mint, "prove": self._prove}
        try:
            return {"ok": True} | operations[request["op"]](request)
        except AwsFault as fault:
            return self._refused(fault.kind.name, fault.code, fault.operation, fault.aws_text)
        except SealingFailed as failure:
            return {"ok": False, "kind": "SEALING", "message": failure.message.as_json()}
        except Exception as error:  # its text may quote AWS's answer, which is the secret: only its name goes out
            return self._refused("INTERNAL", type(error).__name__, request["op"], "")

    def give_up(self) -> None:
        """Delete a key that no one will ever receive; the run's next attempt would delete it as well."""
        if self._maker and self._key:
            with contextlib.suppress(AwsFault):
                delete_access_key(self._maker, self._user_name, self._key.access_key_id)

    def _mint(self, request: Answer) -> Answer:
        if self._key:
            raise SealingFailed(Message("sealing.key_exists"))
        recipients = [(given["fingerprint"], given["certificate"]) for given in request["recipients"]]
        if not recipients:
            raise SealingFailed(Message("sealing.no_recipient"))
        self._user_name, self._stream_name = request["user_name"], request["stream_name"]
        self._maker = _session(request)
        self._seal(os.urandom(512), recipients)  # a rehearsal: most failures come here, with nothing to lose
        self._key = _created(self._maker, self._user_name)
        with self._or_no_key():
            copies = self._seal(_plaintext(request, self._key), recipients)
        self._holder = _holder(request, self._key)
        return {"access_key_id": self._key.access_key_id, "copies": copies}

    def _prove(self, request: Answer) -> Answer:
        if self._holder is None:
            raise SealingFailed(Message("sealing.no_key"))
        data = base64.b64decode(request["data"])
        receipt = put_record(self._holder, self._stream_name, data=data, partition_key=request["partition_key"])
        return {"shard_id": receipt.shard_id, "sequence_number": receipt.sequence_number}

    def _seal(self, plaintext: bytes, recipients: list[tuple[str, str]]) -> list[Answer]:
        return [
            asdict(encrypt(plaintext, certificate=certificate, fingerprint=fingerprint, scratch=self._scratch))
            for fingerprint, certificate in recipients
        ]

    @contextlib.contextmanager
    def _or_no_key(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self.give_up()
            self._key = None
            raise

    def _refused(self, kind: str, code: str, operation: str, message: str) -> Answer:
        hidden = _LIKE_A_SECRET.sub("…", message)
        if self._key:
            hidden = hidden.replace(self._key.secret_access_key, "…")
        return {"ok": False, "kind": kind, "code": code, "operation": operation, "message": hidden}


def _created(maker: AwsSession, user_name: str) -> AccessKey:
    # "No such user" is the one answer after which asking again is safe: it means that no key was created.
    for pause in _UNTIL_USER_IS_KNOWN:
        try:
            return create_access_key(maker, user_name)
        except AwsFault as fault:
            if fault.kind is not FaultKind.NOT_FOUND:
                raise
        time.sleep(pause)
    return create_access_key(maker, user_name)


def _session(request: Answer) -> AwsSession:
    given = request["credentials"]
    if given is None:
        return portal_session(request["region"], fips=request.get("fips", False))
    return _as(request, AwsCredentials(**given))


def _holder(request: Answer, key: AccessKey) -> AwsSession:
    credentials = AwsCredentials(access_key_id=key.access_key_id, secret_access_key=key.secret_access_key)
    return _as(request, credentials)


def _as(request: Answer, credentials: AwsCredentials) -> AwsSession:
    account_id, fips = request["account_id"], request.get("fips", False)
    return AwsSession(region=request["region"], credentials=credentials, account_id=account_id, fips=fips)


def _plaintext(request: Answer, key: AccessKey) -> bytes:
    return bundle(
        profile_name=request["stream_name"],
        access_key_id=key.access_key_id,
        secret=key.secret_access_key,
        region=request["region"],
        stream_arn=request["stream_arn"],
        endpoint=request.get("endpoint"),
    )


if __name__ == "__main__":
    main(sys.argv[1:])
