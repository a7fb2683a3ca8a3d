"""The data stream's retention period, capacity mode, shard count and record size, one change at a time.

Part of the step `stream`.
"""

from dataclasses import replace

from onboarding.provisioning.answers import Refused, Waiting
from onboarding.provisioning.context import Context
from onboarding.provisioning.differences import value_of
from onboarding.provisioning.polling import STREAM_UPDATING
from onboarding.provisioning.scoped_denials import offering_permission
from onboarding.spec.stream_spec import StreamSpec
from portal.aws import stream_settings
from portal.aws.kinesis import Stream
from portal.aws.shard_counts import shard_counts
from portal.messages.message import Message


def set_retention(context: Context, found: Stream) -> Stream:
    """Set the retention period and return the stream with it; raises Refused if records would be lost unconfirmed."""
    hours = context.plan.spec.stream.retention_hours
    if hours < found.retention_hours and not context.terms.accept_loss:
        raise Refused(
            Message("refused.retention_loss", found_hours=found.retention_hours, specified_hours=hours),
        )
    # AWS answers when the change is complete: there is nothing to wait for.
    stream_settings.set_retention(context.aws, found.name, current_hours=found.retention_hours, wanted_hours=hours)
    return replace(found, retention_hours=hours)


def start_next_change(context: Context, found: Stream) -> Waiting | None:
    """Start the next change of mode, shard count or record size, or return None if there is none."""
    wanted = context.plan.spec.stream
    if found.mode != wanted.mode:
        with offering_permission(found.name):
            stream_settings.switch_mode(context.aws, found.arn, wanted.mode)
        context.ledger.counted("stream:mode", was=found.mode, becomes=wanted.mode)
        return Waiting(STREAM_UPDATING, Message("waiting.mode_switching", mode=wanted.mode))
    if wanted.mode == "PROVISIONED" and wanted.shards and found.open_shard_count != wanted.shards:
        target = shard_counts(found.open_shard_count, wanted.shards)[0]
        with offering_permission(found.name):
            stream_settings.update_shard_count(context.aws, found.name, target)
        context.ledger.counted("stream:shards", was=found.open_shard_count, becomes=target)
        return Waiting(STREAM_UPDATING, Message("waiting.resharding", size=shards(target)))
    if found.max_record_kib != wanted.max_record_kib:
        stream_settings.update_max_record_size(context.aws, found.arn, wanted.max_record_kib)
        return Waiting(0.5, Message("waiting.record_size_updating", record_kib=wanted.max_record_kib))
    return None


def shards(count: int) -> Message:
    """Return a number of shards."""
    return Message("stream.shards", shard_count=count)


def rows(wanted: StreamSpec, found: Stream) -> list[tuple[Message, Message, Message]]:
    """Return (what, expected, found) of the stream's configuration."""
    configuration = [
        (Message("drift.capacity_mode"), value_of(wanted.mode), value_of(found.mode)),
        (Message("drift.retention_period"), _hours(wanted.retention_hours), _hours(found.retention_hours)),
        (Message("drift.record_size"), _kib(wanted.max_record_kib), _kib(found.max_record_kib)),
    ]
    if wanted.mode == "PROVISIONED" == found.mode:
        configuration.append((Message("drift.shard_count"), value_of(wanted.shards), value_of(found.open_shard_count)))
    return configuration


def _hours(hours: int) -> Message:
    return Message("drift.hours", retention_hours=hours)


def _kib(size: int) -> Message:
    return Message("drift.kib", record_kib=size)
