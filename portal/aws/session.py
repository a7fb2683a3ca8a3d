"""Sessions: one identity in AWS and its clients; the portal's own identity."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import lru_cache
from threading import RLock
from typing import Any

from botocore.config import Config

from portal.aws.botocore_sessions import aws_environment, has_own_endpoint, new_client, patience, preload
from portal.aws.credentials import AwsCredentials
from portal.aws.endpoints import has_fips
from portal.aws.errors import AwsFault, aws_faults
from portal.aws.fault_kinds import FaultKind

# Every service that Sluice calls.


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
        self._clients: dict[tuple[str, str, bool], Any] = {}
        self._regions: dict[str, AwsSession] = {region: self}
        self._lock = RLock()
        self._is_hurried = False
        self._on_fault: Callable[[AwsFault], None] | None = None

    def __repr__(self) -> str:
        return f"AwsSession(account_id={self.account_id!r}, region={self.region!r})"

    def client(self, service: str, *, region: str | None = None, single_attempt: bool = False) -> Any:
        """Return the boto3 client of a service, made once per Region and patience.

        Calls are tried three times, 5 s to connect and 20 s to answer, but not again when 4 s have passed; with
        `single_attempt` once, 3 s and 10 s.
        Raises AwsFault (INVALID) where a FIPS endpoint is wanted and there is none.
        https://docs.aws.amazon.com/boto3/latest/guide/retries.html
        """
        single_attempt = single_attempt or self._is_hurried
        key = (service, region or self.region, single_attempt)
        with self._lock:
            if key not in self._clients:
                config = self._config(service, key[1], single_attempt)
                with aws_faults(f"{service}:client"):
                    self._clients[key] = new_client(service, region=key[1], credentials=self.credentials, config=config)
            return self._clients[key]

    def preload(self, service: str, *, single_attempt: bool = False) -> None:
        """Prepare for the clients of a service in the processes that this one forks; no connection is opened.

        Raises AwsFault as `client` does.
        """
        preload(service, region=self.region, config=self._config(service, self.region, single_attempt))

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
        config = patience(service, single_attempt=single_attempt)
        if not self.fips or has_own_endpoint(service):
            return config
        if not has_fips(service, region):
            raise AwsFault(FaultKind.INVALID, "NoFipsEndpoint", f"{service}:{region}", "")
        # Of S3 in us-east-1 botocore would by itself take the old global name, of which there is no FIPS one.
        return config.merge(Config(use_fips_endpoint=True, s3={"us_east_1_regional_endpoint": "regional"}))


def portal_session(region: str = "us-east-1", *, fips: bool = False) -> AwsSession:
    """Return the portal's own identity, from the standard AWS environment (keys, profile, instance role, endpoint).

    https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
    """
    return _portal_session(region, fips, aws_environment())


@lru_cache(maxsize=32)
def _portal_session(region: str, fips: bool, environment: tuple[tuple[str, str], ...]) -> AwsSession:
    return AwsSession(region=region, fips=fips)
