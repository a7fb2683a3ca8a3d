"""The English of the messages about a stream's history."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry
from portal.messages.message import Cause

_START_AGAIN = _("Choose where to start, then choose Show.")

TYPED = {
    "history.not_a_time": Entry(_("Enter a date and time, such as %(example)s.")),
    "history.no_such_time": Entry(_("Clocks in %(zone)s skip this time. Enter another one.")),
    "history.unknown_zone": Entry(_("Choose a time zone from the list.")),
    "history.in_the_future": Entry(_("Enter a time in the past.")),
    "history.too_old": Entry(
        _(
            "The stream keeps records for %(retained_seconds)s. Enter a time after %(oldest)s, or start at “Oldest "
            "record (TRIM_HORIZON)”."
        )
    ),
    "history.not_a_sequence_number": Entry(_("Enter a sequence number: up to 129 digits.")),
    "history.not_confirmed": Entry(
        _("Reading from TRIM_HORIZON raises GetRecords.IteratorAgeMilliseconds of the stream: alarms can fire."),
        todo=_("Add --yes to confirm."),
    ),
    "history.choose_shard": Entry(_("Choose the shard of the sequence number.")),
    "history.no_such_shard": Entry(
        _("The stream has no shard %(shard)s."), todo=_("Its records may have expired. Choose another shard.")
    ),
}
CURSORS = {
    "history.cursor_expired": Entry(_("This link to a page of records has expired."), todo=_START_AGAIN),
    "history.cursor_foreign": Entry(
        _("This link to a page of records was created for another person or stream, or was changed."),
        todo=_START_AGAIN,
    ),
}
READING = {
    "history.no_redis": Entry(
        _("Records cannot be read at the moment."), todo=_("Try again in a minute."), cause=Cause.SLUICE
    ),
    "history.unexpected_error": Entry(
        _("An unexpected error ended the reading."),
        todo=_("Try again. If it happens again, contact the operator of Sluice: the log has the details."),
        cause=Cause.SLUICE,
    ),
    "history.too_many_shards": Entry(
        _("%(shard_count)s shards have records there. At most %(most)s can be merged."),
        todo=_("Choose one shard."),
    ),
    "history.denied": Entry(
        _("AWS denied %(operation)s: %(reason)s"),
        todo=_("Deploy the role’s template again, then choose Verify role on the connection’s page."),
        cause=Cause.CLIENT,
    ),
    "history.not_read": Entry(_("Couldn’t read records: %(reason)s")),
    "history.stream_deleted": Entry(
        _("The data stream does not exist in the AWS account any more."),
        todo=_("Check the integration’s drift."),
        cause=Cause.CLIENT,
    ),
    "history.shard_expired": Entry(
        _("The shard does not exist any more: its records have expired."), todo=_("Start at a later time.")
    ),
    "history.other_stream": Entry(
        _("The sequence number is not from this stream."),
        todo=_("If the stream was deleted and created again, its earlier records are lost. Start at a time."),
    ),
    "history.other_shard": Entry(
        _("The sequence number belongs to another shard."), todo=_("Choose the shard that received the record.")
    ),
    "history.position_rejected": Entry(
        _("Kinesis rejected the position."), todo=_("Check the sequence number and its shard, or start at a time.")
    ),
}
ENTRIES = {**TYPED, **CURSORS, **READING}
