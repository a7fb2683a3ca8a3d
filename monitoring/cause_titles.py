"""Which sentence is for all streams whose messages have one code; cause_messages.py has the English."""

from collections.abc import Mapping
from types import MappingProxyType

from portal.messages.message import Message

_TITLES: Mapping[str, Message] = MappingProxyType(
    {
        "stream.connection_degraded": Message("cause.connection_degraded"),
        "stream.metrics_unavailable": Message("cause.metrics_unavailable"),
        "stream.metrics_forbidden": Message("cause.metrics_forbidden"),
        "stream.metrics_failed": Message("cause.metrics_failed"),
        "stream.metrics_partial": Message("cause.metrics_partial"),
        "stream.deleted_in_aws": Message("cause.deleted_in_aws"),
        "stream.being_deleted": Message("cause.being_deleted"),
        "stream.not_checked": Message("cause.not_checked"),
        "stream.missing": Message("cause.missing"),
        "stream.delivery_failing": Message("cause.delivery_failing"),
        "stream.deliveries_failing": Message("cause.deliveries_failing"),
        "stream.delivery_retrying": Message("cause.delivery_retrying"),
        "stream.delivery_late": Message("cause.delivery_late"),
        "stream.silent": Message("cause.silent"),
        "stream.silent_unchecked": Message("cause.silent_unchecked"),
        "stream.silent_at_usual_hour": Message("cause.silent_at_usual_hour"),
        "stream.silent_at_set_hour": Message("cause.silent_at_set_hour"),
        "stream.pause_too_long": Message("cause.pause_too_long"),
        "stream.writes_throttled": Message("cause.writes_throttled"),
        "stream.shard_writes_throttled": Message("cause.shard_writes_throttled"),
        "stream.all_writes_throttled": Message("cause.all_writes_throttled"),
        "stream.on_demand_writes_throttled": Message("cause.on_demand_writes_throttled"),
        "stream.on_demand_all_writes_throttled": Message("cause.on_demand_all_writes_throttled"),
        "stream.writes_rejected": Message("cause.writes_rejected"),
        "stream.on_demand_near_write_limit": Message("cause.on_demand_near_write_limit"),
        "stream.near_write_limit": Message("cause.near_write_limit"),
        "stream.shard_near_write_limit": Message("cause.shard_near_write_limit"),
        "stream.quiet_as_usual": Message("cause.quiet_as_usual"),
        "stream.quiet_as_set": Message("cause.quiet_as_set"),
        "stream.last_record": Message("cause.last_record"),
        "stream.receiving": Message("cause.receiving"),
        "stream.receiving_with_usage": Message("cause.receiving_with_usage"),
        "stream.consumer_behind": Message("cause.consumer_behind"),
        "stream.consumer_losing_records": Message("cause.consumer_losing_records"),
        "stream.consumer_age_hidden": Message("cause.consumer_age_hidden"),
        "stream.reads_throttled": Message("cause.reads_throttled"),
        "stream.not_collected": Message("cause.not_collected"),
        "stream.key_unused": Message("cause.key_unused"),
        "stream.waiting_for_first_record": Message("cause.waiting_for_first_record"),
        "stream.no_metrics_yet": Message("cause.no_metrics_yet"),
        "stream.no_metrics": Message("cause.no_metrics"),
    }
)


def title_of(code: str) -> Message | None:
    """Return what the streams have in common whose messages have this code; None for a code of no cause."""
    return _TITLES.get(code)
