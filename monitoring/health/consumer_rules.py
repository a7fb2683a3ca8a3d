"""Health rules about consumers: how far they are behind, and throttled reads. Pure."""

from monitoring.health.assessment import Assessment
from monitoring.health.inputs import HealthInputs
from portal.messages.message import Message

LATE_CONSUMER_SECONDS = 600
CAUGHT_UP_SECONDS = 300
_BEHIND = {"stream.consumer_behind", "stream.consumer_losing_records", "stream.consumer_age_hidden"}


def consumer_behind(inputs: HealthInputs) -> Assessment | None:
    """Attention: the iterator age is ten minutes, until it is below five; failing above half the retention period.

    Sluice's own reading does not count. While it hides a consumer that was behind, that stays in need of attention.
    """
    age = inputs.iterator_age_seconds
    most = inputs.iterator_age_at_most_seconds
    if age is None and most is not None and most >= CAUGHT_UP_SECONDS and inputs.previous in _BEHIND:
        return Assessment("attention", Message("stream.consumer_age_hidden"))
    least = CAUGHT_UP_SECONDS if inputs.previous in _BEHIND else LATE_CONSUMER_SECONDS
    if age is None or age < least:
        return None
    if age > inputs.retention_hours * 3600 / 2:
        hours = inputs.retention_hours
        return Assessment("failing", Message("stream.consumer_losing_records", age_seconds=age, retention_hours=hours))
    return Assessment("attention", Message("stream.consumer_behind", age_seconds=age))


def reads_throttled(inputs: HealthInputs) -> Assessment | None:
    """Attention: Kinesis throttled reads in the last five minutes."""
    if not inputs.throttled_reads:
        return None
    return Assessment("attention", Message("stream.reads_throttled", read_count=int(inputs.throttled_reads)))
