"""Health rules about what arrives: silence, throttled writes, usage of the write limit, no data yet. Pure."""

from monitoring.health.assessment import Assessment, StateName
from monitoring.health.inputs import HealthInputs
from monitoring.health.write_usage import HIGH_USAGE_SHARE
from monitoring.series import shard_number
from monitoring.silence.expectation import Expectation
from portal.messages.message import Message

SILENCE_SECONDS = 600
THROTTLED_SHARE = 0.01
UNUSED_KEY_SECONDS = 24 * 3600
METRICS_DELAY_SECONDS = 300
_RECENT_SECONDS = 300
LOWER_USAGE_SHARE = 0.7
_NEAR_LIMIT = {"stream.near_write_limit", "stream.shard_near_write_limit", "stream.on_demand_near_write_limit"}


def silent(inputs: HealthInputs) -> Assessment | None:
    """Failing: no record has arrived for longer than the stream's usual pauses; while these are unknown, ten minutes.

    Records that Kinesis throttled or rejected were sent, and what CloudWatch did not return is not known to be missing.
    """
    if inputs.silent_seconds is None or not _is_overdue(inputs):
        return None
    if inputs.throttled_writes or inputs.metrics_gap is not None or _are_all_rejected(inputs):
        return None
    seconds, known = inputs.silent_seconds, inputs.expectation
    if known is not None:
        return Assessment("failing", _silent_against(known, seconds))
    if inputs.stream_status == "ACTIVE":
        return Assessment("failing", Message("stream.silent", silent_seconds=seconds))
    return Assessment("failing", Message("stream.silent_unchecked", silent_seconds=seconds))


def writes_throttled(inputs: HealthInputs) -> Assessment | None:
    """Attention: Kinesis throttled writes in the last five minutes; failing above 1 % of the records."""
    if not inputs.throttled_writes:
        return None
    throttled = int(inputs.throttled_writes)
    if _is_nothing_written(inputs):
        return Assessment("failing", _all_throttled(throttled, is_on_demand=inputs.is_on_demand))
    written = (inputs.records_per_second or 0) * _RECENT_SECONDS
    is_much = bool(written) and inputs.throttled_writes > THROTTLED_SHARE * written
    state: StateName = "failing" if is_much else "attention"
    if inputs.is_on_demand:
        return Assessment(state, Message("stream.on_demand_writes_throttled", record_count=throttled))
    if inputs.busiest_shard:
        shard = shard_number(inputs.busiest_shard)
        return Assessment(state, Message("stream.shard_writes_throttled", record_count=throttled, shard=shard))
    return Assessment(state, Message("stream.writes_throttled", record_count=throttled))


def writes_rejected(inputs: HealthInputs) -> Assessment | None:
    """Failing: every PutRecords call failed in the last five minutes, and none of them because of the write limit."""
    return Assessment("failing", Message("stream.writes_rejected")) if _are_all_rejected(inputs) else None


def near_write_limit(inputs: HealthInputs) -> Assessment | None:
    """Attention: more than 80 % of a write limit is used, until it is 70 % or less."""
    share, limit = inputs.write_usage_share, inputs.write_limit
    above = LOWER_USAGE_SHARE if inputs.previous in _NEAR_LIMIT else HIGH_USAGE_SHARE
    if share is None or limit is None or share <= above:
        return None
    if inputs.is_on_demand:
        message = Message("stream.on_demand_near_write_limit", usage_share=share, limit=limit.message)
    elif inputs.busiest_shard:
        shard = shard_number(inputs.busiest_shard)
        message = Message("stream.shard_near_write_limit", shard=shard, usage_share=share, limit=limit.message)
    else:
        message = Message("stream.near_write_limit", usage_share=share, limit=limit.message)
    return Assessment("attention", message)


def metrics_incomplete(inputs: HealthInputs) -> Assessment | None:
    """Unknown: CloudWatch did not return a metric, so its absence says nothing."""
    return None if inputs.metrics_gap is None else Assessment("unknown", inputs.metrics_gap)


def key_unused(inputs: HealthInputs) -> Assessment | None:
    """Attention: the access key was ready for more than a day and no record ever arrived; before that, unknown."""
    unused = inputs.unused_key_seconds
    if unused is None or inputs.has_data:
        return None
    if unused > UNUSED_KEY_SECONDS:
        return Assessment("attention", Message("stream.key_unused", ready_seconds=unused))
    return Assessment("unknown", Message("stream.waiting_for_first_record"))


def no_metrics(inputs: HealthInputs) -> Assessment | None:
    """Unknown: CloudWatch has no metrics."""
    if inputs.has_data:
        return None
    if inputs.live_seconds < METRICS_DELAY_SECONDS:
        return Assessment("unknown", Message("stream.no_metrics_yet"))
    return Assessment("unknown", Message("stream.no_metrics"))


def receiving(inputs: HealthInputs) -> Assessment:
    """Healthy: how much arrives."""
    rate = inputs.records_per_second or 0
    if not rate and inputs.silent_seconds is not None and inputs.silent_seconds >= SILENCE_SECONDS:
        return Assessment("healthy", _quiet(inputs.expectation, inputs.silent_seconds))
    if not rate and inputs.silent_seconds is not None:
        return Assessment("healthy", Message("stream.last_record", silent_seconds=inputs.silent_seconds))
    if inputs.write_usage_share is None:
        return Assessment("healthy", Message("stream.receiving", records_per_second=rate))
    usage = inputs.write_usage_share
    return Assessment("healthy", Message("stream.receiving_with_usage", records_per_second=rate, usage_share=usage))


def _is_overdue(inputs: HealthInputs) -> bool:
    if inputs.is_overdue is not None:
        return inputs.is_overdue
    return (inputs.silent_seconds or 0) >= SILENCE_SECONDS


def _silent_against(known: Expectation, seconds: float) -> Message:
    if not known.weeks:
        return Message("stream.silent_at_set_hour", silent_seconds=seconds, zone=known.calendar.zone)
    if not known.regular:
        pause, weeks = known.longest_pause_seconds, known.weeks
        return Message("stream.pause_too_long", silent_seconds=seconds, pause_seconds=pause, week_count=weeks)
    pause, weeks = known.usual_pause_seconds, known.weeks
    return Message("stream.silent_at_usual_hour", silent_seconds=seconds, pause_seconds=pause, week_count=weeks)


def _quiet(known: Expectation | None, seconds: float) -> Message:
    if known is None:
        return Message("stream.last_record", silent_seconds=seconds)
    if not known.weeks:
        return Message("stream.quiet_as_set", silent_seconds=seconds)
    return Message("stream.quiet_as_usual", silent_seconds=seconds, week_count=known.weeks)


def _are_all_rejected(inputs: HealthInputs) -> bool:
    return inputs.put_success_share == 0 and _is_nothing_written(inputs) and not inputs.throttled_writes


def _is_nothing_written(inputs: HealthInputs) -> bool:
    # Where CloudWatch did not return the records, that nothing was written is not known.
    is_unknown = inputs.records_per_second is None and inputs.metrics_gap is not None
    return not inputs.records_per_second and not is_unknown


def _all_throttled(record_count: int, *, is_on_demand: bool) -> Message:
    if is_on_demand:
        return Message("stream.on_demand_all_writes_throttled", record_count=record_count)
    return Message("stream.all_writes_throttled", record_count=record_count)
