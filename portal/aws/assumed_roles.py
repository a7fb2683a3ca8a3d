"""Sessions of roles in clients' accounts: assumed, and kept until shortly before they expire."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from threading import RLock
from typing import Any

from portal.aws.botocore_sessions import aws_environment
from portal.aws.credentials import AwsCredentials
from portal.aws.errors import ASSUME_ROLE, aws_faults
from portal.aws.session import AwsSession, portal_session

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


@dataclass(frozen=True, slots=True)
class _SessionRequest:
    """What a session is requested with; only the same is answered from the cache."""

    role_arn: str
    external_id: str | None
    session_name: str
    region: str
    fips: bool
    policy: str


def assume_role(
    *,
    role_arn: str,
    external_id: str | None,
    session_name: str,
    region: str,
    duration_seconds: int = SESSION_SECONDS,
    fips: bool = False,
    not_before: datetime | None = None,
    policy: Mapping[str, Any] | None = None,
) -> AwsSession:
    """Return a session of a role in a client's account, kept until 10 minutes before it expires.

    A session is used again only under its own name and with its own session policy, so that CloudTrail shows what each
    call was for. `policy` is that session policy; without one the session may do what the role may. Where AWS gave the
    kept identity before `not_before`, AWS is asked again, and the answer is kept in its place.
    Raises AwsFault (ROLE_DENIED when the role does not exist or its trust policy denies; AWS does not say which).
    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    """
    environment = aws_environment()
    wanted = _SessionRequest(role_arn, external_id, session_name, region, fips, _plain(policy))
    cache = _assumed(environment)
    with _ASSUMED_LOCK:
        kept = cache.get(wanted)
    if kept is None or not kept.serves(not_before):
        kept = _identity_in(_assumed_role(wanted, duration_seconds))
        with _ASSUMED_LOCK:
            _forget_expired(cache)
            cache[wanted] = kept
    return _session_of(kept, region, fips, environment)


def assume_role_anew(
    *,
    role_arn: str,
    external_id: str | None,
    session_name: str,
    region: str,
    duration_seconds: int = SESSION_SECONDS,
    fips: bool = False,
    policy: Mapping[str, Any] | None = None,
) -> AwsSession:
    """Return a new session of a role, without the cache. Raises AwsFault as assume_role does."""
    wanted = _SessionRequest(role_arn, external_id, session_name, region, fips, _plain(policy))
    identity = _identity_in(_assumed_role(wanted, duration_seconds))
    return AwsSession(region=region, credentials=identity.credentials, account_id=identity.account_id, fips=fips)


_ASSUMED_LOCK = RLock()


@lru_cache(maxsize=4)
def _assumed(environment: tuple[tuple[str, str], ...]) -> dict[_SessionRequest, _Identity]:
    return {}


def _forget_expired(cache: dict[_SessionRequest, _Identity]) -> None:
    # The name of a run's session is its own: without this, the identities of all runs would be kept.
    for wanted in [wanted for wanted, identity in cache.items() if not identity.serves(None)]:
        del cache[wanted]


# The clients of a session take a tenth of a megabyte, an identity almost nothing: the identities of all accounts are
# kept, the sessions of those that were used last: as many as a worker has threads.
@lru_cache(maxsize=64)
def _session_of(identity: _Identity, region: str, fips: bool, environment: tuple[tuple[str, str], ...]) -> AwsSession:
    return AwsSession(region=region, credentials=identity.credentials, account_id=identity.account_id, fips=fips)


def _assumed_role(wanted: _SessionRequest, duration_seconds: int) -> Mapping[str, Any]:
    request: dict[str, Any] = {
        "RoleArn": wanted.role_arn,
        "RoleSessionName": wanted.session_name,
        "DurationSeconds": duration_seconds,
    }
    if wanted.external_id is not None:
        request["ExternalId"] = wanted.external_id
    if wanted.policy:
        request["Policy"] = wanted.policy
    with aws_faults(ASSUME_ROLE):
        answer: Mapping[str, Any] = portal_session(wanted.region, fips=wanted.fips).client("sts").assume_role(**request)
    return answer


def _plain(policy: Mapping[str, Any] | None) -> str:
    return json.dumps(policy, separators=(",", ":")) if policy else ""


def _identity_in(answer: Mapping[str, Any]) -> _Identity:
    given = answer["Credentials"]
    credentials = AwsCredentials(
        access_key_id=given["AccessKeyId"],
        secret_access_key=given["SecretAccessKey"],
        session_token=given["SessionToken"],
    )
    account_id = answer["AssumedRoleUser"]["Arn"].split(":")[4]
    return _Identity(credentials, account_id, datetime.now(UTC), given["Expiration"])
