"""The English of diagnoses: what each check is called, what it found, and what to do."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from portal.messages.catalogue import Entry
from portal.messages.message import Cause

_ENABLE = _(
    "Nothing can be written to or read from the stream until the key is enabled. Enable it in the AWS KMS console, or "
    "with the command below."
)

TITLES = {
    "diagnosis.title_connection": Entry(_("Connection to the AWS account")),
    "diagnosis.title_permissions": Entry(_("Permissions of Sluice’s role")),
    "diagnosis.title_collection": Entry(_("Sluice’s collection of metrics")),
    "diagnosis.title_stream": Entry(_("Data stream")),
    "diagnosis.title_write_limit": Entry(_("Write limit")),
    "diagnosis.title_encryption": Entry(_("Encryption key")),
    "diagnosis.title_producer": Entry(_("Producer’s key or role")),
    "diagnosis.title_records": Entry(_("Records arriving")),
    "diagnosis.title_consumers": Entry(_("Consumers")),
    "diagnosis.title_firehose_role": Entry(_("Firehose role")),
    "diagnosis.title_bucket": Entry(_("Bucket")),
    "diagnosis.title_delivery": Entry(_("Delivery")),
    "diagnosis.title_drift": Entry(_("Configuration drift")),
    "diagnosis.title_changes": Entry(_("Recent changes")),
}
PROGRESS = {
    "diagnosis.waiting": Entry(_("Waiting for a worker.")),
    "diagnosis.running": Entry(_("Check %(number)s of %(total)s: %(title)s.")),
    "diagnosis.nothing_found": Entry(_("No problem found: every check passed.")),
    "diagnosis.first_cause": Entry(_("First cause: %(cause)s")),
    "diagnosis.not_all_checked": Entry(_("No problem found, but not everything could be checked: %(cause)s")),
    "diagnosis.problem_found": Entry(_("The diagnosis found a problem.")),
    "diagnosis.needs_connection": Entry(_("Not checked: Sluice cannot read the AWS account.")),
    "diagnosis.needs_stream": Entry(_("Not checked: there is no data stream.")),
    "diagnosis.self_managed": Entry(_("Not checked: you manage these resources yourself.")),
    "diagnosis.no_time": Entry(
        _("AWS did not answer in time."), _("Usually temporary. Diagnose again in a minute."), Cause.AWS
    ),
    "diagnosis.check_failed": Entry(
        _("The check ended with an error."),
        _("The problem is on our side. The worker’s log has the details, under diagnosis.check_failed."),
        Cause.SLUICE,
    ),
    "diagnosis.differs": Entry(_("%(what)s: expected %(expected)s, found %(found)s.")),
}
ACCOUNT = {
    "diagnosis.connection_works": Entry(_("Sluice can assume its role.")),
    "diagnosis.three_tries": Entry(
        _("Assuming the role: with the external ID %(right)s, with a wrong one %(wrong)s, without one %(missing)s.")
    ),
    "diagnosis.outcome_allowed": Entry(_("allowed")),
    "diagnosis.outcome_denied": Entry(_("denied")),
    "diagnosis.outcome_unknown": Entry(_("not known")),
    "diagnosis.permissions_present": Entry(_("The role has the permissions that it needs.")),
    "diagnosis.permissions_missing": Entry(
        ngettext_lazy(
            "The role lacks %(action_count)s permission: %(actions)s.",
            "The role lacks %(action_count)s permissions: %(actions)s.",
            "action_count",
        ),
        _("The permission report on the connection’s page has the statement to add for each."),
        Cause.CLIENT,
    ),
    "diagnosis.permission_counts": Entry(
        _("Permission report: %(passed_count)s passed, %(failed_count)s failed, %(unknown_count)s unknown.")
    ),
    "diagnosis.role_is_older": Entry(
        _("The role was created from an earlier template, without %(actions)s. This stops no data.")
    ),
    "diagnosis.collected": Entry(_("Sluice’s workers collect the metrics of this stream.")),
    "diagnosis.collection_begins": Entry(_("The first collection of metrics is due within minutes.")),
    "diagnosis.last_collection": Entry(_("Last collection")),
    "diagnosis.not_collected": Entry(
        _("Sluice’s workers do not collect metrics, although AWS provides them."),
        _("Check that worker-metrics and beat run. Until then pages show no current values."),
        Cause.SLUICE,
    ),
    "diagnosis.never_collected": Entry(
        _("Sluice’s workers never collected metrics of this stream."),
        _("Check that worker-metrics and beat run."),
        Cause.SLUICE,
    ),
}
STREAM = {
    "diagnosis.stream_deleted": Entry(
        _("Data stream %(stream)s does not exist in %(region)s."),
        _("It was deleted outside Sluice. A repair creates it again, without its records."),
        Cause.CLIENT,
    ),
    "diagnosis.stream_creating": Entry(_("AWS is creating the data stream."), _("This takes less than a minute.")),
    "diagnosis.stream_takes_records": Entry(_("The data stream exists and accepts records.")),
    "diagnosis.stream_status": Entry(_("StreamStatus: %(status)s")),
    "diagnosis.provisioned": Entry(_("provisioned")),
    "diagnosis.stream_capacity": Entry(
        ngettext_lazy(
            "%(open_shard_count)s open shard, %(mode)s, retention %(retention_hours)s h",
            "%(open_shard_count)s open shards, %(mode)s, retention %(retention_hours)s h",
            "open_shard_count",
        )
    ),
    "diagnosis.not_throttled": Entry(_("Kinesis throttles no writes.")),
    "diagnosis.usage": Entry(
        _("%(usage_share)s of the write limit used, %(throttled_count)s throttled records in the last 5 minutes")
    ),
    "diagnosis.usage_unknown": Entry(
        _("Use of the write limit not known, %(throttled_count)s throttled records in the last 5 minutes")
    ),
    "diagnosis.not_encrypted": Entry(_("Records are stored unencrypted: there is no key.")),
    "diagnosis.aws_managed_key": Entry(
        _("The records are encrypted with the AWS managed key, which cannot be disabled.")
    ),
    "diagnosis.key_named": Entry(_("Key %(key)s")),
    "diagnosis.key_state": Entry(_("Key %(key)s, KeyState: %(state)s")),
    "diagnosis.key_enabled": Entry(_("The encryption key is enabled.")),
    "diagnosis.key_missing": Entry(
        _("The stream’s encryption key %(key)s does not exist any more."),
        _("Records that were encrypted with it cannot be read. Choose another key for the stream."),
        Cause.CLIENT,
    ),
    "diagnosis.key_disabled": Entry(
        _("The stream’s encryption key cannot be used: its state is %(state)s."), _ENABLE, Cause.CLIENT
    ),
}
PRODUCER = {
    "diagnosis.no_access_key": Entry(
        _("There is no access key for the producer: none was created, or it was revoked."),
        _("Create an access key on the Access key tab."),
        Cause.CLIENT,
    ),
    "diagnosis.key_active": Entry(_("Access key %(key)s is active and can put records.")),
    "diagnosis.key_inactive": Entry(
        _("Access key %(key)s is inactive: AWS rejects every record that is sent with it."),
        _("Repair the drift, which activates it again, or rotate the key."),
        Cause.CLIENT,
    ),
    "diagnosis.key_known": Entry(_("Access key %(key)s of IAM user %(user)s")),
    "diagnosis.key_downloaded": Entry(_("The vendor downloaded its encrypted copy")),
    "diagnosis.key_not_downloaded": Entry(_("The vendor has not downloaded its encrypted copy.")),
    "diagnosis.key_use_unknown": Entry(_("When the key was last used is not known: the role cannot ask IAM for it.")),
    "diagnosis.key_not_used": Entry(
        _("IAM reports no use of the key. AWS documents no delay for this; a use can appear much later.")
    ),
    "diagnosis.key_last_used": Entry(
        _(
            "Last use that IAM reports: %(service)s in %(region)s. AWS documents no delay for this; of several uses "
            "within 15 minutes it records the first."
        )
    ),
    "diagnosis.no_producer_role": Entry(
        _("The role that the vendor assumes to send does not exist."), _("Repair the drift."), Cause.CLIENT
    ),
    "diagnosis.role_known": Entry(_("Role %(arn)s")),
    "diagnosis.role_active": Entry(_("The producer’s role exists and can put records.")),
    "diagnosis.role_test_failed": Entry(
        _("The vendor’s sender reported that the role does not work."),
        _("Ask the vendor for the message, and compare it with the report of the test."),
    ),
    "diagnosis.role_not_reported": Entry(_("The vendor’s sender has not reported a test of the role.")),
    "diagnosis.role_reported": Entry(_("Last report of the vendor’s sender: %(state)s")),
    "diagnosis.last_record": Entry(_("Last record seen")),
    "diagnosis.no_record_seen": Entry(_("No record was ever seen.")),
    "diagnosis.rate": Entry(_("%(records_per_second)s records/s, mean of 5 min")),
    "diagnosis.only_throttled": Entry(
        _("Records are sent, but Kinesis throttles all of them."), _("See the write limit.")
    ),
    "diagnosis.quiet_as_expected": Entry(
        _("No records have arrived for %(silent_seconds)s. This is expected at this time."),
        _("Is it not? Set the expected hours."),
    ),
}
READERS = {
    "diagnosis.no_reader": Entry(_("No one has read records with GetRecords in the last 5 minutes.")),
    "diagnosis.readers_keep_up": Entry(_("Consumers keep up.")),
    "diagnosis.iterator_age_at_most": Entry(
        _(
            "Sluice itself reads records with GetRecords at the moment. Whether anyone else does is not known; no one "
            "is more than %(age_seconds)s behind."
        )
    ),
    "diagnosis.iterator_age": Entry(_("Iterator age: %(age_seconds)s")),
    "diagnosis.no_delivery": Entry(_("The stream has no delivery by Firehose.")),
    "diagnosis.firehose_roles_fine": Entry(_("Firehose can assume its role, which can read the stream and deliver.")),
    "diagnosis.buckets_fine": Entry(_("The bucket exists.")),
    "diagnosis.deliveries_fine": Entry(_("Firehose delivers.")),
    "diagnosis.delivery_error": Entry(_("Last delivery error of %(delivery)s: %(code)s")),
    "diagnosis.delivery_measured": Entry(_("Metrics of Firehose until")),
    "diagnosis.no_drift": Entry(_("Everything is as specified.")),
    "diagnosis.compared": Entry(_("Compared with the spec")),
    "diagnosis.drift": Entry(
        ngettext_lazy(
            "%(difference_count)s difference from the spec.",
            "%(difference_count)s differences from the spec.",
            "difference_count",
        ),
        _("Review the differences, then repair or accept them."),
        Cause.CLIENT,
    ),
}
CHANGES = {
    "diagnosis.trail_not_allowed": Entry(_("The connection does not allow Sluice to read CloudTrail’s event history.")),
    "diagnosis.no_changes": Entry(_("CloudTrail recorded no change of these resources in the last 24 hours.")),
    "diagnosis.trail_read": Entry(
        _("The newest 50 changes of the Region and of us-east-1. New events can take 15 minutes to appear.")
    ),
    "diagnosis.changes": Entry(
        ngettext_lazy(
            "CloudTrail recorded %(change_count)s change in the last 24 hours.",
            "CloudTrail recorded %(change_count)s changes in the last 24 hours.",
            "change_count",
        )
    ),
    "diagnosis.change": Entry(_("%(service)s %(operation)s, by %(who)s")),
    "diagnosis.change_failed": Entry(_("%(service)s %(operation)s, by %(who)s: failed with %(error)s")),
}
ENTRIES = CHANGES | TITLES | PROGRESS | ACCOUNT | STREAM | PRODUCER | READERS
