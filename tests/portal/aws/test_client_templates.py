"""Clients that share a template: each signs with its own credentials, and has the handlers that botocore gives it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config

from portal.aws import botocore_sessions
from portal.aws.client_templates import NO_ONE, ClientTemplate
from portal.aws.credentials import AwsCredentials
from portal.aws.session import AwsSession

REGION = "eu-west-1"
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "cloudtrail": ("lookup_events", {}),
    "cloudwatch": ("list_metrics", {}),
    "firehose": ("describe_delivery_stream", {"DeliveryStreamName": "name"}),
    "iam": ("get_user", {"UserName": "name"}),
    "kinesis": ("describe_stream_summary", {"StreamName": "name"}),
    "kms": ("describe_key", {"KeyId": "name"}),
    "logs": ("create_log_group", {"logGroupName": "name"}),
    "s3": ("head_bucket", {"Bucket": "a-bucket"}),
    "sts": ("get_caller_identity", {}),
}
SERVICES = sorted(CALLS)


def session_of(key_id: str, token: str | None = None) -> AwsSession:
    return AwsSession(region=REGION, credentials=AwsCredentials(key_id, "secret", token))


def signed(client: Any, service: str) -> dict[str, str]:
    """Call the service without a network, and return the headers of what was to be sent."""
    sent: list[dict[str, str]] = []

    def answer(request: Any, **_: Any) -> AWSResponse:
        sent.append({name: _text(value) for name, value in request.headers.items()})
        return AWSResponse(request.url, 418, HTTPHeaders(), None)

    client.meta.events.register("before-send", answer, unique_id="answer")
    operation, parameters = CALLS[service]
    try:
        getattr(client, operation)(**parameters)
    except client.exceptions.ClientError:
        pass
    except AttributeError:  # the answer above has no body to read
        pass
    finally:
        client.meta.events.unregister("before-send", answer, unique_id="answer")
    return sent[0]


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


@pytest.mark.parametrize("service", SERVICES)
def test_each_client_signs_with_its_own_credentials(service: str) -> None:
    mine, theirs = session_of("AKIAMINE", "my-token").client(service), session_of("AKIATHEIRS").client(service)
    for _ in range(2):
        headers = signed(mine, service)
        assert "Credential=AKIAMINE/" in headers["Authorization"]
        assert headers["X-Amz-Security-Token"] == "my-token"
        headers = signed(theirs, service)
        assert "Credential=AKIATHEIRS/" in headers["Authorization"]
        assert "X-Amz-Security-Token" not in headers


def test_threads_that_call_at_the_same_time_sign_with_their_own_credentials() -> None:
    def key_of(number: int) -> tuple[str, set[str]]:
        client = session_of(f"AKIA{number}").client("kinesis")
        return f"AKIA{number}", {signed(client, "kinesis")["Authorization"].split("/")[0] for _ in range(20)}

    with ThreadPoolExecutor(16) as pool:
        for key_id, used in pool.map(key_of, range(48)):
            assert used == {f"AWS4-HMAC-SHA256 Credential={key_id}"}


@pytest.mark.parametrize("service", SERVICES)
def test_a_client_has_the_handlers_that_botocore_gives_it(service: str) -> None:
    own = session_of("AKIAONE").client(service)
    config = botocore_sessions.patience(service, single_attempt=False)
    usual = botocore_sessions._session(botocore_sessions.aws_environment(), None).client(
        service, region_name=REGION, config=config, aws_access_key_id="a", aws_secret_access_key="b"
    )
    service_id = own.meta.service_model.service_id.hyphenize()
    expected = {
        (event, handler)
        for event, handler in handlers(usual)
        if event.split(".")[0] != "docs" and [*event.split("."), ""][1] in {"", "*", service_id}
    }
    assert expected <= set(handlers(own)) <= set(handlers(usual))
    assert len(expected) > 10


def handlers(client: Any) -> Iterator[tuple[str, str]]:
    emitter = client.meta.events._emitter

    def below(node: dict[str, Any], path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        for handler in [handler for part in node["values"] or () for handler in part]:
            yield ".".join(path), getattr(handler, "__qualname__", type(handler).__qualname__)
        for name, child in node["children"].items():
            yield from below(child, (*path, name))

    return below(emitter._handlers._root, ())


def test_retries_are_counted_for_each_identity() -> None:
    mine, theirs = session_of("AKIAMINE").client("s3"), session_of("AKIATHEIRS").client("s3")
    my_handlers, their_handlers = retry_handlers(mine), retry_handlers(theirs)
    assert my_handlers["RetryHandler"]._retry_quota is not their_handlers["RetryHandler"]._retry_quota
    # A bucket in another Region is called again there, by the same client.
    assert my_handlers["S3RegionRedirectorv2"]._client.meta is mine.meta
    assert their_handlers["S3RegionRedirectorv2"]._client.meta is theirs.meta


def retry_handlers(client: Any) -> dict[str, Any]:
    found = client.meta.events._emitter._handlers.prefix_search("needs-retry.s3.HeadBucket")
    return {type(owner).__name__: owner for handler in found if (owner := getattr(handler, "__self__", None))}


def test_a_template_is_created_once_for_each_service_region_and_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(botocore_sessions, "_TEMPLATES", {})
    for number in range(3):
        aws = session_of(f"AKIA{number}")
        aws.client("kinesis")
        aws.client("kinesis", single_attempt=True)
        aws.client("kinesis", region="eu-central-1")
    assert len(botocore_sessions._TEMPLATES) == 3


def test_a_template_belongs_to_no_one() -> None:
    session = boto3.Session(region_name=REGION)
    client = session.client("kinesis", aws_access_key_id=NO_ONE.access_key_id, aws_secret_access_key="none")
    template = ClientTemplate.of(client, Config(), session._session)
    created = template.client_of(AwsCredentials("AKIAONE", "secret"))
    assert "Credential=none/" in signed(client, "kinesis")["Authorization"]
    assert "Credential=AKIAONE/" in signed(created, "kinesis")["Authorization"]
    assert created.meta.config is client.meta.config
    assert isinstance(created.meta.config, Config)
