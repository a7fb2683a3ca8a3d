"""The English of what a step waits for."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from portal.messages.catalogue import Entry

ENTRIES = {
    "waiting.role_access": Entry(_("Waits for access to the AWS account.")),
    "waiting.failed_step": Entry(_("Waits for the failed step.")),
    "waiting.aws": Entry(_("Waiting for AWS.")),
    "waiting.stream_creating": Entry(_("AWS is creating the data stream.")),
    "waiting.stream_status": Entry(_("AWS reports the data stream as %(status)s.")),
    "waiting.stream_name_deleting": Entry(
        _("A data stream with this name is being deleted in your account. Sluice waits until it is deleted.")
    ),
    "waiting.stream_active": Entry(_("Waiting for the data stream to be ACTIVE.")),
    "waiting.stream_deleting": Entry(_("AWS is deleting the data stream.")),
    "waiting.mode_switching": Entry(_("AWS is switching the data stream to %(mode)s.")),
    "waiting.resharding": Entry(_("AWS is changing the data stream to %(size)s.")),
    "waiting.record_size_updating": Entry(_("AWS is setting the maximum record size to %(record_kib)s KiB.")),
    "waiting.kms_key": Entry(_("Waiting for the stream's KMS key to be created.")),
    "waiting.kms_key_not_listed": Entry(
        _("A key may have been created a moment ago. Sluice waits until KMS lists it.")
    ),
    "waiting.kms_keys_searched": Entry(
        ngettext_lazy(
            "AWS's answer to the key's creation was lost. Sluice searches your account for the key: %(left)s key is "
            "left to check.",
            "AWS's answer to the key's creation was lost. Sluice searches your account for the key: %(left)s keys are "
            "left to check.",
            "left",
        )
    ),
    "waiting.kms_key_rights": Entry(
        _(
            "AWS denies Sluice a call on KMS key %(arn)s, which Sluice created for this stream. A key's policy can "
            "take some minutes to become active. If this lasts longer, check that the key's policy names Sluice's "
            "role, and your organisation's policies."
        )
    ),
    "waiting.user_not_listed": Entry(
        _("A user may have been created a moment ago. Sluice waits until IAM lists it everywhere.")
    ),
    "waiting.encryption_starting": Entry(_("AWS is turning encryption on.")),
    "waiting.encryption_stopping": Entry(_("AWS is turning encryption off.")),
    "waiting.shard_metrics_starting": Entry(_("AWS is turning shard-level metrics on.")),
    "waiting.shard_metrics_stopping": Entry(_("AWS is turning shard-level metrics off.")),
    "waiting.firehose_creating": Entry(_("AWS is creating the Firehose stream.")),
    "waiting.firehose_still_creating": Entry(
        _("AWS is still creating the Firehose stream, and can delete it only after that.")
    ),
    "waiting.firehose_status": Entry(_("AWS reports the Firehose stream as %(status)s.")),
    "waiting.firehose_updating": Entry(_("AWS is changing the Firehose stream's settings.")),
    "waiting.firehose_deleting": Entry(_("AWS is deleting the Firehose stream.")),
    "waiting.firehose_creation_failed": Entry(
        _("AWS could not create the Firehose stream (%(failure)s). Sluice creates it again.")
    ),
    "waiting.firehose_deletion_failed": Entry(
        _("AWS could not delete the Firehose stream (%(failure)s). Sluice forces the deletion.")
    ),
    "waiting.no_reason_given": Entry(_("AWS gave no reason")),
    "waiting.kms_grant_not_retired": Entry(_("AWS could not retire its grant on a KMS key")),
    "waiting.role_propagating": Entry(
        _(
            "Firehose cannot use the role for the delivery. A new or changed role takes 5 to 15 seconds to become "
            "active, so Sluice tries again for a minute."
        )
    ),
    "waiting.place_for_access_key": Entry(
        _(
            "Sluice creates a limited number of access keys at the same time. This one is created as soon as others "
            "are finished."
        )
    ),
    "waiting.access_key_propagating": Entry(
        _("AWS does not recognise the new access key and its permissions yet. This takes 5 to 15 seconds.")
    ),
    "waiting.test_record": Entry(_("AWS accepted the test record. Waiting to see it in the stream.")),
    "waiting.another_access_key": Entry(_("%(reason)s Sluice creates another access key in its place.")),
}
