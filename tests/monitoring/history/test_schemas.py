"""Records of the past are decoded with the schemas of registries that they name, with a filter too, and masked."""

import io
import json
import uuid

import fastavro
import pytest

from monitoring.history import store
from monitoring.history.answer import Answer, answered
from monitoring.history.page_decoder import PageDecoder
from monitoring.history.position import START, Cut
from monitoring.history.query import HistoryQuery
from monitoring.history.reading import read_turn
from monitoring.models import ExpectedHours
from monitoring.records.access import Audience
from monitoring.records.access_services import allow_fields
from monitoring.records.field_paths import version_of
from monitoring.schemas import source as schema_source
from monitoring.schemas.registry import Registry
from monitoring.schemas.shared import BeingRead, SharedSchemas
from monitoring.schemas.source import SchemaSource
from monitoring.schemas.unavailable import SchemaUnavailable
from onboarding.models.integration import Integration
from portal import live
from portal.messages.message import Message
from portal.tenancy.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
SCHEMA = {
    "type": "record",
    "name": "R",
    "fields": [{"name": "person", "type": "string"}, {"name": "celsius", "type": "double"}],
}
VERSION = str(uuid.uuid4())
REGISTRY = "https://registry.example.com"


@pytest.fixture(autouse=True)
def many_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitoring.records.read_turns.SECONDS_ALONE", 0.01)


def avro(person: str, celsius: float) -> bytes:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, SCHEMA, {"person": person, "celsius": celsius})
    return out.getvalue()


def put(kinesis, *records: bytes) -> None:
    for data in records:
        kinesis.put_record(StreamName="sluice-sensors", Data=data, PartitionKey="k", ExplicitHashKey="0")


def glue(person: str, celsius: float) -> bytes:
    return b"\x03\x00" + uuid.UUID(VERSION).bytes + avro(person, celsius)


def confluent(person: str, celsius: float) -> bytes:
    return b"\x00\x00\x00\x00\x2a" + avro(person, celsius)


@pytest.fixture
def allowed(integration: Integration, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What AWS is asked for, where the client allows it."""
    monkeypatch.setattr(schema_source, "_glue_problem", lambda _: None)
    asked: list[str] = []
    monkeypatch.setattr(schema_source, "avro_schema", lambda _aws, version: asked.append(version) or json.dumps(SCHEMA))
    return asked


def read(
    integration: Integration, *, wanted: str = "", name: str = "page", audience: Audience = Audience.CLEAR
) -> Answer:
    query = HistoryQuery(Cut(START), wanted=wanted)
    assert store.request(name, store.Requested(integration.pk, query))
    while read_turn(name):
        store.want(name)
    return answered(name, query, audience=audience, mask_version=version_of(frozenset({"celsius"})))


def texts(answer: Answer) -> list[str]:
    return [row.view.text for row in answer.rows]


def test_a_page_is_decoded_with_the_schema_that_its_records_name(
    readable, integration: Integration, allowed: list[str]
) -> None:
    put(readable, glue("Alice", 21.6), b'{"n": 1}', glue("Bob", 31.0))
    answer = read(integration)
    assert texts(answer) == ['{"person": "Alice", "celsius": 21.6}', '{"n": 1}', '{"person": "Bob", "celsius": 31.0}']
    assert answer.rows[0].row.decoder_path == "Glue Schema Registry › Avro"
    assert (allowed, answer.schema_notes) == ([VERSION], [])
    read(integration, name="again")
    assert allowed == [VERSION]


def test_a_filter_searches_the_values_that_a_schema_makes_readable(
    readable, integration: Integration, allowed: list[str]
) -> None:
    put(readable, glue("Alice", 21.6), glue("Bob", 31.0))
    answer = read(integration, wanted="celsius > 30")
    assert texts(answer) == ['{"person": "Bob", "celsius": 31.0}']
    assert answer.progress.searched == 2


def test_staff_see_what_the_client_allows_of_it_and_no_more(
    readable, integration: Integration, allowed: list[str], admin: User
) -> None:
    allow_fields(tenant=integration.tenant, text="celsius", shows_partition_key=False, actor=admin)
    put(readable, glue("Alice", 21.6))
    answer = read(integration, audience=Audience.MASKED)
    assert texts(answer) == ['{"•••1": "•••", "celsius": 21.6}']


def test_without_the_permission_nothing_is_asked_and_the_page_says_what_cures_it(
    readable, integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema_source, "avro_schema", lambda *_: pytest.fail("AWS was asked"))
    put(readable, glue("Alice", 21.6), confluent("Bob", 31.0))
    answer = read(integration)
    assert [row.row.leaf for row in answer.rows] == ["hex", "hex"]
    assert [note.problem.code for note in answer.schema_notes] == ["schemas.glue_not_allowed", "schemas.no_registry"]
    assert {note.schema_id for note in answer.schema_notes} == {""}


def test_why_a_schema_could_not_be_read_is_on_the_page_without_its_id_for_staff(
    readable, integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    ExpectedHours.objects.create(integration=integration, schema_registry=REGISTRY)

    def refuse(registry: Registry, number: str) -> str:
        assert (registry.address, number) == (REGISTRY, "42")
        raise SchemaUnavailable(Message("schemas.access_refused", status=401))

    monkeypatch.setattr(schema_source, "registered_schema", refuse)
    put(readable, confluent("Alice", 21.6))
    (note,) = read(integration).schema_notes
    assert (note.registry, note.schema_id, note.problem.code) == (
        "Confluent Schema Registry",
        "42",
        "schemas.access_refused",
    )
    (note,) = read(integration, name="staff", audience=Audience.MASKED).schema_notes
    assert note.schema_id == ""


def test_a_confluent_schema_is_read_at_the_address_that_an_admin_gave(
    readable, integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    ExpectedHours.objects.create(integration=integration, schema_registry=REGISTRY)
    monkeypatch.setattr(schema_source, "registered_schema", lambda *_: json.dumps(SCHEMA))
    put(readable, confluent("Alice", 21.6))
    assert texts(read(integration)) == ['{"person": "Alice", "celsius": 21.6}']


def test_a_page_does_not_wait_for_ever_for_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def being_read(*_: object) -> str:
        raise BeingRead

    monkeypatch.setattr(SharedSchemas, "schema", being_read)
    source = SchemaSource(lambda: pytest.fail("no session"), glue_problem=None)
    decoder = PageDecoder(source, SharedSchemas("abc", live.connect()), _seconds_left=0.1)
    (contents,) = decoder.decode([(glue("Alice", 21.6), "k")])
    decoder.close()
    assert contents.listed[0].decoder_path == "Glue Schema Registry › hex"
    assert decoder.problems(()) == ((f"glue:{VERSION}", Message("schemas.being_read")),)
