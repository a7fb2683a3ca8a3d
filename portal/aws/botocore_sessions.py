"""Sessions and settings of botocore: how long calls wait, where they go, and what is logged of them."""

from __future__ import annotations

import logging
import os
import time
from functools import lru_cache
from http.client import HTTPException
from pathlib import Path
from threading import RLock
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import HTTPClientError
from botocore.loaders import Loader
from urllib3.exceptions import HTTPError

from portal.aws import call_deadline
from portal.aws.client_templates import NO_ONE, ClientTemplate
from portal.aws.credentials import AwsCredentials
from portal.aws.errors import aws_faults

CONNECT_SECONDS, READ_SECONDS = 5, 20
ATTEMPTS = 3
# An attempt that begins later than this after the call is not made: a call to an AWS that hangs ends in time for what
# waits for it, while a throttled one, which is answered at once, is tried again.
LAST_ATTEMPT_AFTER_SECONDS = 4.0
# What botocore waits before the third attempt at most: a random part of two seconds, and five if AWS asks for more.
_BACKOFF_SECONDS = 7.0
# The longest that a call takes; an attempt can wait for the connection, for TLS on it, and for the answer.
CALL_SECONDS = LAST_ATTEMPT_AFTER_SECONDS + _BACKOFF_SECONDS + 2 * CONNECT_SECONDS + READ_SECONDS

# At DEBUG botocore logs complete answers, and CreateAccessKey's answer contains the secret.
# Set on import, so that no setting of the root logger can change it.
for _chatty in ("botocore", "boto3", "urllib3", "s3transfer"):
    logging.getLogger(_chatty).setLevel(logging.WARNING)


# Creating a client from a session is not thread-safe, using one is.
_CREATION = RLock()


def new_client(service: str, *, region: str, credentials: AwsCredentials | None, config: Config) -> Any:
    """Return a client of these credentials, or of the environment's.

    Clients with credentials of their own are created from one template for each service, Region and patience
    (client_templates.py). The environment's identity has a session for each Region.
    https://docs.aws.amazon.com/boto3/latest/guide/session.html#multithreading-or-multiprocessing-with-sessions
    """
    with _CREATION:
        if credentials is None:
            client = _session(aws_environment(), region).client(service, region_name=region, config=config)
        else:
            client = _template(service, region, config).client_of(credentials)
        _share_connections(client)
    return client


def preload(service: str, *, region: str, config: Config) -> None:
    """Create the template of a service's clients, which the processes that this one forks then have."""
    with _CREATION:
        _template(service, region, config)


_TEMPLATES: dict[tuple[object, ...], ClientTemplate] = {}


def _template(service: str, region: str, config: Config) -> ClientTemplate:
    options = repr(sorted(vars(config)["_user_provided_options"].items()))
    key = (service, region, options, aws_environment(), _network_environment())
    if key not in _TEMPLATES:
        session = _session(aws_environment(), None)
        identity = {"aws_access_key_id": NO_ONE.access_key_id, "aws_secret_access_key": NO_ONE.secret_access_key}
        client = session.client(service, region_name=region, config=config, **identity)
        _TEMPLATES[key] = ClientTemplate.of(client, config, session._session)
    return _TEMPLATES[key]


# Each request is signed by itself, so one connection serves every identity: a new one costs a TLS handshake and reads
# all root certificates, 10 ms, and its pool half a megabyte.
_CONNECTIONS: dict[tuple[object, ...], Any] = {}


def _leave_connections() -> None:
    # The first client of a template has the template's own connections, which are then another process's.
    if _CONNECTIONS:
        _TEMPLATES.clear()
        _CONNECTIONS.clear()


os.register_at_fork(after_in_child=_leave_connections)
_TO_THE_NETWORK = (
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "NO_PROXY",
    "no_proxy",
    "REQUESTS_CA_BUNDLE",
)


def _share_connections(client: Any) -> None:
    patience = client.meta.config.connect_timeout, client.meta.config.read_timeout
    key = (aws_environment(), _network_environment(), client.meta.endpoint_url, patience)
    client._endpoint.http_session = _CONNECTIONS.setdefault(key, client._endpoint.http_session)


def _network_environment() -> tuple[str | None, ...]:
    return tuple(os.environ.get(name) for name in _TO_THE_NETWORK)


def aws_environment() -> tuple[tuple[str, str], ...]:
    """Return the variables of the environment from which AWS's SDK takes an identity."""
    # The key of cached sessions: when the environment changes, earlier sessions are not used again.
    return tuple(sorted((name, value) for name, value in os.environ.items() if name.startswith("AWS_")))


@lru_cache(maxsize=32)
def _session(environment: tuple[tuple[str, str], ...], region: str | None) -> Any:
    with aws_faults("session"):
        core = botocore.session.Session()
        core.register_component("data_loader", _descriptions(core.get_config_variable("data_path")))
        # A session token of a Region's own STS is valid in every Region, one of the global endpoint is not.
        core.set_config_variable("sts_regional_endpoints", "regional")
        core.register("before-call", _note_beginning)
        core.register("needs-retry.*.*", _stop_retrying)  # so specific that it is heard before botocore's own handler
        return boto3.Session(botocore_session=core, region_name=region)


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


def patience(service: str, *, single_attempt: bool) -> Config:
    """Return how long calls to a service wait, and how often they are tried."""
    return Config(
        connect_timeout=3 if single_attempt else CONNECT_SECONDS,
        read_timeout=10 if single_attempt else READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": 1 if single_attempt else ATTEMPTS},
        max_pool_connections=64,  # as many as a worker has threads
        user_agent_extra="sluice",
        s3={"addressing_style": "path"} if service == "s3" and has_own_endpoint(service) else None,
    )


# https://docs.aws.amazon.com/boto3/latest/guide/events.html
def _note_beginning(**event: Any) -> None:
    call_deadline.check()
    event["params"]["context"]["began"] = time.monotonic()


def _stop_retrying(**event: Any) -> Any:
    # botocore takes whatever is raised while it waits for an answer for a fault of the network, and tries again: also
    # what a signal handler raises, such as the time limit of a task, which is raised only once.
    caught = event["caught_exception"]
    if type(caught) is HTTPClientError:
        cause = caught.kwargs["error"]
        if not isinstance(cause, HTTPError | HTTPException | OSError):
            raise cause
    is_late = time.monotonic() - event["request_dict"]["context"]["began"] > LAST_ATTEMPT_AFTER_SECONDS
    return False if is_late else None


# https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
def has_own_endpoint(service: str) -> bool:
    """Return whether the environment names an endpoint of its own for a service."""
    # Behind such an endpoint there is no name for every bucket, and nothing that botocore could call FIPS.
    name = {"logs": "CLOUDWATCH_LOGS"}.get(service, service.upper())
    return bool(os.environ.get(f"AWS_ENDPOINT_URL_{name}") or os.environ.get("AWS_ENDPOINT_URL"))
