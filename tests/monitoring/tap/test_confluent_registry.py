"""What a schema registry answers, and what of it is used."""

import json
import urllib.error
import urllib.request

import pytest

from monitoring.tap import confluent_registry
from monitoring.tap.confluent_registry import SchemaUnavailable, registered_schema
from portal.messages.message import Message
from portal.outbound.url import AddressRefused

REGISTRY = "https://registry.example.com/apis"


def answering(monkeypatch: pytest.MonkeyPatch, answer: bytes | Exception) -> list[str]:
    asked: list[str] = []

    def fetched(request: urllib.request.Request, *, is_development: bool) -> bytes:
        assert not is_development
        asked.append(request.full_url)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(confluent_registry, "fetched", fetched)
    return asked


@pytest.mark.parametrize(
    ("answer", "schema"),
    [
        ({"schema": '"string"'}, '"string"'),
        ({"schema": '"string"', "schemaType": "AVRO"}, '"string"'),
        ({"schema": "syntax", "schemaType": "PROTOBUF"}, None),
        ({"schema": '"string"', "references": [{"name": "other"}]}, None),
    ],
)
def test_avro_schemas_without_references_are_used(
    monkeypatch: pytest.MonkeyPatch, answer: dict[str, object], schema: str | None
) -> None:
    asked = answering(monkeypatch, json.dumps(answer).encode())
    assert registered_schema(REGISTRY, "42") == schema
    assert asked == [f"{REGISTRY}/schemas/ids/42"]


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>",
        b"[]",
        b'{"schema": 7}',
        b"",
        urllib.error.URLError("no route"),
        TimeoutError(),
        AddressRefused(Message("webhook.address_not_public", host="registry.example.com")),
    ],
)
def test_anything_else_is_unavailable(monkeypatch: pytest.MonkeyPatch, answer: bytes | Exception) -> None:
    answering(monkeypatch, answer)
    with pytest.raises(SchemaUnavailable) as unavailable:
        registered_schema(REGISTRY, "42")
    assert "html" not in str(unavailable.value)
