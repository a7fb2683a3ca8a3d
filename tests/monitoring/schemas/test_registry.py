"""A registry over TLS: credentials for its host alone, and schemas with those that they refer to."""

import io
import json

import fastavro
import pytest

from monitoring.decode.decoder_chain import decode
from monitoring.schemas import confluent
from monitoring.schemas.confluent import MOST_CHARACTERS, MOST_DEPTH, MOST_REFERENCES, registered_schema
from monitoring.schemas.registry import Registry
from monitoring.schemas.unavailable import SchemaUnavailable
from tests.monitoring.schemas.registry_server import ADDRESS, RegistryServer, registry_server

__all__ = ["registry_server"]
OPEN = Registry(ADDRESS)
PLACE = {
    "type": "record",
    "name": "com.example.Place",
    "fields": [{"name": "zone", "type": "string"}, {"name": "unit", "type": "com.example.Unit"}],
}
UNIT = {"type": "enum", "name": "com.example.Unit", "symbols": ["C", "F"]}
READING = {
    "type": "record",
    "name": "com.example.Reading",
    "fields": [{"name": "celsius", "type": "double"}, {"name": "place", "type": "Place"}],
}
VALUE = {"celsius": 21.5, "place": {"zone": "3.02", "unit": "C"}}


def code_of(registry: Registry) -> str:
    with pytest.raises(SchemaUnavailable) as unavailable:
        registered_schema(registry, "42")
    return unavailable.value.message.code


def text_of(registry: Registry, body: bytes) -> str:
    """What a record says with the schema that the registry has for it."""
    schemas = {"confluent:42": registered_schema(registry, "42")}
    (found,) = decode(b"\x00\x00\x00\x00\x2a" + body, schemas).results
    assert found.path_label == "Confluent Schema Registry › Avro"
    return found.text


def written(schema: object) -> bytes:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(schema), VALUE)
    return out.getvalue()


def test_key_and_secret_are_sent_to_a_registry_that_requires_them(registry_server: RegistryServer) -> None:
    registry_server.register("/schemas/ids/42", "string")
    registry_server.credentials = "AKEY:a secret: of its own"
    assert code_of(OPEN) == "schemas.access_refused"
    assert code_of(Registry(ADDRESS, "AKEY", "wrong")) == "schemas.access_refused"
    registry = Registry(ADDRESS, "AKEY", "a secret: of its own")
    assert registered_schema(registry, "42") == '"string"'
    assert registry_server.asked[-1] == ("/schemas/ids/42", "AKEY:a secret: of its own")
    assert "a secret" not in repr(registry)


def test_nothing_is_sent_without_a_key(registry_server: RegistryServer) -> None:
    registry_server.register("/schemas/ids/42", "string")
    registered_schema(OPEN, "42")
    assert registry_server.asked == [("/schemas/ids/42", "")]


@pytest.mark.parametrize("address", ["http://registry.example.com/apis", "https://localhost"])
def test_credentials_go_nowhere_but_to_a_public_address_over_tls(registry_server: RegistryServer, address: str) -> None:
    assert code_of(Registry(address, "AKEY", "secret")) in {"schemas.address_refused", "schemas.no_schema"}
    assert registry_server.asked == []


def test_a_server_whose_certificate_is_not_trusted_gets_nothing(
    registry_server: RegistryServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    assert code_of(Registry(ADDRESS, "AKEY", "secret")) == "schemas.no_answer"
    assert registry_server.asked == []


def test_types_of_other_subjects_are_read_and_decode_a_record(registry_server: RegistryServer) -> None:
    registry_server.register("/schemas/ids/42", READING, ("place-value", 3))
    registry_server.register("/subjects/place-value/versions/3", PLACE, ("com/units", 1))
    registry_server.register("/subjects/com%2Funits/versions/1", UNIT)
    whole = json.loads(json.dumps(READING))
    whole["fields"][1]["type"] = {**PLACE, "fields": [PLACE["fields"][0], {"name": "unit", "type": UNIT}]}
    assert json.loads(text_of(OPEN, written(whole))) == VALUE
    assert len(registry_server.asked) == 3


def test_a_union_of_types_of_other_subjects_is_decoded(registry_server: RegistryServer) -> None:
    registry_server.register("/schemas/ids/42", ["com.example.Unit", "string"], ("units", 1))
    registry_server.register("/subjects/units/versions/1", UNIT)
    assert text_of(OPEN, b"\x00\x02") == "F"
    assert text_of(OPEN, b"\x02\x06wet") == "wet"


def test_a_schema_that_two_others_refer_to_is_read_once(registry_server: RegistryServer) -> None:
    registry_server.register("/schemas/ids/42", "string", ("a", 1), ("b", 1))
    for subject in ("a", "b"):
        registry_server.register(f"/subjects/{subject}/versions/1", UNIT, ("shared", 1))
    registry_server.register("/subjects/shared/versions/1", UNIT)
    registered_schema(OPEN, "42")
    assert [path for path, _ in registry_server.asked].count("/subjects/shared/versions/1") == 1


def test_a_circle_of_references_is_refused(registry_server: RegistryServer) -> None:
    registry_server.register("/schemas/ids/42", "string", ("a", 1))
    registry_server.register("/subjects/a/versions/1", UNIT, ("b", 1))
    registry_server.register("/subjects/b/versions/1", UNIT, ("a", 1))
    assert code_of(OPEN) == "schemas.refers_to_itself"
    assert len(registry_server.asked) == 3


def test_references_are_few_shallow_and_short(registry_server: RegistryServer) -> None:
    registry_server.register("/schemas/ids/42", "string", *((f"s{number}", 1) for number in range(100)))
    for number in range(100):
        registry_server.register(f"/subjects/s{number}/versions/1", UNIT)
    assert code_of(OPEN) == "schemas.too_many_references"
    assert len(registry_server.asked) == MOST_REFERENCES + 1
    registry_server.asked.clear()
    registry_server.register("/schemas/ids/42", "string", ("s0", 1))
    for number in range(99):
        registry_server.register(f"/subjects/s{number}/versions/1", UNIT, (f"s{number + 1}", 1))
    assert code_of(OPEN) == "schemas.too_many_references"
    assert len(registry_server.asked) == MOST_DEPTH + 1
    registry_server.register("/subjects/s0/versions/1", {**UNIT, "doc": "x" * MOST_CHARACTERS})
    assert code_of(OPEN) == "schemas.too_long"


def test_a_reference_of_another_format_or_that_is_missing_is_not_decoded(registry_server: RegistryServer) -> None:
    registry_server.register("/schemas/ids/42", "string", ("a", 1))
    assert code_of(OPEN) == "schemas.not_registered"
    registry_server.register("/subjects/a/versions/1", UNIT, schemaType="JSON")
    assert code_of(OPEN) == "schemas.not_avro"


def test_no_request_begins_late(registry_server: RegistryServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confluent, "_BEGIN_SECONDS", -1.0)
    registry_server.register("/schemas/ids/42", "string", ("a", 1))
    registry_server.register("/subjects/a/versions/1", UNIT)
    assert code_of(OPEN) == "schemas.no_answer"
    assert len(registry_server.asked) == 1


def test_what_refers_to_an_unknown_type_is_shown_as_bytes(registry_server: RegistryServer) -> None:
    registry_server.register("/schemas/ids/42", READING, ("units", 1))
    registry_server.register("/subjects/units/versions/1", UNIT)
    schemas = {"confluent:42": registered_schema(OPEN, "42")}
    (found,) = decode(b"\x00\x00\x00\x00\x2a\xff\xfe", schemas).results
    assert found.path_label == "Confluent Schema Registry › hex"
