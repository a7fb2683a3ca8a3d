"""Shared by the tests of account_state: a live integration, and what AWS described of it."""

from datetime import UTC, datetime

from onboarding.account_state import observations
from onboarding.deliveries.delivery import Delivery
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.stream_spec import StreamSpec
from portal.aws.firehose import DeliveryStream
from portal.aws.kinesis import Stream
from portal.aws.stream_settings import SHARD_LEVEL_METRICS
from portal.tenancy.models import Tenant

SEEN_AT = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
SPEC = IntegrationSpec(
    name="sensors",
    connection="production",
    stream=StreamSpec(name="sluice-sensors", region="eu-west-1", shards=2, retention_hours=24),
    deliveries=(Delivery(name="sensors-to-s3", bucket="sensors", buffering_seconds=300, buffering_mb=5),),
    recipients=("A" * 40,),
)
STREAM = Stream(
    "sluice-sensors", "arn", "ACTIVE", "PROVISIONED", 2, 24, "KMS", "alias/aws/kinesis", SHARD_LEVEL_METRICS, SEEN_AT
)


def live(spec: IntegrationSpec = SPEC, *, applied: IntegrationSpec | None = SPEC) -> Integration:
    """An integration for which `spec` was requested last, and `applied` by the last run that completed."""
    tenant = Tenant.objects.create(slug="northwind", name="Northwind")
    connection = Connection.objects.create(
        tenant=tenant, name="production", account_id="111122223333", state="verified", state_since=SEEN_AT
    )
    integration = Integration.objects.create(
        tenant=tenant, connection=connection, name="sensors", state="live", spec=spec.as_dict()
    )
    integration.resources.create(kind="data stream", name="sluice-sensors", state="present")
    if applied is not None:
        Run.objects.create(integration=integration, spec=applied.as_dict(), state="done", requested_by="ada")
    return integration


def saw(integration: Integration, stream: Stream | None = STREAM) -> Integration:
    """The integration after AWS described its stream."""
    observations.keep_stream(integration.pk, "sluice-sensors", stream, seen_at=SEEN_AT)
    return integration


def saw_delivery(integration: Integration, name: str = "sensors-to-s3", *, seconds: int = 300) -> Integration:
    """The integration after AWS described one of its Firehose streams."""
    hints = {"BufferingHints": {"IntervalInSeconds": seconds, "SizeInMBs": 5}}
    found = DeliveryStream(name, "arn", "ACTIVE", "1", "d", None, None, "ExtendedS3Destination", hints)
    observations.keep_delivery(integration.pk, name, found, seen_at=SEEN_AT)
    return integration
