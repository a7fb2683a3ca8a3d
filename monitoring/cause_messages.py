"""What several streams with one cause have in common: a sentence for all of them, by the code of each stream's message.

The board groups by that code. A stream's own message has its values and names; these have none.
"""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

_PREFIX = "cause."
_DELIVERY_ADVICE = _(
    "Open a stream to see which Firehose stream is affected. Its log group in CloudWatch names the error."
)
_THROTTLED_ADVICE = _(
    "The producer sends throttled records again, so they arrive late but are not lost. Use more varied partition keys, "
    "or add shards."
)
_ON_DEMAND_ADVICE = _(
    "An on-demand stream adds capacity automatically, which can take up to 15 minutes. If throttling continues, use "
    "more varied partition keys."
)
_LIMIT_ADVICE = _("At 100%% Kinesis starts to throttle writes. Use more varied partition keys, or add shards.")
_SILENCE_ADVICE = _(
    "Ask the vendor whether the sensors are sending. Then check whether access keys were revoked or replaced."
)
_PERMISSIONS_ADVICE = _("Check the permissions on the connection’s page.")

_ACCESS = {
    "connection_degraded": Entry(_("The connection to the AWS account is degraded."), _PERMISSIONS_ADVICE),
    "metrics_unavailable": Entry(_("Sluice couldn’t read the metrics."), _PERMISSIONS_ADVICE),
    "metrics_forbidden": Entry(_("CloudWatch denied reading a metric."), _PERMISSIONS_ADVICE),
    "metrics_failed": Entry(_("CloudWatch couldn’t read a metric because of an internal error.")),
    "metrics_partial": Entry(_("CloudWatch returned only a part of a metric.")),
    "deleted_in_aws": Entry(_("The data stream no longer exists in AWS.")),
    "being_deleted": Entry(_("AWS is deleting the data stream.")),
    "not_checked": Entry(_("Sluice did not check the stream in time.")),
    "missing": Entry(_("There is no data stream to read.")),
}
_DELIVERIES = {
    "delivery_failing": Entry(_("A Firehose stream fails to deliver records."), _DELIVERY_ADVICE),
    "deliveries_failing": Entry(_("Several Firehose streams fail to deliver records."), _DELIVERY_ADVICE),
    "delivery_retrying": Entry(_("A Firehose stream retries some deliveries.")),
    "delivery_late": Entry(_("A Firehose stream delivers late."), _DELIVERY_ADVICE),
}
_PRODUCERS = {
    "silent": Entry(_("No records have arrived for 10 minutes or longer."), _SILENCE_ADVICE),
    "silent_unchecked": Entry(
        _("No records have arrived for 10 minutes or longer, and the status in AWS is not known."), _SILENCE_ADVICE
    ),
    "silent_at_usual_hour": Entry(_("No records have arrived for longer than is usual at this time."), _SILENCE_ADVICE),
    "silent_at_set_hour": Entry(_("No records have arrived in the expected hours."), _SILENCE_ADVICE),
    "pause_too_long": Entry(_("No records have arrived for longer than the longest pause so far."), _SILENCE_ADVICE),
    "writes_throttled": Entry(
        _("Kinesis throttled writes because a shard exceeded its write limit."), _THROTTLED_ADVICE
    ),
    "shard_writes_throttled": Entry(
        _("Kinesis throttled writes to a shard that exceeded its write limit."), _THROTTLED_ADVICE
    ),
    "all_writes_throttled": Entry(_("Kinesis throttled all records."), _THROTTLED_ADVICE),
    "on_demand_writes_throttled": Entry(_("Kinesis throttled writes to an on-demand stream."), _ON_DEMAND_ADVICE),
    "on_demand_all_writes_throttled": Entry(
        _("Kinesis throttled all records of an on-demand stream."), _ON_DEMAND_ADVICE
    ),
    "writes_rejected": Entry(
        _("Kinesis rejects every PutRecords call."),
        _("Check whether the KMS key is enabled and the producer can use it."),
    ),
    "on_demand_near_write_limit": Entry(
        _("An on-demand stream uses more than 80%% of its current write limit."), _ON_DEMAND_ADVICE
    ),
    "near_write_limit": Entry(_("The stream uses more than 80%% of its write limit."), _LIMIT_ADVICE),
    "shard_near_write_limit": Entry(_("A shard uses more than 80%% of its write limit."), _LIMIT_ADVICE),
    "quiet_as_usual": Entry(_("No records arrive, which is usual at this time.")),
    "quiet_as_set": Entry(_("No records arrive, and none are expected at this time.")),
    "last_record": Entry(_("The last record arrived a short time ago.")),
    "receiving": Entry(_("Records arrive.")),
    "receiving_with_usage": Entry(_("Records arrive, within the write limit.")),
}
_CONSUMERS = {
    "consumer_behind": Entry(
        _("A consumer is 10 minutes or more behind."), _("Check whether the consumer is running and keeps up.")
    ),
    "consumer_losing_records": Entry(
        _("A consumer is so far behind that it can lose records."),
        _("Restart the consumer or give it more capacity. Raise the retention period until it has caught up."),
    ),
    "consumer_age_hidden": Entry(
        _("A consumer was behind, and how far is not known while Sluice reads older records."),
        _("Nothing. The lag is known again when Sluice has stopped reading older records."),
    ),
    "reads_throttled": Entry(
        _("Kinesis throttled reads."), _("Use enhanced fan-out for one of the consumers, or poll less often.")
    ),
}
_NO_DATA = {
    "not_collected": Entry(_("No metrics collected yet.")),
    "key_unused": Entry(
        _("The access key has never been used."),
        _("Check on the credentials page whether the vendor has downloaded its copy."),
    ),
    "waiting_for_first_record": Entry(_("CloudWatch shows no record of this stream yet.")),
    "no_metrics_yet": Entry(_("There are no metrics yet.")),
    "no_metrics": Entry(
        _("There are no metrics."), _("CloudWatch has metrics only after records arrive. Ask the vendor.")
    ),
}
_BY_NAME = _ACCESS | _DELIVERIES | _PRODUCERS | _CONSUMERS | _NO_DATA
ENTRIES = {f"{_PREFIX}{name}": entry for name, entry in _BY_NAME.items()}
