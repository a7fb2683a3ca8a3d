"""The English of every message that monitoring creates about a stream. Decoders have theirs in decode/messages.py."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from portal.messages.catalogue import Entry
from portal.messages.message import Cause

_DELIVERY_ADVICE = _(
    "Firehose retries for a while, then writes the records to its bucket under the error prefix. The log group "
    "/aws/kinesisfirehose/%(delivery)s in CloudWatch names the reason. %(usual_cause)s"
)
_THROTTLED_WRITES_ADVICE = _(
    "The producer sends throttled records again, so they arrive late but are not lost. If one shard is much busier "
    "than the others, use more varied partition keys. If all shards are busy, add shards."
)
_WRITE_LIMIT_ADVICE = _(
    "At 100%% Kinesis starts to throttle writes. If the other shards have capacity left, use more varied partition "
    "keys. Otherwise add shards."
)
_ON_DEMAND_ADVICE = _(
    "An on-demand stream accepts up to twice its highest write rate of the last 30 days and adds capacity "
    "automatically, which can take up to 15 minutes. If throttling continues, use more varied partition keys, or check "
    "the account’s quota for on-demand streams."
)

_SILENCE_ADVICE = _(
    "Ask the vendor whether the sensors are sending. Then check whether the access key was revoked or replaced. Is the "
    "silence expected? Set the expected hours under Monitoring settings."
)

TIME_RANGES = {
    "range.not_a_time": Entry(_("Enter a date and time, such as 2026-11-28T06:00.")),
    "range.in_the_future": Entry(_("Enter a time in the past: metrics are about two minutes old.")),
    "range.too_old": Entry(_("CloudWatch keeps metrics for %(days)s days. Enter a later time.")),
    "range.too_short": Entry(_("Enter a time at least %(minutes)s minutes after the first.")),
    "range.too_long": Entry(_("A time range has at most %(days)s days. Enter an earlier time.")),
    "range.too_many": Entry(
        _("More than %(most)s time ranges of this stream were read within an hour."),
        todo=_("Each one is billed to the AWS account. Wait, or choose a range that was shown before."),
    ),
    "range.unknown_shard": Entry(_("The stream has no shard %(shard)s. Enter numbers of its shards, such as 1 6.")),
    "range.too_many_shards": Entry(_("Enter at most %(most)s shards.")),
    "range.no_redis": Entry(_("Metrics cannot be read at the moment."), todo=_("Try again in a minute.")),
}

READERS = {
    "readers.role_outdated": Entry(
        _("The role may not call %(action)s yet, although that permission was chosen."),
        todo=_("Update the role from its template."),
    ),
    "readers.table_not_listed": Entry(
        _("The role may not read the lease table %(table)s."),
        todo=_("Add %(arn)s to the additional resources of the connection, and update the role from its template."),
    ),
}

FIRST_QUERY = {
    "first_query.no_files": Entry(
        _("This delivery writes no files that Athena could query, but records to %(destination)s.")
    ),
    "first_query.converted": Entry(
        _("Firehose converts these records by the table %(table)s of the Glue Data Catalog."),
        todo=_("Query that table in Athena. Its location must be the prefix of this delivery."),
    ),
    "first_query.compression": Entry(
        _("Athena cannot read files of this delivery: they are compressed as %(compression)s."),
        todo=_("Change the compression to GZIP. It applies to new files."),
    ),
    "first_query.not_projected": Entry(
        _(
            "Athena cannot compute the folders from %(expression)s in the prefix, so the table has no partitions and "
            "each query reads all files."
        ),
    ),
    "first_query.injected": Entry(
        _("A query must give a value for each partition key: replace VALUE, or compare with IN and several values.")
    ),
    "first_query.time_zone": Entry(
        _("The folders are named by the time in %(zone)s, while the current time in Athena is UTC.")
    ),
    "first_query.joined": Entry(
        _("Records follow each other without a newline in these files, so Athena sees several records as one line."),
        todo=_("Turn on the newline after each record in the delivery’s settings. It applies to new files."),
    ),
    "first_query.whole_lines": Entry(
        _("No fields of the records were seen yet, so each line is one column, record."),
        todo=_(
            "Open Fields on the stream’s page while records arrive, then this page again. Until then, read a field "
            "with json_extract_scalar(record, '$.field')."
        ),
    ),
    "first_query.masked": Entry(
        _("The client allows you to see no names of fields, so each line is one column, record."),
        todo=_("Read a field with json_extract_scalar(record, '$.field')."),
    ),
    "first_query.from_fields": Entry(
        _(
            "The columns are the fields that were seen in a sample of the records (sampled: %(record_count)s). Objects "
            "are struct, lists are array; where names are data or types differ, the column is string: the JSON text."
        ),
        todo=_("Check them against Fields on the stream’s page: a field that was not sampled is missing."),
    ),
}

SHARD_OF = {
    "shard_of.nothing": Entry(_("Enter at least one partition key, or an explicit hash key.")),
    "shard_of.too_many": Entry(_("Enter at most %(most)s keys.")),
    "shard_of.key_too_long": Entry(_("A partition key has 1 to %(most)s characters.")),
    "shard_of.not_a_hash_key": Entry(_("An explicit hash key is a whole number from 0 to 2^128 - 1.")),
    "shard_of.not_listed": Entry(
        _("The shards of this stream are not listed yet."),
        todo=_("Open the stream’s page, which lists them within a minute, and try again."),
    ),
}

ACCESS = {
    "stream.connection_degraded": Entry(_("The connection to the AWS account is degraded: %(problem)s")),
    "stream.metrics_unavailable": Entry(_("Couldn’t read the metrics of this stream: %(reason)s")),
    "stream.metrics_forbidden": Entry(
        _("CloudWatch denied reading the metric %(metric)s."),
        todo=_("Check the permissions on the connection’s page."),
    ),
    "stream.metrics_failed": Entry(
        _("CloudWatch couldn’t read the metric %(metric)s because of an internal error."),
        todo=_("The next collection tries again. If this continues, check the AWS Health Dashboard."),
    ),
    "stream.metrics_partial": Entry(
        _("CloudWatch returned only a part of the metric %(metric)s."), todo=_("The next collection tries again.")
    ),
    "stream.deleted_in_aws": Entry(
        _("The data stream %(stream)s no longer exists in AWS."),
        todo=_(
            "It was deleted outside Sluice. To create it again, check for drift on the integration’s page and repair."
        ),
    ),
    "stream.being_deleted": Entry(
        _("AWS is deleting the data stream."),
        todo=_("This was not requested in Sluice. Ask in the AWS account who deletes it."),
    ),
    "stream.not_checked": Entry(_("Sluice did not check the stream.")),
    "stream.missing": Entry(_("There is no data stream to read."), todo=_("Check the integration’s status.")),
    "stream.samples_disabled": Entry(
        _("Record samples are turned off for this connection."),
        todo=_("An admin can change this on the connection’s page."),
    ),
}
DELIVERIES = {
    "stream.delivery_failing": Entry(
        _("Firehose stream %(delivery)s delivered only %(success_share)s of its records to %(destination)s."),
        todo=_DELIVERY_ADVICE,
    ),
    "stream.deliveries_failing": Entry(
        ngettext_lazy(
            "Firehose stream %(delivery)s delivered only %(success_share)s of its records to %(destination)s. "
            "%(other_count)s other delivery is failing too.",
            "Firehose stream %(delivery)s delivered only %(success_share)s of its records to %(destination)s. "
            "%(other_count)s other deliveries are failing too.",
            "other_count",
        ),
        todo=_DELIVERY_ADVICE,
    ),
    "stream.delivery_retrying": Entry(
        _(
            "%(success_share)s of the deliveries of Firehose stream %(delivery)s to %(destination)s succeeded at the "
            "first attempt."
        ),
        todo=_(
            "Firehose retries the others, so no record is lost yet. If the share falls below 99%%, check the log group "
            "/aws/kinesisfirehose/%(delivery)s in CloudWatch."
        ),
    ),
    "stream.delivery_cause_bucket": Entry(
        _("The usual causes are a changed bucket policy or a changed encryption key.")
    ),
    "stream.delivery_cause_destination": Entry(
        _("The usual causes are a destination that cannot be reached, or changed credentials or permissions.")
    ),
    "stream.delivery_late": Entry(
        _(
            "Firehose stream %(delivery)s is late: the oldest record not yet delivered to %(destination)s is "
            "%(age_seconds)s old."
        ),
        todo=_(
            "Check its log group in CloudWatch for errors from the destination. If there are none, wait one more "
            "buffering interval."
        ),
    ),
}
PRODUCERS = {
    "stream.silent": Entry(
        _("No records have arrived for %(silent_seconds)s."),
        todo=_(
            "The stream is active in AWS. Ask the vendor whether the sensors are sending. Then check whether the "
            "access key was revoked or replaced."
        ),
    ),
    "stream.silent_unchecked": Entry(
        _("No records have arrived for %(silent_seconds)s."),
        todo=_(
            "Check the stream’s status in AWS. If it is active, ask the vendor whether the sensors are sending. Then "
            "check whether the access key was revoked or replaced."
        ),
    ),
    "stream.writes_throttled": Entry(
        ngettext_lazy(
            "Kinesis throttled %(record_count)s record in the last 5 minutes because a shard exceeded its write limit "
            "within a second.",
            "Kinesis throttled %(record_count)s records in the last 5 minutes because a shard exceeded its write limit "
            "within a second.",
            "record_count",
        ),
        todo=_THROTTLED_WRITES_ADVICE,
    ),
    "stream.shard_writes_throttled": Entry(
        ngettext_lazy(
            "Kinesis throttled %(record_count)s record in the last 5 minutes because a shard exceeded its write limit "
            "within a second. The busiest is shard %(shard)s.",
            "Kinesis throttled %(record_count)s records in the last 5 minutes because a shard exceeded its write limit "
            "within a second. The busiest is shard %(shard)s.",
            "record_count",
        ),
        todo=_THROTTLED_WRITES_ADVICE,
    ),
    "stream.all_writes_throttled": Entry(
        _("Kinesis throttled all records in the last 5 minutes (%(record_count)s)."), todo=_THROTTLED_WRITES_ADVICE
    ),
    "stream.on_demand_writes_throttled": Entry(
        ngettext_lazy(
            "Kinesis throttled %(record_count)s record in the last 5 minutes.",
            "Kinesis throttled %(record_count)s records in the last 5 minutes.",
            "record_count",
        ),
        todo=_ON_DEMAND_ADVICE,
    ),
    "stream.on_demand_all_writes_throttled": Entry(
        _("Kinesis throttled all records in the last 5 minutes (%(record_count)s)."), todo=_ON_DEMAND_ADVICE
    ),
    "stream.writes_rejected": Entry(
        _("Records are sent, but Kinesis rejects every PutRecords call."),
        todo=_(
            "Check whether the stream’s KMS key is enabled and the producer can use it. Then check whether a policy "
            "denies kinesis:PutRecords."
        ),
    ),
    "stream.on_demand_near_write_limit": Entry(
        _("The on-demand stream uses %(usage_share)s of its current write limit (%(limit)s)."), todo=_ON_DEMAND_ADVICE
    ),
    "stream.near_write_limit": Entry(
        _("The stream uses %(usage_share)s of its write limit (%(limit)s)."), todo=_WRITE_LIMIT_ADVICE
    ),
    "stream.shard_near_write_limit": Entry(
        _("Shard %(shard)s uses %(usage_share)s of its write limit (%(limit)s)."), todo=_WRITE_LIMIT_ADVICE
    ),
    "stream.limit_in_records": Entry(_("%(record_count)s records/s")),
    "stream.limit_in_bytes": Entry(_("%(data_bytes)s/s")),
    "stream.silent_at_usual_hour": Entry(
        ngettext_lazy(
            "No records have arrived for %(silent_seconds)s. In hours like this one, no pause was longer than "
            "%(pause_seconds)s in the last %(week_count)s week.",
            "No records have arrived for %(silent_seconds)s. In hours like this one, no pause was longer than "
            "%(pause_seconds)s in the last %(week_count)s weeks.",
            "week_count",
        ),
        todo=_SILENCE_ADVICE,
    ),
    "stream.silent_at_set_hour": Entry(
        _(
            "No records have arrived for %(silent_seconds)s, in the hours in which they are expected (set for this "
            "stream, time zone %(zone)s)."
        ),
        todo=_SILENCE_ADVICE,
    ),
    "stream.pause_too_long": Entry(
        ngettext_lazy(
            "No records have arrived for %(silent_seconds)s. The longest pause of the last %(week_count)s week was "
            "%(pause_seconds)s.",
            "No records have arrived for %(silent_seconds)s. The longest pause of the last %(week_count)s weeks was "
            "%(pause_seconds)s.",
            "week_count",
        ),
        todo=_SILENCE_ADVICE,
    ),
    "stream.quiet_as_usual": Entry(
        ngettext_lazy(
            "No records have arrived for %(silent_seconds)s, which was usual at this time in the last %(week_count)s "
            "week.",
            "No records have arrived for %(silent_seconds)s, which was usual at this time in the last %(week_count)s "
            "weeks.",
            "week_count",
        )
    ),
    "stream.quiet_as_set": Entry(_("No records have arrived for %(silent_seconds)s. None are expected at this time.")),
    "stream.last_record": Entry(_("The last record arrived %(silent_seconds)s ago.")),
    "stream.receiving": Entry(_("Receiving %(records_per_second)s records/s.")),
    "stream.receiving_with_usage": Entry(
        _("Receiving %(records_per_second)s records/s. The busiest minute used %(usage_share)s of the write limit.")
    ),
}
CONSUMERS = {
    "stream.consumer_behind": Entry(
        _("The slowest consumer is %(age_seconds)s behind."),
        todo=_("Records are still stored, so none is lost yet. Check whether the consumer is running and keeps up."),
    ),
    "stream.consumer_losing_records": Entry(
        _("The slowest consumer is %(age_seconds)s behind. Kinesis deletes records after %(retention_hours)s hours."),
        todo=_("Restart the consumer or give it more capacity. Raise the retention period until it has caught up."),
    ),
    "stream.consumer_age_hidden": Entry(
        _("A consumer was behind. Sluice reads older records itself at the moment, so the lag of others is not known."),
        todo=_("Nothing. The next check after Sluice has stopped reading older records shows the lag again."),
    ),
    "stream.reads_throttled": Entry(
        ngettext_lazy(
            "Kinesis throttled %(read_count)s read in the last 5 minutes.",
            "Kinesis throttled %(read_count)s reads in the last 5 minutes.",
            "read_count",
        ),
        todo=_(
            "All consumers of a shard share 5 calls and 2 MB per second. Use enhanced fan-out for one of them, or poll "
            "less often. Sluice makes 1 call per second while someone watches the stream, 2 while records wait, and "
            "fewer when reads are throttled."
        ),
    ),
}
BOARD = {
    "board.view_without_name": Entry(_("Enter a name for the view.")),
    "board.view_name_too_long": Entry(
        _("The name has %(length)s characters. The maximum is %(most)s."), todo=_("Enter a shorter name.")
    ),
    "records.too_many_views": Entry(
        _("You can save %(most)s views of a stream for yourself, and admins as many for everyone."),
        todo=_("Remove one first."),
    ),
    "board.too_many_views": Entry(
        _("This board has %(most)s saved views, which is the maximum."), todo=_("Remove one first.")
    ),
}
NO_DATA = {
    "stream.not_collected": Entry(_("No metrics collected yet.")),
    "stream.key_unused": Entry(
        _("The access key has been ready for %(ready_seconds)s and has never been used."),
        todo=_(
            "Check on the credentials page whether the vendor has downloaded its copy. Ask the vendor to start sending."
        ),
    ),
    "stream.waiting_for_first_record": Entry(
        _("CloudWatch shows no record of this stream yet."),
        todo=_(
            "The vendor’s copy of the access key is ready. Metrics appear two to three minutes after the first record."
        ),
    ),
    "stream.no_metrics_yet": Entry(
        _("There are no metrics for this stream yet."),
        todo=_(
            "CloudWatch publishes metrics about two minutes after the first record. They appear here automatically."
        ),
    ),
    "stream.no_metrics": Entry(
        _("There are no metrics for this stream."),
        todo=_("CloudWatch has metrics only after records arrive. Ask the vendor whether the sensors are sending."),
    ),
}
TAP = {
    "tap.database_unavailable": Entry(
        _("Sluice’s database is not available, so Sluice cannot check whether it may read this stream."),
        todo=_("Nothing. Sluice tries again automatically."),
        cause=Cause.SLUICE,
    ),
    "tap.unexpected_error": Entry(
        _("Reading this stream failed with an unexpected error (%(fault)s)."),
        todo=_("Sluice tries again automatically. If this lasts, the operator of Sluice must check the tap’s log."),
        cause=Cause.SLUICE,
    ),
    "tap.behind": Entry(
        _("Records appear %(behind_seconds)s late: the tap has more shards to read than it can keep up with."),
        todo=_("The operator of Sluice must start another tap, which takes over some of the streams."),
        cause=Cause.SLUICE,
    ),
    "tap.behind_throttled": Entry(
        _("Records appear %(behind_seconds)s late, because Kinesis throttles reads."),
        todo=_("Check whether other consumers read the same shards."),
        cause=Cause.CLIENT,
    ),
}
ENTRIES = (
    BOARD | TAP | ACCESS | TIME_RANGES | READERS | SHARD_OF | FIRST_QUERY | DELIVERIES | PRODUCERS | CONSUMERS | NO_DATA
)
