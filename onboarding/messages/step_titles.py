"""The English of a run's steps: the condition that each one guarantees, and how long it usually takes."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from portal.messages.catalogue import Entry

ENTRIES = {
    "step.stream": Entry(_("Data stream %(name)s is active: %(size)s, retention %(retention_hours)s h")),
    "step.stream_adopted": Entry(_("Data stream %(name)s is adopted: %(size)s, retention %(retention_hours)s h")),
    "stream.on_demand": Entry(_("on-demand")),
    "stream.shards": Entry(ngettext_lazy("%(shard_count)s shard", "%(shard_count)s shards", "shard_count")),
    "step.encryption_off": Entry(_("Encryption at rest is off, as specified")),
    "step.encryption_new_key": Entry(_("Records are encrypted at rest with the new key %(alias)s")),
    "step.encryption_aws_key": Entry(_("Records are encrypted at rest with the AWS managed key")),
    "step.encryption_own_key": Entry(_("Records are encrypted at rest with your key %(key)s")),
    "step.shard_metrics_on": Entry(_("Shard-level metrics are on")),
    "step.shard_metrics_off": Entry(_("Shard-level metrics are off")),
    "step.producer_policy": Entry(_("Policy %(name)s allows putting records and nothing else")),
    "step.producer_policy_endpoint": Entry(
        _("Policy %(name)s allows putting records through %(endpoint)s and nothing else")
    ),
    "step.producer_role": Entry(_("Only the vendor, with its external ID, can assume role %(name)s")),
    "step.producer_role_policy": Entry(_("Role %(name)s allows putting records and nothing else")),
    "step.key": Entry(_("KMS key %(alias)s exists, rotates every year, and is owned by your account")),
    "step.new_bucket": Entry(_("Bucket %(bucket)s exists: private, encrypted, TLS only")),
    "step.existing_bucket": Entry(_("Your bucket %(bucket)s exists in the stream's Region")),
    "step.log_group": Entry(_("Log group %(name)s receives delivery errors")),
    "step.firehose_role": Entry(_("Role %(name)s allows Firehose to read the stream and deliver")),
    "step.firehose": Entry(_("Firehose %(name)s delivers every record to %(destination)s")),
    "step.revoke_access_key": Entry(_("The revoked access key is deleted with its IAM user")),
    "step.access_key": Entry(
        ngettext_lazy(
            "An access key for the producer is created and encrypted to %(recipient_count)s recipient",
            "An access key for the producer is created and encrypted to %(recipient_count)s recipients",
            "recipient_count",
        )
    ),
    "step.grant": Entry(_("The IAM user can put records, now that its key is encrypted")),
    "step.test_record": Entry(_("A test record, put with the encrypted key, is seen in the stream")),
    "step.test_record_endpoint": Entry(
        _(
            "A test record, put with the encrypted key, is seen in the stream; from then on only %(endpoint)s is "
            "accepted"
        )
    ),
    "removal.access_key": Entry(_("The access key is revoked, and IAM user %(names)s deleted")),
    "removal.producer_role": Entry(_("Role %(names)s is deleted, and the vendor can no longer send with it")),
    "removal.producer_policy": Entry(_("Policy %(names)s is deleted with all its versions")),
    "removal.firehose": Entry(_("Firehose %(names)s is deleted")),
    "removal.firehose_role": Entry(_("Role %(names)s is deleted")),
    "removal.log_group": Entry(_("Log group %(names)s is deleted")),
    "removal.bucket": Entry(_("Bucket %(names)s is deleted if it is empty")),
    "removal.stream": Entry(_("Data stream %(names)s is deleted")),
    "removal.stream_if_empty": Entry(_("Data stream %(names)s is kept with its records, or deleted if it holds none")),
    "removal.adopted_stream": Entry(_("Data stream %(names)s is yours: it is kept, without Sluice's tags")),
    "removal.key": Entry(_("KMS key %(names)s is deleted in 30 days, or kept if anything needs it")),
    "usual.range": Entry(_("Usually %(least)s to %(most)s seconds.")),
    "usual.few_seconds": Entry(_("Usually a few seconds.")),
    "usual.second": Entry(_("Usually a second.")),
}
