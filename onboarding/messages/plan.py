"""The English of a plan: how each resource is created, and the titles of its policies."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

ENTRIES = {
    "plan.stream": Entry(_("%(capacity)s, kept for %(retention)s")),
    "plan.adopted_stream": Entry(_("yours, adopted and never deleted: %(stream)s")),
    "plan.new_key": Entry(_("rotates every year; owned by your account")),
    "plan.put_records": Entry(_("write records only")),
    "plan.put_records_through": Entry(_("write records, only through %(endpoint)s")),
    "plan.user": Entry(_("one access key; the name ends with the attempt number")),
    "plan.producer_role": Entry(_("only %(vendor)s can assume it, with its external ID; %(puts)s")),
    "plan.producer_trust": Entry(_("Trust policy of the producer's role")),
    "plan.new_bucket": Entry(_("new: private, encrypted, TLS only")),
    "plan.existing_bucket": Entry(_("yours; unchanged")),
    "plan.log_group": Entry(_("delivery errors")),
    "plan.role": Entry(_("used by Firehose only")),
    "plan.firehose": Entry(_("into %(destination)s, every %(interval)s s")),
    "plan.producer_policy": Entry(_("Producer policy")),
    "plan.key_policy": Entry(_("Policy of the new KMS key")),
    "plan.firehose_role": Entry(_("Firehose role")),
    "plan.firehose_role_of": Entry(_("Role of Firehose %(name)s")),
}
