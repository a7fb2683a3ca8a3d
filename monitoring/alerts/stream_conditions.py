"""From the inputs of the health rules to the measurements that alerts are about. Pure.

A verdict that is unknown gives no value. In order of cause: throttled writes explain use of the limit, and a role that
is denied explains everything, so what is explained says nothing of its own.
"""

from monitoring.alert_models import AlertKind
from monitoring.alerts.observation import Measured
from monitoring.health.access_rules import stream_deleting, stream_missing
from monitoring.health.assessment import Assessment
from monitoring.health.consumer_rules import consumer_behind, reads_throttled
from monitoring.health.delivery_rules import delivery_failing, delivery_late
from monitoring.health.inputs import HealthInputs
from monitoring.health.producer_rules import key_unused, near_write_limit, silent, writes_rejected, writes_throttled
from portal.messages.message import Message

_MINUTE, _HOUR = 60, 3600


def measure(inputs: HealthInputs) -> list[Measured]:
    """Return what is known of one stream for each kind; nothing of a stream that could not be read."""
    if inputs.connection_problem is not None or inputs.metrics_error is not None:
        return []
    return [
        _writes_throttled(inputs),
        _write_usage(inputs),
        _silence(inputs),
        _iterator_age(inputs),
        _freshness(inputs),
        _delivery_failing(inputs),
        _key_unused(inputs),
    ]


def _writes_throttled(inputs: HealthInputs) -> Measured:
    # No point of this metric means that nothing was throttled, where CloudWatch withheld nothing.
    value = inputs.throttled_writes or 0
    return Measured(AlertKind.WRITES_THROTTLED, value, _verdict(writes_throttled(inputs)), _is_partial(inputs))


def _write_usage(inputs: HealthInputs) -> Measured:
    share = inputs.write_usage_share
    value = None if share is None or inputs.throttled_writes else 100 * share
    return Measured(AlertKind.WRITE_USAGE, value, _verdict(near_write_limit(inputs)), _is_partial(inputs))


def _silence(inputs: HealthInputs) -> Measured:
    gone = stream_missing(inputs) or stream_deleting(inputs)
    found = gone or silent(inputs) or writes_rejected(inputs)
    seconds = inputs.silent_seconds
    if found is None:
        is_unknown = _is_partial(inputs) or seconds is None
        return Measured(AlertKind.SILENCE, None if is_unknown else 0)
    return Measured(AlertKind.SILENCE, None if seconds is None else seconds / _MINUTE, found.message)


def _iterator_age(inputs: HealthInputs) -> Measured:
    age = inputs.iterator_age_seconds  # without a reader there is none, which does not mean that one caught up
    value = None if age is None else age / _MINUTE
    evidence = _verdict(consumer_behind(inputs)) or _verdict(reads_throttled(inputs))
    return Measured(AlertKind.ITERATOR_AGE, value, evidence, _is_partial(inputs))


def _freshness(inputs: HealthInputs) -> Measured:
    # A delivery is not late before its own buffering explains it no longer.
    ages = [
        delivery.freshness_seconds if delivery.freshness_seconds > 2 * delivery.buffering_seconds else 0.0
        for delivery in inputs.deliveries
        if delivery.freshness_seconds is not None
    ]
    if not inputs.deliveries:
        return Measured(AlertKind.FRESHNESS, 0)
    value = max(ages) / _MINUTE if ages else None
    return Measured(AlertKind.FRESHNESS, value, _verdict(delivery_late(inputs)), _is_partial(inputs))


def _delivery_failing(inputs: HealthInputs) -> Measured:
    shares = [delivery.success_share for delivery in inputs.deliveries if delivery.success_share is not None]
    if not inputs.deliveries:
        return Measured(AlertKind.DELIVERY_FAILING, 100)
    value = 100 * min(shares) if shares and not _is_partial(inputs) else None
    return Measured(AlertKind.DELIVERY_FAILING, value, _verdict(delivery_failing(inputs)))


def _key_unused(inputs: HealthInputs) -> Measured:
    seconds = 0.0 if inputs.has_data else inputs.unused_key_seconds or 0.0
    value = None if _is_partial(inputs) and not inputs.has_data else seconds / _HOUR
    return Measured(AlertKind.KEY_UNUSED, value, _verdict(key_unused(inputs)))


def _is_partial(inputs: HealthInputs) -> bool:
    return inputs.metrics_gap is not None


def _verdict(assessment: Assessment | None) -> Message | None:
    return assessment.message if assessment else None
