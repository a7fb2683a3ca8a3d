"""The English of alerts: what each kind measures, what is wrong and what to do, and what services refuse."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from portal.messages.catalogue import Entry

UNITS = {
    "alert.unit_records": Entry(_("records")),
    "alert.unit_record": Entry(_("record")),
    "alert.unit_minute": Entry(_("minute")),
    "alert.unit_hour": Entry(_("hour")),
    "alert.unit_day": Entry(_("day")),
    "alert.unit_percent": Entry(_("%%")),
    "alert.unit_minutes": Entry(_("minutes")),
    "alert.unit_hours": Entry(_("hours")),
    "alert.unit_days": Entry(_("days")),
    "alert.at_least": Entry(_("at least")),
    "alert.over": Entry(_("over")),
    "alert.under": Entry(_("under")),
    "alert.threshold": Entry(_("%(comparison)s %(number)s %(unit)s")),
}
MEASURES = {
    "alert.connection_broken_measures": Entry(_("Time since AWS began to deny the connection’s role")),
    "alert.metrics_missing_measures": Entry(_("Time since any stream of the account and Region was last read")),
    "alert.delivery_failing_measures": Entry(_("Share of records that Firehose delivered in the newest delivery")),
    "alert.silence_measures": Entry(_("Time without records, in hours in which they are expected")),
    "alert.writes_throttled_measures": Entry(_("Records that Kinesis throttled in 5 minutes")),
    "alert.write_usage_measures": Entry(_("Highest use of the write limit in 5 minutes, of the stream or a shard")),
    "alert.iterator_age_measures": Entry(_("How far the slowest consumer is behind")),
    "alert.freshness_measures": Entry(_("Age of the oldest record that Firehose has not delivered")),
    "alert.key_unused_measures": Entry(_("Time since the access key is ready, without any record")),
    "alert.key_old_measures": Entry(_("Age of the access key")),
    "alert.certificate_expiring_measures": Entry(_("Time until the OpenPGP key of a recipient expires")),
}
TITLES = {
    "alert.connection_broken_title": Entry(_("Connection broken: %(name)s")),
    "alert.metrics_missing_title": Entry(_("Streams not checked: %(name)s")),
    "alert.delivery_failing_title": Entry(_("Delivery failing: %(name)s")),
    "alert.silence_title": Entry(_("Silence: %(name)s")),
    "alert.writes_throttled_title": Entry(_("Throttled writes: %(name)s")),
    "alert.write_usage_title": Entry(_("Near the write limit: %(name)s")),
    "alert.iterator_age_title": Entry(_("Consumer behind: %(name)s")),
    "alert.freshness_title": Entry(_("Delivery late: %(name)s")),
    "alert.key_unused_title": Entry(_("Access key never used: %(name)s")),
    "alert.key_old_title": Entry(_("Access key old: %(name)s")),
    "alert.certificate_expiring_title": Entry(_("OpenPGP key expiring: %(name)s")),
}
TEXTS = {
    "alert.connection_broken": Entry(
        _("AWS has denied the role of the connection %(name)s for %(value_seconds)s."),
        _("Open the connection, see what AWS answered, deploy the template again and choose Verify role."),
    ),
    "alert.metrics_missing": Entry(
        _("No stream of %(name)s has been read for %(value_seconds)s, so nothing is known of them."),
        _("AWS may be throttling or denying requests. Diagnose one of the streams to see which."),
    ),
    "alert.delivery_failing": Entry(
        _("Firehose delivered only %(value_share)s of the newest records of %(name)s."),
        _("Diagnose the stream. It names the error that the destination answered."),
    ),
    "alert.silence": Entry(
        _("No records have arrived in %(name)s for %(value_seconds)s, at a time when they are expected."),
        _("Diagnose the stream. It says whether the sender, the access key or AWS is the cause."),
    ),
    "alert.writes_throttled": Entry(
        ngettext_lazy(
            "Kinesis throttled %(value_count)s record of %(name)s in 5 minutes.",
            "Kinesis throttled %(value_count)s records of %(name)s in 5 minutes.",
            "value_count",
        ),
        _("Add shards, or use more varied partition keys if only one shard is busy."),
    ),
    "alert.write_usage": Entry(
        _("%(name)s uses %(value_share)s of its write limit. At 100%% Kinesis throttles writes."),
        _("Add shards, or use more varied partition keys if only one shard is busy."),
    ),
    "alert.iterator_age": Entry(
        _("The slowest consumer of %(name)s is %(value_seconds)s behind."),
        _("Check that the consumer runs and keeps up, before the stream’s retention period ends."),
    ),
    "alert.freshness": Entry(
        _("Firehose is late with %(name)s: the oldest record that was not delivered is %(value_seconds)s old."),
        _("Diagnose the stream. It names the error that the destination answered."),
    ),
    "alert.key_unused": Entry(
        _("The access key of %(name)s has been ready for %(value_seconds)s and has never been used."),
        _("Ask the vendor whether its copy was downloaded and the sender is running."),
    ),
    "alert.key_old": Entry(
        _("The access key of %(name)s is %(value_seconds)s old."), _("Choose Rotate access key on its page.")
    ),
    "alert.certificate_expiring": Entry(
        _("The OpenPGP key %(name)s expires in %(value_seconds)s. After that, no access key can be encrypted to it."),
        _("Ask its owner to extend it, and add the new public key under OpenPGP keys."),
    ),
}
SHARED_TEXTS = {
    "alert.streams_of": Entry(
        ngettext_lazy("%(stream_count)s stream of %(name)s", "%(stream_count)s streams of %(name)s", "stream_count")
    ),
    "alert.silence_many": Entry(
        _(
            "No records are arriving in %(name)s, at a time when they are expected. "
            "The longest silence is %(value_seconds)s."
        ),
        _(
            "They stopped at about the same time: first check what they share, which is the sender, its network and "
            "its access to AWS. Then diagnose one of the streams."
        ),
    ),
    "alert.writes_throttled_many": Entry(
        ngettext_lazy(
            "Kinesis is throttling writes to %(name)s: at most %(value_count)s record of one stream in 5 minutes.",
            "Kinesis is throttling writes to %(name)s: at most %(value_count)s records of one stream in 5 minutes.",
            "value_count",
        ),
        _("Check whether the sender sends what it could not send during an interruption. Otherwise, add shards."),
    ),
    "alert.write_usage_many": Entry(
        _("Near the write limit: %(name)s. The highest use is %(value_share)s. At 100%% Kinesis throttles writes."),
        _("Check whether the sender sends what it could not send during an interruption. Otherwise, add shards."),
    ),
    "alert.iterator_age_many": Entry(
        _("Consumers of %(name)s are behind, the slowest by %(value_seconds)s."),
        _("First check what the consumers share: where they run, and their access to AWS."),
    ),
    "alert.freshness_many": Entry(
        _("Firehose is late with %(name)s: the oldest record that was not delivered is %(value_seconds)s old."),
        _("First check what the deliveries share: the destination, its key and its network. Then diagnose a stream."),
    ),
    "alert.delivery_failing_many": Entry(
        _("Firehose fails to deliver records of %(name)s. The lowest share delivered is %(value_share)s."),
        _("First check what the deliveries share: the destination, its key and its network. Then diagnose a stream."),
    ),
}
ENDS = {
    "alert.condition_ended": Entry(_("The condition ended.")),
    "alert.switched_off": Entry(_("Alerts of this kind were turned off.")),
    "alert.stream_removed": Entry(_("The stream was removed.")),
    "alert.key_not_used": Entry(_("The OpenPGP key no longer expires soon, or is no longer used.")),
    "alert.not_known": Entry(_("Nothing was known of it for 7 days.")),
}
REFUSALS = {
    "alert.not_open": Entry(_("This alert is closed."), _("Reload the page.")),
    "alert.kind_unknown": Entry(_("Choose a kind of alert that streams have.")),
    "alert.mute_in_the_past": Entry(_("Enter a time in the future.")),
    "alert.mute_too_long": Entry(_("Enter a time within the next %(days)s days.")),
    "alert.not_a_time": Entry(_("Enter a date and time, such as 2026-11-28T06:00.")),
    "alert.reason_missing": Entry(_("Enter a reason. It is shown on the alert’s page.")),
    "alert.text_too_long": Entry(_("Enter at most %(most)s characters.")),
    "alert.not_a_number": Entry(
        _("“%(typed)s” is not a number. Enter digits, with a point for decimals, such as 80 or 2.5.")
    ),
    "alert.not_whole": Entry(_("Enter a whole number.")),
    "alert.out_of_bounds": Entry(_("Enter a number from %(least)s to %(most)s (%(unit)s).")),
    "alert.minutes_out_of_bounds": Entry(_("Enter 0, or a number of minutes from %(least)s to %(most)s.")),
    "alert.not_a_member": Entry(_("Choose a person of this organisation.")),
    "alert.unknown": Entry(_("There is no alert %(alert)s."), _("Copy an ID from `alert list`.")),
}
ENTRIES = UNITS | MEASURES | TITLES | TEXTS | SHARED_TEXTS | ENDS | REFUSALS
