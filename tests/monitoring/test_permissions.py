"""Records are not read without permission; a degraded connection is the first thing that a stream shows."""

import pytest
from django.test import Client
from redis import Redis

from monitoring.collection.collector import collect
from monitoring.models import StreamHealth
from monitoring.records.sample_buffer import SampleBuffer, monotonic_seconds
from monitoring.tap.publisher import RecordPublisher
from monitoring.tap.source import SamplingDisabled, Source, open_source
from monitoring.tap.stream_tap import StreamTap
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.states import ConnectionState
from portal.aws.records import DataRecord
from portal.aws.session import AwsSession
from portal.messages.catalogue import advice_of, text_of
from portal.messages.message import Message
from portal.tenancy.models import User
from tests.monitoring.conftest import NOW, REGION
from tests.monitoring.poisoned import rows_of
from tests.monitoring.test_views import page

DEGRADED = {
    "state": ConnectionState.DEGRADED,
    "verdict": Message("trust.no_external_id_required"),
}


def change(integration: Integration, **fields: object) -> None:
    Connection.objects.filter(pk=integration.connection_id).update(**fields)


@pytest.mark.django_db(transaction=True)
def test_the_tap_reads_nothing_without_permission(integration: Integration) -> None:
    assert open_source(integration.uid).stream_name == "sluice-sensors"
    change(integration, allow_sampling=False)
    with pytest.raises(SamplingDisabled):
        open_source(integration.uid)


@pytest.mark.django_db(transaction=True)
def test_a_running_tap_stops_with_its_next_list_of_shards(
    integration: Integration, kinesis, aws: AwsSession, clean_redis: str
) -> None:
    def opened(uid: str) -> Source:
        return Source(open_source(uid).stream_name, lambda: aws)

    publisher = RecordPublisher(integration.uid, SampleBuffer(integration.uid, Redis.from_url(clean_redis)))
    tap = StreamTap(integration.uid, lock=None, publisher=publisher, pool=None, decoders=None, open_source=opened)
    assert tap.open_and_list()[1]
    change(integration, allow_sampling=False)
    with pytest.raises(SamplingDisabled):
        tap.open_and_list()


@pytest.mark.django_db
def test_the_page_says_that_samples_are_disabled_instead_of_showing_records(
    client: Client, admin: User, integration: Integration, clean_redis: str
) -> None:
    record = DataRecord("1", NOW, "bldg-7/leak", b'{"wet": "a secret"}', "shardId-000000000006")
    SampleBuffer(integration.uid, Redis.from_url(clean_redis)).add(rows_of(record), now=monotonic_seconds())
    assert "a secret" in page(client, admin, integration)
    change(integration, allow_sampling=False)
    text = page(client, admin, integration)
    assert "Record samples are turned off" in text
    assert "a secret" not in text
    assert "a secret" not in page(client, admin, integration, "?part=records")


@pytest.mark.django_db
def test_a_degraded_connection_is_shown_first_with_a_link_to_its_page(
    client: Client, admin: User, integration: Integration, aws: AwsSession, clean_redis: str
) -> None:
    change(integration, **DEGRADED)
    collect(connection_id=integration.connection_id, region=REGION, now=NOW)
    health = StreamHealth.objects.get(integration=integration)
    assert health.state == "failing"
    assert "degraded: The role does not require the external ID." in text_of(health.message)
    assert "Restore the sts:ExternalId condition" in advice_of(health.message)
    text = page(client, admin, integration)
    assert f'href="/t/northwind/connections/{integration.connection.uid}/"' in text
    change(integration, state=ConnectionState.VERIFIED)
    collect(connection_id=integration.connection_id, region=REGION, now=NOW)
    assert "degraded" not in text_of(StreamHealth.objects.get(integration=integration).message)
