from datetime import timedelta

import pytest

from monitoring.models import HealthState, StreamHealth
from monitoring.watched_streams import watched_stream, watched_stream_of, watched_streams
from onboarding.models.connection import Connection
from onboarding.models.credential import Credential
from onboarding.models.integration import Integration
from portal.tenancy.models import Tenant
from tests.monitoring.conftest import NOW, REGION, live_integration

pytestmark = pytest.mark.django_db


def names(**selection: object) -> list[str]:
    return sorted(stream.name for stream in watched_streams(**selection))


def test_streams_are_selected_by_connection_and_region(northwind: Tenant) -> None:
    first = live_integration(northwind, "first")
    live_integration(northwind, "north", region="eu-north-1")
    live_integration(northwind, "other", account="444455556666")
    assert names() == ["first", "north", "other"]
    assert names(connection_id=first.connection_id) == ["first", "north"]
    assert names(connection_id=first.connection_id, region=REGION) == ["first"]
    assert names(region="eu-north-1") == ["north"]
    assert names(connection_id=0) == []


@pytest.mark.parametrize("state", ["draft", "removed"])
def test_only_a_live_integration_can_be_watched(integration: Integration, state: str) -> None:
    assert watched_stream(integration.uid) is not None
    Integration.objects.update(state=state)
    assert watched_stream(integration.uid) is None
    assert names() == []


def test_an_unknown_uid_is_nothing_to_watch() -> None:
    assert watched_stream("0000") is None


def test_a_stream_has_what_its_pages_need(integration: Integration) -> None:
    stream = watched_stream(integration.uid)
    assert stream is not None
    assert (stream.stream_name, stream.region, stream.tenant_slug) == ("sluice-sensors", REGION, "northwind")
    assert (stream.account_id, stream.tenant_name) == ("111122223333", "Northwind Estates")
    assert [delivery.name for delivery in stream.deliveries] == ["sluice-sensors-to-s3"]
    assert stream.allow_sampling


def test_shards_are_unknown_until_aws_described_them(integration: Integration) -> None:
    stream = watched_stream(integration.uid)
    assert stream is not None
    assert (stream.shards, stream.seen_at) == (None, None)
    assert stream.as_seen(None) is stream


def test_the_last_record_is_the_one_of_the_last_collection(integration: Integration) -> None:
    StreamHealth.objects.create(
        integration=integration, state=HealthState.HEALTHY, measurements={"last_record_at": NOW.isoformat()}
    )
    stream = watched_stream(integration.uid)
    assert stream is not None
    assert stream.last_record_at == NOW


def test_without_a_collection_no_record_is_known(integration: Integration) -> None:
    stream = watched_stream(integration.uid)
    assert stream is not None
    assert stream.last_record_at is None


def test_an_integration_without_a_connection_cannot_be_watched(integration: Integration) -> None:
    integration.connection = None
    with pytest.raises(ValueError, match="no connection"):
        watched_stream_of(integration)


def test_the_permission_to_sample_is_the_connections(integration: Integration) -> None:
    Connection.objects.update(allow_sampling=False)
    stream = watched_stream(integration.uid)
    assert stream is not None
    assert not stream.allow_sampling


def give_credential(integration: Integration, state: str, hours: int) -> None:
    ready_at = NOW - timedelta(hours=hours)
    Credential.objects.create(integration=integration, attempt=hours, state=state, ready_at=ready_at)


@pytest.mark.parametrize(
    ("states", "unused_hours"),
    [
        ([], None),
        (["ready"], 1),
        (["ready", "ready"], 2),
        (["ready", "in_use"], None),
        (["revoked"], None),
        (["revoked", "ready"], 2),
    ],
)
def test_a_key_is_unused_while_none_of_the_stream_is_in_use(
    integration: Integration, states: list[str], unused_hours: int | None
) -> None:
    for hours, state in enumerate(states, start=1):
        give_credential(integration, state, hours)
    stream = watched_stream(integration.uid)
    assert stream is not None
    assert stream.unused_key_since == (None if unused_hours is None else NOW - timedelta(hours=unused_hours))
