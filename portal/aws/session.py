"""Sessions: the portal's identities in AWS, and how long its calls wait."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from threading import RLock
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.loaders import Loader

from portal.aws.endpoints import has_fips
from portal.aws.errors import ASSUME_ROLE, AwsFault, aws_faults
from portal.aws.fault_kinds import FaultKind

# At DEBUG botocore logs complete answers, and CreateAccessKey's answer contains the secret.
# Set on import, so that no setting of the root logger can change it.
for _chatty in ("botocore", "boto3", "urllib3", "s3transfer"):
    logging.getLogger(_chatty).setLevel(logging.WARNING)

SESSION_SECONDS = 3600  # role chaining allows no more than an hour
EARLY_RENEWAL = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class AwsCredentials:
    """An access key, of a person's user or (with a session token) of an assumed role."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)


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


class AwsSession:
    """One identity in one Region; returns cached clients and may be shared between threads.

    With `fips` it calls FIPS endpoints and no others, but where the environment names an endpoint of its own.
    """

    def __init__(
        self,
        *,
        region: str,
        credentials: AwsCredentials | None = None,
        account_id: str | None = None,
        fips: bool = False,
    ) -> None:
        self.region = region
        self.fips = fips
        self.credentials = credentials
        self.account_id = account_id
        self._boto3: Any = _boto3_session(region, credentials)
        self._clients: dict[tuple[str, str, bool], Any] = {}
        self._regions: dict[str, AwsSession] = {region: self}
        self._lock = RLock()
        self._is_hurried = False
        self._on_fault: Callable[[AwsFault], None] | None = None

    def __repr__(self) -> str:
        return f"AwsSession(account_id={self.account_id!r}, region={self.region!r})"

    def client(self, service: str, *, region: str | None = None, single_attempt: bool = False) -> Any:
        """Return the boto3 client of a service, made once per Region and patience.

        Calls are tried three times, 5 s to connect and 20 s to answer; with `single_attempt` once, 3 s and 10 s.
        Raises AwsFault (INVALID) where a FIPS endpoint is wanted and there is none.
        https://docs.aws.amazon.com/boto3/latest/guide/retries.html
        """
        single_attempt = single_attempt or self._is_hurried
        key = (service, region or self.region, single_attempt)
        with self._lock:  # making a client from a shared session is not thread-safe, using it is
            if key not in self._clients:
                with aws_faults(f"{service}:client"):
                    self._clients[key] = self._boto3.client(
                        service, region_name=key[1], config=self._config(service, key[1], single_attempt)
                    )
            return self._clients[key]

    def hurried(self) -> AwsSession:
        """Return the same identity for calls that a person waits for: each is tried once."""
        other = copy(self)
        other._is_hurried = True
        return other

    def reporting_faults(self, on_fault: Callable[[AwsFault], None]) -> AwsSession:
        """Return the same identity; `on_fault` is called with the fault of a call, and may raise its cause instead."""
        other = copy(self)
        other._on_fault = on_fault
        return other

    def report(self, fault: AwsFault) -> None:
        """Report the fault of a call. Raises AwsFault where its cause is found."""
        if self._on_fault is not None:
            self._on_fault(fault)

    def in_region(self, region: str) -> AwsSession:
        """Return the same identity in another Region."""
        other = self._in_region(region)
        return other if self._on_fault is None else other.reporting_faults(self._on_fault)

    def _in_region(self, region: str) -> AwsSession:
        with self._lock:
            if region not in self._regions:
                other = AwsSession(
                    region=region, credentials=self.credentials, account_id=self.account_id, fips=self.fips
                )
                other._regions = self._regions
                self._regions[region] = other
            return self._regions[region]

    def _config(self, service: str, region: str, single_attempt: bool) -> Config:
        config = _patience(service, single_attempt=single_attempt)
        if not self.fips or _own_endpoint(service):
            return config
        if not has_fips(service, region):
            raise AwsFault(FaultKind.INVALID, "NoFipsEndpoint", f"{service}:{region}", "")
        # Of S3 in us-east-1 botocore would by itself take the old global name, of which there is no FIPS one.
        return config.merge(Config(use_fips_endpoint=True, s3={"us_east_1_regional_endpoint": "regional"}))


def portal_session(region: str = "us-east-1", *, fips: bool = False) -> AwsSession:
    """Return the portal's own identity, from the standard AWS environment (keys, profile, instance role, endpoint).

    https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
    """
    return _portal_session(region, fips, _aws_environment())


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
    environment = _aws_environment()
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


@lru_cache(maxsize=32)
def _portal_session(region: str, fips: bool, environment: tuple[tuple[str, str], ...]) -> AwsSession:
    return AwsSession(region=region, fips=fips)


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
    asked: dict[str, Any] = {
        "RoleArn": role_arn,
        "RoleSessionName": session_name,
        "DurationSeconds": duration_seconds,
    }
    if external_id is not None:
        asked["ExternalId"] = external_id
    with aws_faults(ASSUME_ROLE):
        answer: Mapping[str, Any] = portal_session(region, fips=fips).client("sts").assume_role(**asked)
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


def _boto3_session(region: str, credentials: AwsCredentials | None) -> boto3.Session:
    with aws_faults("session"):
        core = botocore.session.Session()
        core.register_component("data_loader", _descriptions(core.get_config_variable("data_path")))
        # A session token of a Region's own STS is valid in every Region, one of the global endpoint is not.
        core.set_config_variable("sts_regional_endpoints", "regional")
        if credentials is None:
            return boto3.Session(botocore_session=core, region_name=region)
        return boto3.Session(
            botocore_session=core,
            aws_access_key_id=credentials.access_key_id,
            aws_secret_access_key=credentials.secret_access_key,
            aws_session_token=credentials.session_token,
            region_name=region,
        )


class _Descriptions(Loader):
    """AWS's descriptions of its services, read once a process instead of once a session: 20 MB and 0.2 s each."""

    @property
    def search_paths(self) -> list[str]:
        """Return a copy: boto3 appends its own folder, of resources that are not used here, for every session."""
        return list(super().search_paths)


@lru_cache(maxsize=2)
def _descriptions(search_path: str | None) -> Loader:
    folders = search_path.split(os.pathsep) if search_path else []
    return _Descriptions(extra_search_paths=[str(Path(os.path.expandvars(folder)).expanduser()) for folder in folders])


def _patience(service: str, *, single_attempt: bool) -> Config:
    return Config(
        connect_timeout=3 if single_attempt else 5,
        read_timeout=10 if single_attempt else 20,
        retries={"mode": "standard", "total_max_attempts": 1 if single_attempt else 3},
        max_pool_connections=25,
        user_agent_extra="sluice",
        s3={"addressing_style": "path"} if service == "s3" and _own_endpoint(service) else None,
    )


# https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
def _own_endpoint(service: str) -> bool:
    # Behind an endpoint of one's own there is no name for every bucket, and nothing that botocore could call FIPS.
    name = {"logs": "CLOUDWATCH_LOGS"}.get(service, service.upper())
    return bool(os.environ.get(f"AWS_ENDPOINT_URL_{name}") or os.environ.get("AWS_ENDPOINT_URL"))


def _aws_environment() -> tuple[tuple[str, str], ...]:
    # The key of cached sessions: when the environment changes, earlier sessions are not used again.
    return tuple(sorted((name, value) for name, value in os.environ.items() if name.startswith("AWS_")))
