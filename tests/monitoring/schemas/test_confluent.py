"""What a schema registry answers, and what of it is used."""

import io
import json
import urllib.error
import urllib.request
from email.message import Message as Headers

import pytest

from monitoring.schemas import confluent
from monitoring.schemas.confluent import registered_schema
from monitoring.schemas.registry import Registry
from monitoring.schemas.unavailable import SchemaUnavailable
from portal.messages.catalogue import text_of
from portal.messages.message import Message
from portal.outbound.url import AddressRefused
from tests.monitoring.schemas.registry_server import ADDRESS

REGISTRY = Registry(ADDRESS)


def answering(monkeypatch: pytest.MonkeyPatch, answer: bytes | Exception) -> list[str]:
    asked: list[str] = []

    def fetched(request: urllib.request.Request, *, is_development: bool) -> bytes:
        assert not is_development
        asked.append(request.full_url)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(confluent, "fetched", fetched)
    return asked


def refused(status: int) -> urllib.error.HTTPError:
    return urllib.error.HTTPError(ADDRESS, status, "no", Headers(), io.BytesIO(b"<html>"))


@pytest.mark.parametrize("kind", [{}, {"schemaType": "AVRO"}, {"references": []}])
def test_an_avro_schema_is_returned_as_it_is(monkeypatch: pytest.MonkeyPatch, kind: dict[str, object]) -> None:
    asked = answering(monkeypatch, json.dumps({"schema": '"string"', **kind}).encode())
    assert registered_schema(REGISTRY, "42") == '"string"'
    assert asked == [f"{ADDRESS}/schemas/ids/42"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b'{"schema": "syntax", "schemaType": "PROTOBUF"}', "schemas.not_avro"),
        (b'{"schema": "\\"string\\"", "references": [{"name": "other"}]}', "schemas.no_schema"),
        (b'{"schema": "\\"string\\"", "references": [{"subject": "a", "version": -1}]}', "schemas.no_schema"),
        (b'{"schema": "\\"string\\"", "references": 7}', "schemas.no_schema"),
        (b"<html>", "schemas.no_schema"),
        (b"[]", "schemas.no_schema"),
        (b'{"schema": 7}', "schemas.no_schema"),
        (b"", "schemas.no_schema"),
        (urllib.error.URLError("no route"), "schemas.no_answer"),
        (TimeoutError(), "schemas.no_answer"),
        (refused(401), "schemas.access_refused"),
        (refused(403), "schemas.access_refused"),
        (refused(404), "schemas.not_registered"),
        (refused(302), "schemas.refused"),
        (AddressRefused(Message("webhook.address_not_public", host="example.com")), "schemas.address_refused"),
    ],
)
def test_anything_else_is_unavailable_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, answer: bytes | Exception, code: str
) -> None:
    answering(monkeypatch, answer)
    with pytest.raises(SchemaUnavailable) as unavailable:
        registered_schema(REGISTRY, "42")
    assert unavailable.value.message.code == code
    assert text_of(unavailable.value.message)
    assert "html" not in str(unavailable.value)
