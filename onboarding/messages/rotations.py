"""The English of rotations and revocations of access keys."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

ENTRIES = {
    "rotation.no_key": Entry(_("Integration %(integration)s has no access key that Sluice created.")),
    "rotation.by_role": Entry(_("The vendor sends with a role, which has no access key to rotate.")),
    "rotation.self_managed": Entry(
        _("You manage this integration's access key yourself."),
        _("Create another key in your AWS account and upload its encrypted copy."),
    ),
    "rotation.wait_not_allowed": Entry(_("The waiting time is between 0 and %(days)s days.")),
    "rotation.days_not_allowed": Entry(_("Choose an age between %(fewest)s and %(most)s days.")),
    "rotation.integration_removed": Entry(_("The integration is being removed, so no new key was created.")),
    "rotation.waits_for_run": Entry(_("Another run is at work. The new key is created when it is over.")),
    "rotation.run_ended": Entry(_("The run for the new key ended without one. The old key is unchanged.")),
    "rotation.waits_for_download": Entry(
        _("No one has downloaded the new key yet."), _("Download it, or wait for the vendor's sender to fetch it.")
    ),
    "rotation.waits_for_use": Entry(
        _("AWS has not reported a use of the new key yet. Its report can be hours late; the old key stays active."),
    ),
    "rotation.use_cannot_be_seen": Entry(
        _("Sluice's role may not ask AWS when the key was last used."),
        _("Update the role from its template, or confirm that the vendor sends with the new key."),
    ),
    "rotation.new_key_not_active": Entry(
        _("AWS does not list the new access key %(key)s of the IAM user %(user)s as active. The old key stays active."),
        _("Make it active again, or undo the rotation."),
    ),
    "rotation.foreign_keys": Entry(
        _("The IAM user %(user)s has access keys that Sluice did not create: %(keys)s. The user is not deleted."),
        _("Find out who uses them. Delete them in IAM, or agree to their deletion."),
    ),
    "rotation.old_key_gone": Entry(
        _("The old access key %(key)s does not exist in AWS any more, so it cannot be reactivated."),
        _("Keep the new key: revoke nothing, and contact support."),
    ),
    "rotation.settling": Entry(_("The old key is active. The new one is deleted in a few minutes.")),
    "rotation.waits_for_old_use": Entry(
        _("The new key was in use. It is deleted when AWS reports a use of the old one."),
        _("If the vendor sends with the old key again, confirm that."),
    ),
    "rotation.being_deleted": Entry(_("The old key is being deleted, which cannot be stopped.")),
    "rotation.not_reversible": Entry(_("This rotation cannot be undone any more.")),
    "rotation.old_key_revoked": Entry(_("The old key was revoked, so the rotation cannot be undone.")),
    "rotation.not_waiting_for_use": Entry(_("This rotation does not wait for a key's use.")),
    "key_finding.used_elsewhere": Entry(
        _("The access key %(key)s was used from %(address)s, which is not expected."),
        _("If no one at the vendor knows why, someone else has the key: revoke it now."),
    ),
    "key_finding.used_from_several": Entry(
        _("The access key %(key)s was used from %(count)s addresses that are not expected, last from %(address)s."),
        _("If no one at the vendor knows why, someone else has the key: revoke it now."),
    ),
    "key_finding.quarantined_title": Entry(_("Quarantined by AWS")),
    "key_finding.quarantined": Entry(
        _(
            "AWS found the access key %(key)s in a public place and attached a policy to its IAM user that denies many"
            " actions. Anyone who has the key can still write to the stream."
        ),
        _("Revoke it now. Then follow the instructions of AWS Health and AWS Support in your account."),
    ),
    "key_finding.unused_title": Entry(_("Not used")),
    "key_finding.unused": Entry(
        _("AWS has reported no use of the access key %(key)s for %(days)s days. Its report can be hours late."),
        _("Ask the vendor whether its sender has the key. Revoke a key that no one uses."),
    ),
    "key_finding.never_used": Entry(
        _("AWS has reported no use of the access key %(key)s since it is ready, %(days)s days ago."),
        _("Ask the vendor whether its sender has the key. Revoke a key that no one uses."),
    ),
    "key_finding.used_elsewhere_title": Entry(_("Used from an unexpected network")),
    "key_address.reason_missing": Entry(_("State why the address is expected: others see it on this page.")),
    "key_address.networks_not_published": Entry(
        _("Records are accepted from every network: the vendor's networks are not set."),
        _("Check the error that AWS answered with."),
    ),
    "key_trail.role_outdated": Entry(
        _("Sluice's role may not read CloudTrail, although that permission was chosen."),
        _("Update the role from its template."),
    ),
    "key_trail.no_time": Entry(
        _("CloudTrail did not answer in time. Sluice reads the key's events again at its next scheduled check."),
    ),
    "key_trail.requested": Entry(
        _("CloudTrail was read for this key less than a minute ago."), _("Try again in a minute.")
    ),
    "key_trail.not_now": Entry(_("%(reason)s"), _("Choose Read again.")),
    "revocation.not_possible": Entry(
        _("The access key %(key)s cannot be revoked by Sluice: it was not created by Sluice, or no longer exists.")
    ),
    "revocation.none": Entry(_("The access key %(key)s was not revoked.")),
    "revocation.refused": Entry(_("AWS rejected PutRecord with %(code)s: %(text)s")),
    "revocation.still_known": Entry(
        _("AWS still recognizes the deleted key. This passes within seconds; Sluice tries again.")
    ),
    "revocation.trail_not_allowed": Entry(
        _("Sluice's role may not read CloudTrail."),
        _("Choose that permission on the connection's page and update the role, or search CloudTrail's event history."),
    ),
}
