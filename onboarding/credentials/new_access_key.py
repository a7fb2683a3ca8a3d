"""An IAM user's access key as a new secret: created by CreateAccessKey, proved by one record."""

import base64
import contextlib
import time
from typing import Any

from onboarding.credentials.contents import archive_name, bundle
from onboarding.credentials.key_files import KeyFacts
from onboarding.credentials.new_secret import Public, Request
from portal.aws.credentials import AwsCredentials
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.iam.access_keys import AccessKey, create_access_key, delete_access_key
from portal.aws.records import put_record
from portal.aws.session import AwsSession, portal_session

# For some seconds, IAM does not know everywhere a user that was created a moment ago.
_UNTIL_USER_IS_KNOWN = (0.5, 1.5, 3, 6)


class NewAccessKey:
    """onboarding.credentials.new_secret.NewSecret, of an IAM user that exists and has no key."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._user_name, self._stream_name = request["user_name"], request["stream_name"]
        self._maker = session_of(request)
        self._key: AccessKey | None = None

    def create(self) -> Public:
        """Create the key, by one call that is not repeated; return its ID. Raises AwsFault.

        https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html
        """
        self._key = _created(self._maker, self._user_name)
        return {"access_key_id": self._key.access_key_id}

    def contents(self) -> bytes:
        """Return the archive with the key in the forms in which tools take it."""
        key = self._created_key()
        return bundle(
            KeyFacts(
                access_key_id=key.access_key_id,
                secret=key.secret_access_key,
                user_name=self._user_name,
                stream_name=self._stream_name,
                stream_arn=self._request["stream_arn"],
                region=self._request["region"],
                endpoint=self._request.get("endpoint") or {},
            )
        )

    def file_name(self, fingerprint: str) -> str:
        """Return the archive's name in the message to one recipient."""
        key_id = self._created_key().access_key_id
        return archive_name(stream_name=self._stream_name, access_key_id=key_id, fingerprint=fingerprint)

    def kept(self) -> Any:
        """Return the key's ID and its secret."""
        key = self._created_key()
        return [key.access_key_id, key.secret_access_key]

    def restore(self, kept: Any) -> None:
        """Continue with a key that was created before."""
        access_key_id, secret_access_key = kept
        self._key = AccessKey(access_key_id, secret_access_key)

    def prove(self, request: Request) -> Public:
        """Put one record into the data stream; return where it is. Raises AwsFault."""
        key, data = self._created_key(), base64.b64decode(request["data"])
        holder = _session(self._request, AwsCredentials(key.access_key_id, key.secret_access_key))
        receipt = put_record(holder, self._stream_name, data=data, partition_key=request["partition_key"])
        return {"shard_id": receipt.shard_id, "sequence_number": receipt.sequence_number}

    def discard(self) -> None:
        """Delete the key; the run's next attempt would delete it as well, with its user."""
        if self._key:
            with contextlib.suppress(AwsFault):
                delete_access_key(self._maker, self._user_name, self._key.access_key_id)

    def parts(self) -> tuple[str, ...]:
        """Return the secret access key, if there is one."""
        return (self._key.secret_access_key,) if self._key else ()

    def _created_key(self) -> AccessKey:
        if self._key is None:
            raise LookupError("there is no key")
        return self._key


def session_of(request: Request) -> AwsSession:
    """Return the session in which the key is created: that of the request, or the environment's."""
    given = request["credentials"]
    if given is None:
        return portal_session(request["region"], fips=request.get("fips", False))
    return _session(request, AwsCredentials(**given))


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


def _session(request: Request, credentials: AwsCredentials) -> AwsSession:
    account_id, fips = request["account_id"], request.get("fips", False)
    return AwsSession(region=request["region"], credentials=credentials, account_id=account_id, fips=fips)
