"""The spec that describes what is in AWS: what the last completed run applied, and the settings seen since."""

from dataclasses import replace

from onboarding.account_state.consumers_in_aws import with_consumers
from onboarding.account_state.observations import FIREHOSE, STREAM, SeenDelivery, SeenStream
from onboarding.account_state.stopped_runs import stopped_runs
from onboarding.deliveries.delivery import Delivery
from onboarding.models.integration import Integration
from onboarding.models.observation import Observation
from onboarding.models.states import ResourceState, RunKind, RunState
from onboarding.spec import integration_spec as specs
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.stream_spec import StreamSpec

_AWS_KEY = "alias/aws/kinesis"


def seen_stream(integration: Integration) -> SeenStream | None:
    """Return the integration's data stream as AWS described it last; None if it never did, or it was not there."""
    return SeenStream.of(_newest(integration, STREAM).get(integration.stream_name))


def is_stream_missing(integration: Integration) -> bool:
    """Return whether the integration's data stream did not exist when AWS was last asked to describe it."""
    row = _newest(integration, STREAM).get(integration.stream_name)
    return row is not None and row.settings is None


def seen_deliveries(integration: Integration) -> dict[str, SeenDelivery]:
    """Return the integration's Firehose streams as AWS described them last, by name."""
    found = {name: SeenDelivery.of(row) for name, row in _newest(integration, FIREHOSE).items()}
    return {name: seen for name, seen in found.items() if seen is not None}


def spec_in_aws(integration: Integration) -> IntegrationSpec | None:
    """Return what is in AWS as a spec, or None before anything was requested."""
    if not integration.spec:
        return None
    requested = specs.from_row(integration.spec)
    applied = _applied(integration) or requested
    stream, seen = applied.stream, seen_stream(integration)
    if seen is not None:
        stream = _seen(stream, requested.stream, seen, _created_key(integration))
    found = replace(applied, stream=stream, deliveries=_deliveries(integration, applied, requested))
    return with_consumers(integration, found, requested)


def _applied(integration: Integration) -> IntegrationSpec | None:
    """Return the spec of the last run that completed, or None where none did."""
    done = integration.runs.filter(kind=RunKind.APPLY, state=RunState.DONE).order_by("-pk").first()
    return specs.from_row(done.spec) if done else None


def _seen(applied: StreamSpec, requested: StreamSpec, seen: SeenStream, created_key: str) -> StreamSpec:
    return replace(
        applied,
        mode=seen.mode,
        shards=None if seen.is_on_demand else seen.open_shards,
        retention_hours=seen.retention_hours,
        max_record_kib=seen.max_record_kib,
        shard_level_metrics=seen.has_shard_metrics,
        kms_key=_key(seen.kms_key, (requested.kms_key, applied.kms_key), created_key),
    )


def _key(seen: str, specified: tuple[str, ...], created_key: str) -> str:
    """Return the encryption as a spec states it: "none", "aws", "new" or the key that AWS named."""
    if seen in {"", "none"}:
        return "none"
    if seen.endswith(_AWS_KEY):
        return "aws"
    if created_key and _id(created_key) == _id(seen):
        return "new"
    # An alias of the client's own does not say which key it names: the adopted stream keeps the one of its spec.
    return next((key for key in specified if _id(key) == _id(seen) or "alias/" in seen), seen)


def _id(key: str) -> str:
    # AWS names a key in the form it was given: by its ID, its ARN, an alias or an alias's ARN.
    return key.rsplit(":", 1)[-1].removeprefix("key/")


def _created_key(integration: Integration) -> str:
    rows = integration.resources.filter(kind="KMS key").exclude(state=ResourceState.REMOVED)
    return rows.values_list("arn", flat=True).first() or ""


def _deliveries(integration: Integration, applied: IntegrationSpec, requested: IntegrationSpec) -> tuple[Delivery, ...]:
    seen = seen_deliveries(integration)
    absent = {name for name, row in _newest(integration, FIREHOSE).items() if row.settings is None}
    removed = integration.resources.filter(kind=FIREHOSE, state=ResourceState.REMOVED)
    absent |= set(removed.values_list("name", flat=True))
    known = {delivery.name: delivery for delivery in applied.deliveries}
    # A run that stopped may have created some of the deliveries that it was to add.
    known |= {
        delivery.name: delivery
        for delivery in requested.deliveries
        if delivery.name in seen and delivery.name not in known
    }
    # A completed step of a run that stopped applied all settings of its delivery.
    for run in stopped_runs(integration):
        known |= {each.name: each for each in run.spec.deliveries if f"firehose:{each.name}" in run.done}
    return tuple(_buffered(delivery, seen.get(name)) for name, delivery in known.items() if name not in absent)


def _buffered(delivery: Delivery, seen: SeenDelivery | None) -> Delivery:
    if seen is None or seen.buffering_seconds is None or seen.buffering_mb is None:
        return delivery
    return replace(delivery, buffering_seconds=seen.buffering_seconds, buffering_mb=seen.buffering_mb)


def _newest(integration: Integration, kind: str) -> dict[str, Observation]:
    # Read through the relation, so that pages of many integrations can prefetch it.
    return {row.name: row for row in integration.observations.all() if row.kind == kind}
