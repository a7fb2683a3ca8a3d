"""The English of how a run ended, and why a removal kept a resource."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from portal.messages.catalogue import Entry
from portal.messages.message import Cause

ENTRIES = {
    "run.step_failed": Entry(_("%(step)s: %(reason)s")),
    "run.steps_failed": Entry(_("%(step_count)s steps failed for one cause: %(reason)s")),
    "run.step_has_shared_cause": Entry(_("Failed for the cause reported above.")),
    "run.step_cancelled": Entry(_("Not done: the run was cancelled.")),
    "run.timeout": Entry(
        _("Stopped after %(waited_seconds)s: %(reason)s"),
        _("Check the resource in the AWS console. When it is as expected, try again."),
    ),
    "run.quarantined": Entry(
        ngettext_lazy(
            "The worker ended %(crash_count)s time while working on this run.",
            "The worker ended %(crash_count)s times while working on this run.",
            "crash_count",
        ),
        _("Support must check the worker's log before it is tried again."),
        Cause.SLUICE,
    ),
    # What a removal does with each resource.
    "on_removal.stream_kept": Entry(_("Kept with its records; deleted only if it holds none.")),
    "on_removal.stream_deleted": Entry(_("Deleted, with every record in it.")),
    "on_removal.bucket": Entry(_("Deleted if it is empty; kept if it holds objects.")),
    "on_removal.bucket_unchanged": Entry(_("S3 bucket %(bucket)s is yours and existed before. It stays unchanged.")),
    "on_removal.key_scheduled": Entry(
        _("Scheduled for deletion in 30 days, after the stream. You can cancel this in KMS.")
    ),
    "on_removal.key_kept": Entry(_("Kept: data that was encrypted with it cannot be read without it.")),
    "on_removal.user": Entry(_("Deleted first, with its access key.")),
    "on_removal.log_group": Entry(_("Deleted, with the delivery errors in it.")),
    "on_removal.policy": Entry(_("Deleted, with all its versions.")),
    "on_removal.producer_role": Entry(_("Deleted first: the vendor can no longer send with it.")),
    "on_removal.deleted": Entry(_("Deleted.")),
    "on_removal.adopted_kept": Entry(
        _("Kept: the stream is yours. Its records and settings stay unchanged. Only Sluice’s tags are removed.")
    ),
    # Why a removal kept it.
    "kept.adopted": Entry(_("It is yours and was adopted. Its records and settings stay, without Sluice's tags.")),
    "kept.role_may_not_delete": Entry(_("Your role does not allow Sluice to delete it.")),
    "kept.of_another_integration": Entry(_("It has the tag %(tag)s=%(owner)s, so it belongs to another integration.")),
    "kept.tag_removed": Entry(
        _("It does not have the tag %(tag)s any more, so Sluice cannot recognise it as its own.")
    ),
    "kept.bucket_not_accessible": Entry(_("It is not in your account, or Sluice has no access to it any more.")),
    "kept.holds_objects": Entry(_("It holds objects, which Sluice may not delete.")),
    "kept.holds_records": Entry(
        _("It holds records, and deleting them was not confirmed. AWS continues to charge for it.")
    ),
    "kept.existed_before": Entry(_("It existed before Sluice set up the integration.")),
    "kept.stream_needs_key": Entry(_("The data stream is kept, and its records cannot be read without this key.")),
    "kept.key_deletion_not_confirmed": Entry(
        _("Deleting data was not confirmed, and everything encrypted with this key is lost without it.")
    ),
    "kept.abandoned": Entry(_("Abandoned: Sluice had no access to your account, so this may still exist.")),
}
