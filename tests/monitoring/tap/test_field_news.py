"""The tap's part of the field catalogue: from records that are decoded anyway into PostgreSQL, once a minute."""

import json

import pytest
from django.db import connection
from redis import Redis

from monitoring.field_catalogue.kind_services import choose_kind_field
from monitoring.field_catalogue.paths import path_text
from monitoring.field_catalogue.stored import StoredKind, stored_kinds
from monitoring.field_model import DeviceKind
from monitoring.tap.source import Source
from monitoring.tap.tap import Tap
from onboarding.models.integration import Integration
from portal import live
from portal.aws.session import AwsSession
from portal.tenancy.models import User
from tests.monitoring.tap.conftest import CLEAR, Moment, go, put

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sources(integration: Integration, aws: AwsSession) -> list[Source]:
    """Where the tap finds the stream: the last of them."""
    return [Source("sluice-sensors", lambda: aws, integration_id=integration.pk)]


@pytest.fixture
def tap(kinesis, redis: Redis, moment: Moment, sources: list[Source]):
    tap = Tap(open_source=lambda _uid: sources[-1], clock=moment)
    yield tap
    tap.close()
    connection.close()


def fields(kind: StoredKind) -> set[str]:
    return {path_text(path) for path in kind.fields.fields}


def test_fields_of_what_is_decoded_are_stored_without_values(
    tap: Tap, moment: Moment, kinesis, integration: Integration
) -> None:
    live.hold({CLEAR: 1})
    go(tap, moment, 2)
    for number in range(5):
        put(kinesis, json.dumps({"person": "Alice", "reading": {"celsius": 4711 + number}}).encode())
    put(kinesis, b"no structure")
    go(tap, moment, 12)
    [kind] = stored_kinds(integration.pk)
    assert fields(kind) == {"person", "reading", "reading.celsius"}
    assert kind.fields.records == 5
    stored = json.dumps(list(DeviceKind.objects.values("name", "contents")))
    assert "Alice" not in stored
    assert "4711" not in stored


def test_a_stream_is_written_once_a_minute(
    tap: Tap, moment: Moment, kinesis, integration: Integration, redis: Redis
) -> None:
    live.hold({CLEAR: 1})
    go(tap, moment, 2)
    put(kinesis, b'{"a": 1}')
    go(tap, moment, 9)
    put(kinesis, b'{"b": 1}')
    go(tap, moment, 9)
    assert fields(stored_kinds(integration.pk)[0]) == {"a"}
    redis.delete("fields_written:abc")  # as after a minute
    go(tap, moment, 9)
    assert fields(stored_kinds(integration.pk)[0]) == {"a", "b"}
    assert redis.smembers("events:stream:abc:clear") >= {b"fields"}


def test_kinds_are_counted_once_an_admin_chose_their_field(
    tap: Tap, moment: Moment, kinesis, integration: Integration, aws: AwsSession, sources: list[Source], admin: User
) -> None:
    live.hold({CLEAR: 1})
    choose_kind_field(integration_id=integration.pk, path=("type",), actor=admin)
    sources.append(Source("sluice-sensors", lambda: aws, integration_id=integration.pk, kind_field=("type",)))
    go(tap, moment, 2)
    put(kinesis, b'{"type": "door", "open": true}')
    go(tap, moment, 9)
    assert [(kind.name, fields(kind)) for kind in stored_kinds(integration.pk)] == [
        ("", {"type", "open"}),
        ("door", {"type", "open"}),
    ]


def test_what_was_decoded_for_another_kind_field_is_dropped(
    tap: Tap, moment: Moment, kinesis, integration: Integration, aws: AwsSession, sources: list[Source]
) -> None:
    live.hold({CLEAR: 1})
    go(tap, moment, 2)
    put(kinesis, b'{"a": 1}')
    go(tap, moment, 1)
    stream = tap.streams["abc"]
    stream.fields.describe(Source("x", lambda: aws, integration_id=integration.pk, kind_field=("a",)), moment.now)
    put(kinesis, b'{"b": 1}')
    go(tap, moment, 12)
    assert stored_kinds(integration.pk) == []


def test_a_stream_that_was_removed_meanwhile_costs_nothing(
    tap: Tap, moment: Moment, kinesis, sources: list[Source], aws: AwsSession
) -> None:
    sources.append(Source("sluice-sensors", lambda: aws, integration_id=999_999))
    live.hold({CLEAR: 1})
    go(tap, moment, 2)
    put(kinesis, b'{"a": 1}')
    go(tap, moment, 9)
    assert DeviceKind.objects.count() == 0
    assert tap.streams["abc"].failure is None
