"""The English of what a step found and what it changed."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from portal.messages.catalogue import Entry

ENTRIES = {
    "outcome.several": Entry(_("%(outcomes)s")),
    "outcome.as_specified": Entry(_("as specified")),
    "outcome.created": Entry(_("created")),
    "outcome.tagged": Entry(_("added Sluice's tags")),
    "outcome.adopted": Entry(_("adopted: added Sluice's tags")),
    "outcome.stream_active": Entry(_("active, %(size)s, retention %(retention_hours)s h")),
    "outcome.tags_set": Entry(_("set the tags %(keys)s")),
    "outcome.tags_removed": Entry(_("removed the tags %(keys)s")),
    "outcome.encrypted": Entry(_("encrypted with %(key)s")),
    "outcome.not_encrypted": Entry(_("not encrypted at rest")),
    "outcome.shard_metrics": Entry(
        ngettext_lazy("%(metric_count)s metric", "%(metric_count)s metrics", "metric_count")
    ),
    "outcome.policy_version_created": Entry(_("created a new version")),
    "outcome.bucket_unchanged": Entry(_("exists; unchanged")),
    "outcome.public_access_blocked": Entry(_("blocked public access")),
    "outcome.bucket_encrypted": Entry(_("turned encryption on")),
    "outcome.tls_required": Entry(_("required TLS")),
    "outcome.trust_policy_restored": Entry(_("restored its trust policy")),
    "outcome.permissions_set": Entry(_("set its permissions")),
    "outcome.firehose_active": Entry(_("active, as specified")),
    "outcome.log_retention_set": Entry(
        ngettext_lazy(
            "set its retention period to %(day_count)s day",
            "set its retention period to %(day_count)s days",
            "day_count",
        )
    ),
    "outcome.log_retention_removed": Entry(_("removed its retention period: delivery errors never expire")),
    "outcome.log_retention_not_allowed": Entry(
        _("retention period not set: the role is not allowed to. Update the role, then choose Repair drift")
    ),
    "outcome.log_group_not_ours": Entry(_("retention period unchanged: Sluice did not create the log group")),
    "outcome.alias_created": Entry(_("created its alias")),
    "outcome.rotation_enabled": Entry(_("turned rotation on")),
    "outcome.key_policy_set": Entry(_("set its policy")),
    "outcome.access_key_revoked": Entry(_("deleted access key %(keys)s and its user")),
    "outcome.key_encrypted_before": Entry(_("key %(key)s of %(user)s, encrypted earlier")),
    "outcome.key_encrypted": Entry(
        ngettext_lazy(
            "encrypted key %(key)s to %(recipient_count)s recipient",
            "encrypted key %(key)s to %(recipient_count)s recipients",
            "recipient_count",
        )
    ),
    "outcome.policy_attached": Entry(_("policy attached")),
    "outcome.record_seen": Entry(_("seen in %(shard)s as %(sequence_number)s")),
    "outcome.record_accepted": Entry(
        _("accepted in %(shard)s as %(sequence_number)s; not read back, because record samples are not allowed")
    ),
    "outcome.access_key_deleted": Entry(_("deleted access key %(key)s")),
    "outcome.access_key_gone": Entry(_("access key %(key)s was already deleted")),
    "outcome.access_key_activated": Entry(_("activated access key %(key)s")),
    "outcome.boundary_restored": Entry(_("restored the permissions boundary")),
    "outcome.policy_detached": Entry(_("detached %(policy)s")),
    "outcome.inline_policy_deleted": Entry(_("deleted inline policy %(policy)s")),
    "outcome.deleted": Entry(_("deleted %(names)s")),
    "outcome.already_deleted": Entry(_("already deleted: %(names)s")),
    "outcome.kept": Entry(_("kept %(name)s: %(reason)s")),
}
