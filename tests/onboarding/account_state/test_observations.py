"""What AWS described is kept with the time, and only what is newer replaces it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from onboarding.account_state.observations import SeenDelivery, SeenStream, keep_delivery, keep_stream
from onboarding.models.integration import Integration
from onboarding.models.observation import Observation
from portal.aws.firehose import DeliveryStream
from portal.aws.kinesis import Stream
from portal.aws.stream_settings import SHARD_LEVEL_METRICS
from portal.tenancy.models import Tenant

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
STREAM = Stream("s", "arn", "ACTIVE", "PROVISIONED", 3, 48, "KMS", "alias/aws/kinesis", SHARD_LEVEL_METRICS, NOW)


@pytest.fixture
def integration() -> Integration:
    tenant = Tenant.objects.create(slug="northwind", name="Northwind")
    return Integration.objects.create(tenant=tenant, name="sensors")


def seen() -> SeenStream | None:
    return SeenStream.of(Observation.objects.get())


def test_a_described_stream_is_kept_with_the_time(integration: Integration) -> None:
    keep_stream(integration.pk, "s", STREAM, seen_at=NOW)
    found = seen()
    assert (found.open_shards, found.retention_hours, found.kms_key) == (3, 48, "alias/aws/kinesis")
    assert (found.seen_at, found.is_on_demand, found.has_shard_metrics) == (NOW, False, True)


def test_only_what_is_newer_replaces_it(integration: Integration) -> None:
    keep_stream(integration.pk, "s", STREAM, seen_at=NOW)
    keep_stream(integration.pk, "s", replace(STREAM, retention_hours=24), seen_at=NOW - timedelta(seconds=1))
    assert seen().retention_hours == 48
    later = NOW + timedelta(seconds=1)
    keep_stream(integration.pk, "s", replace(STREAM, retention_hours=72, encryption_type="NONE"), seen_at=later)
    assert (seen().retention_hours, seen().kms_key) == (72, "none")


def test_a_stream_that_is_not_there_has_no_settings(integration: Integration) -> None:
    keep_stream(integration.pk, "s", None, seen_at=NOW)
    assert seen() is None
    assert Observation.objects.get().seen_at == NOW


@pytest.mark.parametrize(
    "settings",
    [
        {"BufferingHints": {"IntervalInSeconds": 60, "SizeInMBs": 5}, "HECToken": "secret"},
        {"S3DestinationDescription": {"BufferingHints": {"IntervalInSeconds": 60, "SizeInMBs": 5}}},
    ],
)
def test_of_a_firehose_stream_only_status_and_buffer_are_kept(
    integration: Integration, settings: dict[str, object]
) -> None:
    found = DeliveryStream("f", "arn", "ACTIVE", "1", "d", None, None, "Splunk", settings)
    keep_delivery(integration.pk, "f", found, seen_at=NOW)
    row = Observation.objects.get()
    assert SeenDelivery.of(row) == SeenDelivery(NOW, "ACTIVE", 60, 5)
    assert "secret" not in str(row.settings)
