"""Schemas of AWS Glue Schema Registry: read once in the tap's threads, where the client allows it."""

import io
import json
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import fastavro
import pytest
from redis import Redis

from monitoring.records.sample_buffer import newest_rows
from monitoring.records.tap_status import tap_status
from monitoring.schemas import source as schema_source
from monitoring.schemas.registry import Registry
from monitoring.schemas.shared import MOST_READ, RETRY_SECONDS
from monitoring.schemas.source import NOT_ALLOWED, SchemaSource
from monitoring.tap import tap as tap_module
from monitoring.tap.decoder_pool import DecoderPool
from monitoring.tap.schema_reader import SchemaReader
from monitoring.tap.source import Source
from monitoring.tap.tap import Tap
from portal import live
from portal.aws.errors import fault
from portal.aws.records import DataRecord
from portal.aws.session import AwsSession
from tests.monitoring.conftest import NOW
from tests.monitoring.tap.conftest import CLEAR, Moment, go, put
from tests.waiting import wait_for

SCHEMA = {"type": "record", "name": "R", "fields": [{"name": "device", "type": "string"}]}


def framed(version: str, device: str) -> bytes:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, SCHEMA, {"device": device})
    return b"\x03\x00" + uuid.UUID(version).bytes + out.getvalue()


def registered(aws: AwsSession) -> str:
    glue = aws.client("glue")
    glue.create_registry(RegistryName="sensors")
    created = glue.create_schema(
        RegistryId={"RegistryName": "sensors"},
        SchemaName="reading",
        DataFormat="AVRO",
        Compatibility="BACKWARD",
        SchemaDefinition=json.dumps(SCHEMA),
    )
    return str(created["SchemaVersionId"])


@pytest.mark.parametrize("is_allowed", [True, False])
def test_records_are_decoded_with_their_schema_once_it_was_read(
    redis: Redis, moment: Moment, kinesis, aws: AwsSession, is_allowed: bool
) -> None:
    version = registered(aws)
    asked: list[object] = []
    aws.client("glue").meta.events.register("provide-client-params.glue.GetSchemaVersion", lambda **_: asked.append(1))
    schemas = SchemaSource(lambda: aws, glue_problem=None) if is_allowed else SchemaSource(lambda: aws)
    tap = Tap(open_source=lambda uid: Source("sluice-sensors", lambda: aws, schemas=schemas), clock=moment)
    live.hold({CLEAR: 1})
    go(tap, moment, 2)
    for number in range(3):
        put(kinesis, framed(version, f"hvac-{number}"))
        go(tap, moment, 3)
    paths = [row.decoder_path for row in reversed(newest_rows("abc"))]
    read, unread = "Glue Schema Registry › Avro", "Glue Schema Registry › hex"
    assert paths == ([unread, read, read] if is_allowed else [unread] * 3)
    assert len(asked) == (1 if is_allowed else 0)
    status = tap_status("abc")
    assert status is not None
    assert status.schema_problem == (None if is_allowed else NOT_ALLOWED)
    assert all("hvac" not in row.masked.text for row in newest_rows("abc"))
    tap.close()


def no_session() -> AwsSession:
    return AwsSession.__new__(AwsSession)


@pytest.fixture
def reader(redis: Redis) -> Iterator[SchemaReader]:
    pool = ThreadPoolExecutor(1)
    yield SchemaReader("abc", pool, DecoderPool(2), redis)
    pool.shutdown()


def five_minutes_pass(reader: SchemaReader) -> None:
    reader.redis.flushdb()


def stepped(reader: SchemaReader, wanted: list[str], now: float) -> None:
    source = SchemaSource(no_session, glue_problem=None)
    reader.step(wanted, source, now)
    for read in reader.pending():
        read.exception(timeout=30)
    reader.step([], source, now)


@pytest.mark.parametrize("error", [ZeroDivisionError("a fault of ours"), None])
def test_what_cannot_be_read_is_tried_again_later(
    reader: SchemaReader, monkeypatch: pytest.MonkeyPatch, error: Exception | None
) -> None:
    asked: list[str] = []

    def refuse(_aws: object, version: str) -> str:
        asked.append(version)
        raise error or fault("EntityNotFoundException", "glue:GetSchemaVersion", "")

    monkeypatch.setattr(schema_source, "avro_schema", refuse)
    for now in (1000.0, 1001.0):
        stepped(reader, ["glue:7"], now)
    assert asked == ["7"]
    problem = reader.problem(1001.0)
    assert problem is not None
    assert problem.code == ("schemas.unexpected_error" if error else "schemas.glue_not_found")
    five_minutes_pass(reader)
    monkeypatch.setattr(schema_source, "avro_schema", lambda _aws, version: asked.append(version) or json.dumps(SCHEMA))
    stepped(reader, ["glue:7"], 1000.0 + RETRY_SECONDS)
    assert asked == ["7", "7"]
    assert reader.problem(1000.0 + RETRY_SECONDS) is None


def test_ids_in_records_cause_few_calls(reader: SchemaReader, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(schema_source, "avro_schema", lambda _aws, version: asked.append(version))
    for number in range(100):
        stepped(reader, [f"glue:{number}", f"confluent:{number}"], 1000.0)
    assert len(asked) == MOST_READ


def test_the_schema_that_most_records_need_is_read_first_and_chance_uses_up_no_reads_for_good(
    reader: SchemaReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(schema_source, "avro_schema", lambda _aws, version: asked.append(version))
    stepped(reader, ["glue:chance", "glue:real", "glue:real"], 1000.0)
    assert asked == ["real"]
    for number in range(MOST_READ):
        stepped(reader, [f"glue:{number}"], 1000.0)
    assert len(asked) == MOST_READ
    five_minutes_pass(reader)
    stepped(reader, ["glue:later"], 1000.0 + RETRY_SECONDS)
    assert asked[-1] == "later"


def asked_registries(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    asked: list[tuple[str, str]] = []

    def answer(registry: Registry, number: str) -> str:
        asked.append((registry.address, number))
        return json.dumps(SCHEMA)

    monkeypatch.setattr(schema_source, "registered_schema", answer)
    return asked


def test_the_schemas_of_an_address_are_forgotten_with_it(reader: SchemaReader, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []
    monkeypatch.setattr(
        schema_source, "registered_schema", lambda of, number: asked.append((of.address, number)) or json.dumps(SCHEMA)
    )
    for registry in ("https://old.example.com", "https://new.example.com", ""):
        source = SchemaSource(no_session, registry=Registry(registry))
        for now in (1000.0, 1001.0):
            reader.step(["confluent:42"], source, now)
            for read in reader.pending():
                read.exception(timeout=30)
    assert asked == [("https://old.example.com", "42"), ("https://new.example.com", "42")]
    assert reader.decoders._schemas == {}


def test_a_registry_is_asked_only_where_an_admin_gave_its_address(
    reader: SchemaReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []
    monkeypatch.setattr(
        schema_source, "registered_schema", lambda of, number: asked.append((of.address, number)) or json.dumps(SCHEMA)
    )
    for registry in ("", "https://registry.example.com"):
        source = SchemaSource(no_session, registry=Registry(registry))
        reader.step(["confluent:42", "glue:7"], source, 1000.0)
        for read in reader.pending():
            read.exception(timeout=30)
        reader.step([], source, 1000.0)
    assert asked == [("https://registry.example.com", "42")]
    out = io.BytesIO()
    fastavro.schemaless_writer(out, SCHEMA, {"device": "hvac-1"})
    message = b"\x00\x00\x00\x00\x2a" + out.getvalue()
    record = DataRecord("1", NOW, "k", message, "shardId-000000000000")
    reader.decoders.submit("abc", "tenant", [record])
    wait_for(lambda: not reader.decoders.waiting("abc"))
    (row,) = reader.decoders.finished("abc").rows
    assert (row.decoder_path, row.clear.text) == ("Confluent Schema Registry › Avro", '{"device": "hvac-1"}')
    reader.decoders.close()


def test_a_registry_that_does_not_answer_holds_up_no_reads(
    redis: Redis, moment: Moment, kinesis, aws: AwsSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, answered = threading.Event(), threading.Event()

    def hang(*_: object) -> None:
        asked.set()
        answered.wait(60)

    monkeypatch.setattr(schema_source, "registered_schema", hang)
    monkeypatch.setattr(tap_module, "_THREADS", 1)
    schemas = SchemaSource(no_session, registry=Registry("https://registry.example.com"))
    source = Source("sluice-sensors", lambda: aws, schemas=schemas)
    tap = Tap(open_source=lambda uid: source, clock=moment)
    live.hold({CLEAR: 1})

    def rows_after_a_step() -> int:
        moment.now += 0.25
        tap.tick()
        return len(newest_rows("abc"))

    try:
        put(kinesis, b"\x00\x00\x00\x00\x2a\xff\xfe\xfd")
        wait_for(lambda: rows_after_a_step() == 1 and asked.is_set())
        put(kinesis, b'{"later": true}')
        wait_for(lambda: rows_after_a_step() == 2)
    finally:
        answered.set()
        tap.close()
