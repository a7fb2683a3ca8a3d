"""The English of configuration drift: what differs, as expected and as found, and what a repair does."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from portal.messages.catalogue import Entry

ENTRIES = {
    "drift.networks": Entry(_("%(resource)s: networks of the vendor")),
    "drift.earlier_networks": Entry(_("%(networks)s, the vendor's earlier networks")),
    "drift.tag": Entry(_("%(resource)s: tag")),
    "drift.policy": Entry(_("%(resource)s: policy")),
    "drift.permissions": Entry(_("%(resource)s: permissions")),
    "drift.role_policies": Entry(_("%(resource)s: added policies")),
    "drift.trust_policy": Entry(_("%(resource)s: who can assume it")),
    "drift.public_access": Entry(_("%(resource)s: public access")),
    "drift.bucket_encryption": Entry(_("%(resource)s: encryption")),
    "drift.log_retention": Entry(_("%(resource)s: retention period in days")),
    "drift.status": Entry(_("%(resource)s: status")),
    "drift.source": Entry(_("%(resource)s: source")),
    "drift.destination": Entry(_("%(resource)s: destination")),
    "drift.setting": Entry(_("%(resource)s: %(setting)s")),
    "drift.rotation": Entry(_("%(resource)s: rotation")),
    "drift.alias": Entry(_("Alias %(name)s")),
    "drift.boundary": Entry(_("%(resource)s: permissions boundary")),
    "drift.quarantine": Entry(_("%(resource)s: quarantined by AWS")),
    "drift.quarantine_not_acceptable": Entry(
        _(
            "AWS attaches this policy to a user whose access key it found in a public place. Sluice neither detaches "
            "nor accepts it: revoke the key."
        )
    ),
    "drift.access_keys": Entry(_("%(resource)s: access keys")),
    "drift.key_unused": Entry(
        _("Access key %(key)s: use"),
        _("Check that the vendor sends. If no one needs the key, revoke it on the Access key tab."),
    ),
    "drift.in_use": Entry(_("used within 14 days")),
    "drift.unused": Entry(_("no use reported for %(days)s days")),
    "drift.capacity_mode": Entry(_("Capacity mode")),
    "drift.shard_count": Entry(_("Number of shards")),
    "drift.retention_period": Entry(_("Retention period")),
    "drift.record_size": Entry(_("Maximum record size")),
    "drift.creation_time": Entry(_("Creation time")),
    "drift.client_tag": Entry(_("Tag %(key)s")),
    "drift.encryption": Entry(_("Encryption at rest")),
    "drift.shard_metrics": Entry(_("Shard-level metrics")),
    "drift.value": Entry(_("%(value)s")),
    "drift.hours": Entry(_("%(retention_hours)s hours")),
    "drift.kib": Entry(_("%(record_kib)s KiB")),
    "drift.metrics_on": Entry(ngettext_lazy("%(metric_count)s on", "%(metric_count)s on", "metric_count")),
    "drift.exists": Entry(_("exists")),
    "drift.deleted": Entry(_("deleted")),
    "drift.being_deleted": Entry(_("being deleted")),
    "drift.not_accessible": Entry(_("in another account, or not accessible")),
    "drift.none": Entry(_("none")),
    "drift.empty": Entry(_("empty")),
    "drift.on": Entry(_("on")),
    "drift.off": Entry(_("off")),
    "drift.blocked": Entry(_("blocked")),
    "drift.not_blocked": Entry(_("not blocked: a setting is off")),
    "drift.own_tag": Entry(_("this integration's")),
    "drift.other_tag": Entry(_("another integration's, or none")),
    "drift.inline_policy": Entry(_("inline policy %(name)s")),
    "drift.list": Entry(_("%(items)s")),
    "drift.other_document": Entry(_("another document")),
    "drift.same_in_other_json": Entry(_("%(description)s (in other JSON)")),
    "drift.key_not_acceptable": Entry(
        _(
            "An access key that Sluice did not create cannot be accepted: anyone who has it can write to the stream as "
            "your producer. Repair deletes it."
        )
    ),
    "repair.revoke_key": Entry(
        _(
            "Revoke access key %(name)s: delete it with IAM user %(user)s, and create another user and key. The "
            "producer cannot write to the stream until it uses the new key."
        )
    ),
    "repair.delete_key": Entry(
        _("Delete access key %(name)s of IAM user %(user)s. Its holder can no longer write to the stream.")
    ),
    "repair.activate_key": Entry(_("Activate access key %(name)s of IAM user %(user)s again.")),
    "repair.set_boundary": Entry(_("Set the permissions boundary of IAM user %(user)s to %(name)s again.")),
    "repair.detach_policy": Entry(_("Detach policy %(name)s from IAM user %(user)s. The policy itself stays.")),
    "repair.delete_inline_policy": Entry(
        _("Delete inline policy “%(name)s” of IAM user %(user)s. Sluice keeps no copy of it.")
    ),
    "repair.detach_role_policy": Entry(_("Detach policy %(name)s from role %(user)s. The policy itself stays.")),
    "repair.delete_role_policy": Entry(
        _("Delete inline policy “%(name)s” of role %(user)s. Sluice keeps no copy of it.")
    ),
}
