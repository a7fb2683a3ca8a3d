"""The settings of an integration's stream and deliveries as pages and commands show them."""

from onboarding.account_state.connection_status import connection_status
from onboarding.account_state.observations import SeenDelivery, SeenStream
from onboarding.account_state.spec_in_aws import seen_deliveries, seen_stream, spec_in_aws
from onboarding.account_state.values import Setting, UnknownSince
from onboarding.deliveries.delivery import Delivery
from onboarding.models.integration import Integration
from onboarding.spec import integration_spec as specs
from onboarding.spec.change import on_or_off
from onboarding.spec.shards_diff import capacity
from onboarding.spec.stream_diff import encryption, record_limit, retention
from onboarding.spec.stream_spec import StreamSpec
from portal.messages.message import Message


def unknown_since(integration: Integration) -> UnknownSince | None:
    """Return since when nothing of the integration can be seen: the role is denied, or the last drift check failed."""
    if integration.connection is not None and (unknown := connection_status(integration.connection).unknown_since):
        return unknown
    if integration.drift_problem is not None and integration.drift_checked_at is not None:
        return UnknownSince(integration.drift_checked_at)
    return None


def settings_of(integration: Integration) -> list[Setting]:
    """Return every setting that AWS describes: of the stream, then of each delivery."""
    if not integration.spec:
        return []
    requested, unknown = specs.from_row(integration.spec), unknown_since(integration)
    in_aws = spec_in_aws(integration) or requested
    seen = seen_stream(integration)
    deliveries = {delivery.name: delivery for delivery in in_aws.deliveries}
    found = seen_deliveries(integration)
    return [
        *_stream(requested.stream, in_aws.stream, seen, unknown),
        *(
            _delivery(delivery, deliveries.get(delivery.name), found.get(delivery.name), unknown)
            for delivery in requested.deliveries
        ),
    ]


def _stream(
    requested: StreamSpec, in_aws: StreamSpec, seen: SeenStream | None, unknown: UnknownSince | None
) -> list[Setting]:
    rows = [(label, value_of(requested), value_of(in_aws)) for label, value_of in _VALUES]
    if seen is None:
        return [Setting(label, wanted, unknown_since=unknown) for label, wanted, _there in rows]
    return [Setting(label, wanted, there, seen.seen_at, unknown) for label, wanted, there in rows]


def _delivery(
    requested: Delivery, in_aws: Delivery | None, seen: SeenDelivery | None, unknown: UnknownSince | None
) -> Setting:
    label = Message("setting.delivery", name=requested.name)
    if seen is None or in_aws is None:
        return Setting(label, _delivered(requested), unknown_since=unknown)
    return Setting(label, _delivered(requested), _delivered(in_aws), seen.seen_at, unknown)


def _shard_metrics(stream: StreamSpec) -> Message:
    return on_or_off(stream.shard_level_metrics)


def _delivered(delivery: Delivery) -> Message:
    return Message(
        "value.delivery",
        destination=delivery.destination.TITLE,
        bucket=delivery.bucket,
        interval=delivery.buffering_seconds,
        megabytes=delivery.buffering_mb,
    )


_VALUES = (
    (Message("setting.capacity"), capacity),
    (Message("setting.retention"), retention),
    (Message("setting.encryption"), encryption),
    (Message("setting.record_size"), record_limit),
    (Message("setting.shard_metrics"), _shard_metrics),
)
