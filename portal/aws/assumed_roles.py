"""Sessions of roles in clients' accounts: assumed, and kept until shortly before they expire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from threading import RLock
from typing import Any

from portal.aws.credentials import AwsCredentials
from portal.aws.errors import ASSUME_ROLE, aws_faults
from portal.aws.session import AwsSession, aws_environment, portal_session

SESSION_SECONDS = 3600  # role chaining allows no more than an hour
EARLY_RENEWAL = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class _Identity:
    """The identity of an assumed role, its account, and when AWS gave it and until when."""

    credentials: AwsCredentials
    account_id: str
    given_at: datetime
    expires_at: datetime

    def serves(self, not_before: datetime | None) -> bool:
        """Return whether it lasts a while longer, and is not older than `not_before`."""
        is_current = not_before is None or self.given_at >= not_before
        return is_current and datetime.now(UTC) < self.expires_at - EARLY_RENEWAL


def assume_role(
    *,
    role_arn: str,
    external_id: str | None,
    session_name: str,
    region: str,
    duration_seconds: int = SESSION_SECONDS,
    fips: bool = False,
    not_before: datetime | None = None,
) -> AwsSession:
    """Return a session of a role in a client's account, kept until 10 minutes before it expires.

    Where AWS gave the kept identity before `not_before`, AWS is asked again, and the answer is kept in its place.
    Raises AwsFault (ROLE_DENIED when the role does not exist or its trust policy denies; AWS does not say which).
    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    """
    environment = aws_environment()
    cache, key = _assumed(environment), (role_arn, external_id, region, fips)
    with _ASSUMED_LOCK:
        kept = cache.get(key)
    if kept is None or not kept.serves(not_before):
        kept = _identity_in(_assumed_role(role_arn, external_id, session_name, region, duration_seconds, fips))
        with _ASSUMED_LOCK:
            cache[key] = kept
    return _session_of(kept, region, fips, environment)


def assume_role_anew(
    *,
    role_arn: str,
    external_id: str | None,
    session_name: str,
    region: str,
    duration_seconds: int = SESSION_SECONDS,
    fips: bool = False,
) -> AwsSession:
    """Return a new session of a role, without the cache. Raises AwsFault as assume_role does."""
    identity = _identity_in(_assumed_role(role_arn, external_id, session_name, region, duration_seconds, fips))
    return AwsSession(region=region, credentials=identity.credentials, account_id=identity.account_id, fips=fips)


_ASSUMED_LOCK = RLock()


@lru_cache(maxsize=4)
def _assumed(
    environment: tuple[tuple[str, str], ...],
) -> dict[tuple[str, str | None, str, bool], _Identity]:
    return {}


# A session with its clients takes 2 MB and a fiftieth of a second, an identity almost nothing: the identities of all
# accounts are kept, the sessions of those that were used last.
@lru_cache(maxsize=16)
def _session_of(identity: _Identity, region: str, fips: bool, environment: tuple[tuple[str, str], ...]) -> AwsSession:
    return AwsSession(region=region, credentials=identity.credentials, account_id=identity.account_id, fips=fips)


def _assumed_role(
    role_arn: str, external_id: str | None, session_name: str, region: str, duration_seconds: int, fips: bool
) -> Mapping[str, Any]:
    request: dict[str, Any] = {
        "RoleArn": role_arn,
        "RoleSessionName": session_name,
        "DurationSeconds": duration_seconds,
    }
    if external_id is not None:
        request["ExternalId"] = external_id
    with aws_faults(ASSUME_ROLE):
        answer: Mapping[str, Any] = portal_session(region, fips=fips).client("sts").assume_role(**request)
    return answer


def _identity_in(answer: Mapping[str, Any]) -> _Identity:
    given = answer["Credentials"]
    credentials = AwsCredentials(
        access_key_id=given["AccessKeyId"],
        secret_access_key=given["SecretAccessKey"],
        session_token=given["SessionToken"],
    )
    account_id = answer["AssumedRoleUser"]["Arn"].split(":")[4]
    return _Identity(credentials, account_id, datetime.now(UTC), given["Expiration"])
