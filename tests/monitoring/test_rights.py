"""What a client left out is not read and not shown; a degraded connection is the first thing that a stream says."""

import pytest
from django.test import Client
from redis import Redis

from monitoring.collect import collect
from monitoring.models import StreamHealth
from monitoring.records import rows_of
from monitoring.samples import Shelf, seconds
from monitoring.tap import SamplingLeftOut, Source, StreamTap, open_source
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.states import ConnectionState
from portal.aws.kinesis import DataRecord
from portal.aws.session import AwsSession
from portal.tenancy.models import User
from tests.monitoring.conftest import NOW, REGION
from tests.monitoring.test_views import page

DEGRADED = {
    "state": ConnectionState.DEGRADED,
    "report": {"right": "allowed", "what": "The role also opens without it.", "todo": "Put the condition back."},
}


def change(integration: Integration, **fields: object) -> None:
    Connection.objects.filter(pk=integration.connection_id).update(**fields)


@pytest.mark.django_db(transaction=True)
def test_the_tap_reads_nothing_where_samples_are_left_out(integration: Integration) -> None:
    assert open_source(integration.uid).stream_name == "sluice-sensors"
    change(integration, allow_sampling=False)
    with pytest.raises(SamplingLeftOut):
        open_source(integration.uid)


@pytest.mark.django_db(transaction=True)
def test_a_tap_that_reads_already_stops_with_its_next_list_of_shards(
    integration: Integration, kinesis, aws: AwsSession
) -> None:
    def opened(uid: str) -> Source:
        return Source(open_source(uid).stream_name, lambda: aws)

    tap = StreamTap(integration.uid, lock=None, shelf=None, pool=None, opened=opened)
    assert [shard for shard, _, _ in tap._look()[1]]
    change(integration, allow_sampling=False)
    with pytest.raises(SamplingLeftOut):
        tap._look()


@pytest.mark.django_db
def test_the_page_says_so_instead_of_showing_records(
    client: Client, admin: User, integration: Integration, clean_redis: str
) -> None:
    record = DataRecord("1", NOW, "bldg-7/leak", b'{"wet": "a secret"}', "shardId-000000000006")
    Shelf(integration.uid, Redis.from_url(clean_redis)).put(rows_of(record), now=seconds())
    assert "a secret" in page(client, admin, integration)
    change(integration, allow_sampling=False)
    text = page(client, admin, integration)
    assert "Record samples are turned off" in text
    assert "a secret" not in text
    assert "a secret" not in page(client, admin, integration, "?part=records")


@pytest.mark.django_db
def test_a_degraded_connection_is_said_first_with_its_page(
    client: Client, admin: User, integration: Integration, aws: AwsSession, clean_redis: str
) -> None:
    change(integration, **DEGRADED)
    collect(connection_id=integration.connection_id, region=REGION, now=NOW)
    health = StreamHealth.objects.get(integration=integration)
    assert health.state == "failing"
    assert "degraded: The role also opens without it." in health.sentence
    assert "Put the condition back." in health.advice
    text = page(client, admin, integration)
    assert f'href="/t/northwind/connections/{integration.connection.uid}/"' in text
    change(integration, state=ConnectionState.VERIFIED)
    collect(connection_id=integration.connection_id, region=REGION, now=NOW)
    assert "degraded" not in StreamHealth.objects.get(integration=integration).sentence
