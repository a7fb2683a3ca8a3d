"""Schemas that the tap and workers share: read once, failures kept for five minutes, few reads whatever records say."""

import json
import threading
import zlib

import pytest
from redis import Redis

from monitoring.schemas import shared as shared_module
from monitoring.schemas import source as schema_source
from monitoring.schemas.registry import Registry
from monitoring.schemas.shared import MOST_READ, BeingRead, SharedSchemas
from monitoring.schemas.source import MOST_CHARACTERS, SchemaSource
from monitoring.schemas.unavailable import SchemaUnavailable
from portal.aws.session import AwsSession
from portal.messages.message import Message
from tests.waiting import wait_for

SCHEMA = json.dumps("string")


def no_session() -> AwsSession:
    return AwsSession.__new__(AwsSession)


GLUE = SchemaSource(no_session, glue_problem=None)


@pytest.fixture
def redis(clean_redis: str) -> Redis:
    return Redis.from_url(clean_redis)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What AWS was asked for; it answers."""
    asked: list[str] = []
    monkeypatch.setattr(schema_source, "avro_schema", lambda _aws, version: asked.append(version) or SCHEMA)
    return asked


def code_of(shared: SharedSchemas, source: SchemaSource, name: str) -> str:
    with pytest.raises(SchemaUnavailable) as unavailable:
        shared.schema(source, name)
    return unavailable.value.message.code


def test_a_schema_is_read_once_for_all_processes(redis: Redis, asked: list[str]) -> None:
    assert [SharedSchemas("abc", redis).schema(GLUE, "glue:7") for _ in range(3)] == [SCHEMA] * 3
    assert asked == ["7"]
    assert 0 < redis.ttl("schema_text:abc:glue:7") <= 900


def test_streams_share_nothing(redis: Redis, asked: list[str]) -> None:
    for uid in ("abc", "other"):
        SharedSchemas(uid, redis).schema(GLUE, "glue:7")
    assert asked == ["7", "7"]


def test_what_is_kept_is_not_returned_once_it_may_not_be_read(redis: Redis, asked: list[str]) -> None:
    shared = SharedSchemas("abc", redis)
    shared.schema(GLUE, "glue:7")
    assert code_of(shared, SchemaSource(no_session), "glue:7") == "schemas.glue_not_allowed"
    assert code_of(shared, SchemaSource(no_session), "confluent:7") == "schemas.no_registry"
    assert asked == ["7"]


def test_a_failure_is_kept_with_its_reason(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(schema_source, "avro_schema", lambda _aws, version: asked.append(version))
    shared = SharedSchemas("abc", redis)
    assert [code_of(shared, GLUE, "glue:7") for _ in range(2)] == ["schemas.not_avro"] * 2
    assert asked == ["7"]


def test_another_address_is_another_registry(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema_source, "registered_schema", lambda registry, number: f'"{registry.address}"')
    shared = SharedSchemas("abc", redis)
    found = [
        shared.schema(SchemaSource(no_session, registry=Registry(address)), "confluent:7")
        for address in ("https://a.example.com", "https://b.example.com")
    ]
    assert found == ['"https://a.example.com"', '"https://b.example.com"']


def test_records_cause_few_reads(redis: Redis, asked: list[str]) -> None:
    shared = SharedSchemas("abc", redis)
    for number in range(MOST_READ):
        shared.schema(GLUE, f"glue:{number}")
    assert code_of(shared, GLUE, "glue:one-more") == "schemas.too_many"
    assert len(asked) == MOST_READ
    redis.delete("schema_reads:abc")  # five minutes later
    assert shared.schema(GLUE, "glue:one-more") == SCHEMA


def test_a_schema_that_is_too_long_is_not_used(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema_source, "avro_schema", lambda *_: "x" * (MOST_CHARACTERS + 1))
    assert code_of(SharedSchemas("abc", redis), GLUE, "glue:7") == "schemas.too_long"


def test_redis_keeps_a_bounded_amount_of_them(redis: Redis, asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_module, "MOST_KEPT_BYTES", 2 * len(zlib.compress(SCHEMA.encode())))
    for number in range(3):
        assert SharedSchemas("abc", redis).schema(GLUE, f"glue:{number}") == SCHEMA
    assert len(list(redis.scan_iter("schema_text:*"))) == 2


def test_two_processes_do_not_read_one_schema_at_the_same_time(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, answered = threading.Event(), threading.Event()

    def hang(*_: object) -> str:
        asked.set()
        answered.wait(30)
        return SCHEMA

    monkeypatch.setattr(schema_source, "avro_schema", hang)
    shared = SharedSchemas("abc", redis)
    thread = threading.Thread(target=shared.schema, args=(GLUE, "glue:7"))
    thread.start()
    wait_for(asked.is_set)
    with pytest.raises(BeingRead):
        shared.schema(GLUE, "glue:7")
    answered.set()
    thread.join(30)
    assert shared.schema(GLUE, "glue:7") == SCHEMA


def test_the_name_of_an_avro_fingerprint_is_no_registry(redis: Redis) -> None:
    assert code_of(SharedSchemas("abc", redis), GLUE, "avro:00ff") == "record.schema_needed"
    assert GLUE.problem("avro:00ff") == Message("record.schema_needed")
