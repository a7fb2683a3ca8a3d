"""Who reads a stream is listed in the emulator's AWS, by a role whose grant has what the client chose and no more."""

from datetime import timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from monitoring.collection import reader_reading
from monitoring.models import ExpectedHours, StreamHealth, StreamReaders
from monitoring.readers.reader import Reader, ReaderKind
from monitoring.readers.stored import known_readers
from monitoring.watched_streams import watched_stream
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from portal.messages.catalogue import text_of
from tests.monitoring.readers.conftest import TABLE, arn, granted
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now()


@pytest.fixture(autouse=True)
def metrics_are_immediate() -> None:
    with override_settings(SLUICE_METRIC_DELAY_SECONDS=0):
        yield


def chosen(integration: Integration, *, readers: bool = True, tables: bool = True) -> Connection:
    connection = integration.connection
    assert connection is not None
    connection.allow_readers = readers
    connection.other_resources = [arn("dynamodb", f"table/{TABLE}", connection.account_id)] if tables else []
    connection.save()
    ExpectedHours.objects.update_or_create(integration=integration, defaults={"lease_tables": [TABLE]})
    return connection


def read(integration: Integration, *, at: timedelta = timedelta()) -> bool:
    stream = watched_stream(integration.uid)
    assert stream is not None
    return reader_reading.read(stream, now=timezone.now() + at)


def by_name(integration: Integration) -> dict[str, Reader]:
    return {reader.name: reader for reader in known_readers(integration.pk).readers}


def test_every_kind_of_reader_is_listed_with_its_lag_and_counted(
    world: World, read_stream: Integration, denied: list[str]
) -> None:
    StreamHealth.objects.create(integration=read_stream)
    granted(world, chosen(read_stream))
    assert read(read_stream)
    found = by_name(read_stream)
    assert {name: (reader.kind, reader.lag_ms) for name, reader in found.items()} == {
        "analytics": (ReaderKind.CONSUMER, 1_200_000),
        "alarms": (ReaderKind.FUNCTION, 4_000),
        TABLE: (ReaderKind.APPLICATION, 30_000),
    }
    assert (found[TABLE].leases, found[TABLE].leases_without_owner, found[TABLE].workers) == (2, 1, 1)
    assert known_readers(read_stream.pk).problems == {}
    assert denied == []
    # One for the consumer, one for the function, and one for each open shard of the application.
    assert StreamHealth.objects.get().metrics_requested == 4


def test_a_large_lease_table_is_read_in_part_and_says_so(
    world: World, read_stream: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    granted(world, chosen(read_stream))
    assert read(read_stream)
    assert not by_name(read_stream)[TABLE].is_partial
    monkeypatch.setattr(reader_reading, "MOST_LEASES", 1)
    assert read(read_stream, at=timedelta(minutes=6))
    found = by_name(read_stream)[TABLE]
    assert found.is_partial
    assert found.leases <= 1


def test_without_the_permission_no_call_is_made(
    world: World, read_stream: Integration, calls: list[str], denied: list[str]
) -> None:
    granted(world, chosen(read_stream, readers=False))
    before = list(calls)
    assert not read(read_stream)
    assert (calls, denied, StreamReaders.objects.count()) == (before, [], 0)


def test_a_role_that_is_older_than_the_choice_is_not_called(
    world: World, read_stream: Integration, denied: list[str]
) -> None:
    connection = chosen(read_stream)
    older = {"Statement": [{"Effect": "Allow", "Action": "kinesis:ListShards", "Resource": "*"}]}
    connection.deployed = {"read_at": NOW.isoformat(), "policies": {"SluiceStreams": older}}
    connection.save()
    assert read(read_stream)
    problems = known_readers(read_stream.pk).problems
    assert {name: problem.code for name, problem in problems.items()} == dict.fromkeys(
        ("consumer", "function", f"table:{TABLE}"), "readers.role_outdated"
    )
    assert known_readers(read_stream.pk).read_at is None, "nothing was asked"
    assert denied == []


def test_a_lease_table_that_is_not_listed_is_not_read(
    world: World, read_stream: Integration, denied: list[str]
) -> None:
    granted(world, chosen(read_stream, tables=False))
    read(read_stream)
    assert set(by_name(read_stream)) == {"analytics", "alarms"}
    [problem] = known_readers(read_stream.pk).problems.values()
    assert text_of(problem) == f"The role may not read the lease table {TABLE}."
    assert denied == []


def test_the_emulator_denies_what_was_not_granted(world: World, read_stream: Integration, denied: list[str]) -> None:
    granted(world, chosen(read_stream, readers=False))
    chosen(read_stream)  # not deployed, and what is deployed was never read
    read(read_stream)
    assert sorted(denied) == ["ListEventSourceMappings", "ListStreamConsumers", "Scan"]
    assert by_name(read_stream) == {}
    assert len(known_readers(read_stream.pk).problems) == 3


def test_readers_are_listed_at_most_once_in_five_minutes_and_known_since_the_first(
    world: World, read_stream: Integration
) -> None:
    granted(world, chosen(read_stream))
    read(read_stream)
    first = by_name(read_stream)["analytics"].known_since
    assert not read(read_stream, at=timedelta(minutes=4))
    assert read(read_stream, at=timedelta(minutes=6))
    again = by_name(read_stream)["analytics"]
    assert again.known_since == first
    assert first is not None
    assert again.seen_at is not None
    assert again.seen_at > first


def test_what_aws_does_not_answer_stays_as_it_was_listed(
    world: World, read_stream: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    granted(world, chosen(read_stream))
    read(read_stream)
    client = world.root().client("dynamodb")
    client.delete_table(TableName=TABLE)
    read(read_stream, at=timedelta(minutes=6))
    assert set(by_name(read_stream)) == {"analytics", "alarms", TABLE}
    assert set(known_readers(read_stream.pk).problems) == {f"table:{TABLE}"}
    account = world.account_id
    kinesis = world.root().client("kinesis")
    kinesis.deregister_stream_consumer(
        StreamARN=arn("kinesis", "stream/sluice-sensors", account), ConsumerName="analytics"
    )
    kinesis.list_stream_consumers(StreamARN=arn("kinesis", "stream/sluice-sensors", account))  # DELETING once
    read(read_stream, at=timedelta(minutes=12))
    assert set(by_name(read_stream)) == {"alarms", TABLE}
