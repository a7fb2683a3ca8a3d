"""The English of what people are notified of: by mail, and by the bell."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

ENTRIES = {
    "notification.no_text": Entry(_("This notification has no text.")),
    "notification.protected": Entry(
        _("You have a notification of the kind “%(kind)s”. Your organisation requires a second factor to read it."),
        _("Sign in with your second factor."),
    ),
    "notification.invitation_label": Entry(_("Invitations")),
    "notification.invitation_subject": Entry(_("Your account on Sluice")),
    "notification.invitation": Entry(
        _("%(vendor)s has an account for you on Sluice, the portal for sensor data in your own AWS account."),
        _(
            "Choose your password within %(lifetime_seconds)s, then sign in with %(email)s. The link works once."
            " If you did not expect this mail, ignore it: nothing happens."
        ),
    ),
    "notification.tenant_invitation_label": Entry(_("Invitations to an organisation")),
    "notification.tenant_invitation_subject": Entry(_("Invitation to %(tenant)s on Sluice")),
    "notification.tenant_invitation": Entry(
        _(
            "%(by)s invites you to %(tenant)s on Sluice, the portal of %(vendor)s for sensor data in your AWS account."
            " You are invited as %(role)s."
        ),
        _(
            "Accept within %(days)s days. The link works once, for %(email)s only. If you did not expect this mail,"
            " ignore it: nothing happens."
        ),
    ),
    "notification.open_invitation": Entry(_("Open invitation")),
    "notification.password_reset_label": Entry(_("New passwords")),
    "notification.password_reset_subject": Entry(_("Choose a new password for Sluice")),
    "notification.password_reset": Entry(
        _("Someone, probably you, asked for a new password for %(email)s."),
        _(
            "Choose it within %(lifetime_seconds)s. The link works once. If you did not ask for it, ignore this mail:"
            " your password stays as it is."
        ),
    ),
    "notification.choose_password": Entry(_("Choose password")),
    "notification.membership_label": Entry(_("Changes of access")),
    "notification.membership_subject": Entry(_("Access to %(tenant)s changed")),
    "notification.membership_granted": Entry(
        _("%(person)s now has the role %(role)s in %(tenant)s. Changed by %(actor)s."),
        _("If you did not expect this, contact an admin of %(tenant)s."),
    ),
    "notification.membership_ended": Entry(
        _("%(person)s no longer has access to %(tenant)s. Changed by %(actor)s."),
        _("If you did not expect this, contact an admin of %(tenant)s."),
    ),
    "notification.sign_in_label": Entry(_("Changes of sign-in")),
    "notification.sign_in_subject": Entry(_("Your sign-in on Sluice changed")),
    "notification.factor_added": Entry(
        _("%(factor)s was added to %(email)s."),
        _("If that was not you, change your password, remove what you do not know, and sign out all other sessions."),
    ),
    "notification.factor_removed": Entry(
        _("%(factor)s was removed from %(email)s. Changed by %(actor)s."),
        _("If you did not expect this, change your password and set up a second factor again."),
    ),
    "notification.factors_reset": Entry(
        _("All second factors of %(email)s were removed by %(actor)s."),
        _("Set up a new one. If you did not ask for this, change your password first."),
    ),
    "notification.password_changed": Entry(
        _("The password of %(email)s was changed."),
        _("If that was not you, choose “Forgot your password?” on the sign-in page, and sign out all other sessions."),
    ),
    "notification.token_created": Entry(
        _("The API token %(token)s of %(email)s was created. Created by %(actor)s."),
        _("If you did not expect this, revoke it under Account security, and change your password."),
    ),
    "notification.totp": Entry(_("An authenticator app")),
    "notification.passkey": Entry(_("A passkey")),
    "notification.recovery_codes": Entry(_("A set of recovery codes")),
    "notification.open_security": Entry(_("Open account security")),
    "notification.open_tenant": Entry(_("Open overview")),
    "notification.ready_label": Entry(_("Integration ready")),
    "notification.ready_subject": Entry(_("Integration %(integration)s is ready")),
    "notification.ready": Entry(
        _("Everything that the integration %(integration)s of %(tenant)s needs exists in your AWS account."),
        _("The vendor can send records now. You are notified when the first one arrives."),
    ),
    "notification.open_integration": Entry(_("Open integration")),
    "notification.setup_failed_label": Entry(_("Setup stopped")),
    "notification.setup_failed_subject": Entry(_("Setup of %(integration)s stopped")),
    "notification.setup_failed": Entry(
        _("The setup of %(integration)s in %(tenant)s stopped. It continues where it stopped when you choose Retry."),
    ),
    "notification.setup_failed_because": Entry(
        _(
            "The setup of %(integration)s in %(tenant)s stopped. It continues where it stopped when you choose Retry."
            " Reason: %(reason)s"
        ),
    ),
    "notification.open_run": Entry(_("Open run")),
    "notification.role_verified_label": Entry(_("Role verified")),
    "notification.role_verified_subject": Entry(_("The role in AWS account %(account)s works")),
    "notification.role_verified": Entry(
        _("The role of the connection %(connection)s of %(tenant)s was created, and it works."),
        _("Continue with the setup."),
    ),
    "notification.to_asker": Entry(_("who asked the AWS administrator")),
    "notification.open_connection": Entry(_("Open connection")),
    "notification.fields_changed_label": Entry(_("Fields of records changed")),
    "notification.fields_changed_subject": Entry(_("Fields of records changed: %(streams)s")),
    "notification.fields_changed": Entry(
        _(
            "Fields that the records of %(streams)s (%(tenant)s) did not have before: %(appeared_count)s. Fields that "
            "nearly all records had and none has now: %(vanished_count)s."
        ),
        _("Open the stream’s Fields page for their names."),
    ),
    "notification.open_fields": Entry(_("View fields")),
    "notification.first_record_label": Entry(_("First record")),
    "notification.first_record_subject": Entry(_("First record arrived in %(integration)s")),
    "notification.first_record": Entry(
        _("The data stream of the integration %(integration)s of %(tenant)s received its first records."),
        _("Open the stream to see its metrics and samples of its records."),
    ),
    "notification.open_stream": Entry(_("Open stream")),
    "notification.key_expires_label": Entry(_("OpenPGP key expires")),
    "notification.key_expires_subject": Entry(_("OpenPGP key expires on %(date)s")),
    "notification.key_expires": Entry(
        _(
            "The OpenPGP key %(title)s of %(tenant)s expires on %(date)s. After that, no access key can be encrypted"
            " to it, and a setup that needs it stops."
        ),
        _("Ask the key's owner to extend it and to send you the new public key. Then add it under OpenPGP keys."),
    ),
    "notification.token_expires_label": Entry(_("API token expires")),
    "notification.token_expires_subject": Entry(_("API token expires on %(date)s")),
    "notification.token_expires": Entry(
        _("The API token %(token)s of %(email)s expires on %(date)s. After that, the program that uses it stops."),
        _("Create another token and give it to the program. Then revoke this one under Account security."),
    ),
    "notification.key_downloaded_label": Entry(_("Access key downloaded")),
    "notification.key_downloaded_subject": Entry(_("Access key for %(integration)s downloaded")),
    "notification.key_downloaded": Entry(
        _("%(actor)s downloaded an encrypted copy of the access key for %(integration)s of %(tenant)s."),
        _("If you did not expect this, rotate the access key."),
    ),
    "notification.vendor_has_key_label": Entry(_("Vendor has the access key")),
    "notification.vendor_has_key_subject": Entry(_("The vendor has the access key for %(integration)s")),
    "notification.vendor_has_key": Entry(
        _("The vendor fetched its encrypted copy of the access key for %(integration)s of %(tenant)s."),
        _("It can send records now."),
    ),
    "notification.staff_unmasked_label": Entry(_("Vendor’s staff see record values")),
    "notification.staff_unmasked_subject": Entry(_("%(person)s sees values in records of %(tenant)s")),
    "notification.staff_unmasked": Entry(
        _("%(person)s sees the values in records of all streams of %(tenant)s until %(end)s. Reason: %(reason)s"),
        _("You can end it, and withhold the right, on the page Who sees records."),
    ),
    "notification.staff_unmasked_stream": Entry(
        _("%(person)s sees the values in records of %(stream)s of %(tenant)s until %(end)s. Reason: %(reason)s"),
        _("You can end it, and withhold the right, on the page Who sees records."),
    ),
    "notification.open_record_access": Entry(_("Who sees records")),
    "notification.rotation_label": Entry(_("Access key rotated")),
    "notification.rotation_subject": Entry(_("Access key of %(integration)s")),
    "notification.key_rotation_new": Entry(
        _("The new access key %(key)s of the integration %(integration)s of %(tenant)s can be downloaded."),
        _("Deliver it to who sends records. The old key stays active until the new one was seen in use."),
    ),
    "notification.key_rotated": Entry(
        _("The access key of the integration %(integration)s of %(tenant)s was rotated. %(key)s is its only key now."),
    ),
    "notification.key_rotation_failed": Entry(
        _(
            "The rotation of the access key of %(integration)s of %(tenant)s failed. The old key is unchanged."
            " Reason: %(reason)s"
        ),
    ),
    "notification.revoked_label": Entry(_("Access key revoked")),
    "notification.revoked_subject": Entry(_("Access key of %(integration)s revoked")),
    "notification.key_revoked": Entry(
        _("The access key %(key)s of the integration %(integration)s of %(tenant)s was revoked by %(by)s."),
        _("The vendor can send no records with it. Create another key when you want to receive records again."),
    ),
    "notification.key_compromised": Entry(
        _(
            "The access key %(key)s of the integration %(integration)s of %(tenant)s was reported as compromised by"
            " %(by)s, and revoked. Another key is being created."
        ),
        _("Check on the key's page what CloudTrail recorded of it."),
    ),
    "notification.used_elsewhere_label": Entry(_("Access key used from an unexpected network")),
    "notification.used_elsewhere_subject": Entry(_("Access key of %(integration)s used from an unexpected network")),
    "notification.key_used_elsewhere": Entry(
        _(
            "The access key %(key)s of the integration %(integration)s of %(tenant)s was used from %(address)s, where"
            " the vendor is not expected to use it."
        ),
        _("If you do not know why, choose Compromised: revoke and rotate on the key's page."),
    ),
    "notification.rotation_due_label": Entry(_("Access key is old")),
    "notification.rotation_due_subject": Entry(_("Access key of %(integration)s is %(days)s days old")),
    "notification.rotation_due": Entry(
        _("The access key %(key)s of the integration %(integration)s of %(tenant)s is at least %(days)s days old."),
        _("Choose Rotate access key on its page."),
    ),
    "notification.alert_opened_label": Entry(_("Alert opened")),
    "notification.alert_opened_subject": Entry(_("Alert: %(alert)s")),
    "notification.alert_opened": Entry(_("%(text)s Organisation: %(tenant)s.")),
    "notification.alert_closed_label": Entry(_("Alert closed")),
    "notification.alert_closed_subject": Entry(_("Closed: %(alert)s")),
    "notification.alert_closed": Entry(
        _("The alert “%(alert)s” of %(tenant)s was closed, because its condition ended."),
        _("You need not do anything. The alert’s page has its history."),
    ),
    "notification.alert_escalated_label": Entry(_("Alert not acknowledged")),
    "notification.alert_escalated_subject": Entry(_("Not acknowledged: %(alert)s")),
    "notification.alert_escalated": Entry(
        _("No one of %(tenant)s acknowledged this alert within %(open_seconds)s. %(text)s"),
        _("Open the alert, choose Acknowledge, and do what its page says."),
    ),
    "notification.open_alert": Entry(_("Open alert")),
    "notification.to_escalation": Entry(_("Admins, or the person chosen under Alert settings")),
    "notification.open_access_key": Entry(_("Open access key")),
    "notification.open_keys": Entry(_("Open OpenPGP keys")),
    "notification.to_everyone": Entry(_("Everyone in the organisation")),
    "notification.to_admins": Entry(_("Admins")),
    "notification.to_person_and_admins": Entry(_("The person, and admins")),
    "notification.to_person_and_support": Entry(_("The person; for staff also support")),
    "notification.to_person": Entry(_("The person")),
    "notification.to_invited": Entry(_("The invited person")),
    "notification.access_key_mail_label": Entry(_("Encrypted access key")),
    "notification.access_key_mail": Entry(_("An encrypted copy of the access key for %(integration)s of %(tenant)s.")),
    "notification.to_recipient": Entry(_("The recipient of an access key")),
    "notification.to_endpoint": Entry(_("One webhook endpoint")),
    "notification.endpoint_disabled_label": Entry(_("Webhook or chat disabled")),
    "notification.endpoint_disabled_subject": Entry(_("Disabled: %(endpoint)s")),
    "notification.endpoint_disabled": Entry(
        _("Five events in a row to %(endpoint)s of %(tenant)s failed, so no more are sent there."),
        _("Check the address. Then choose Send test: when the test is accepted, it is enabled again."),
    ),
    "notification.monthly_report_label": Entry(_("Monthly report")),
    "notification.monthly_report_subject": Entry(_("Report of %(month)s: %(tenant)s")),
    "notification.monthly_report": Entry(
        _(
            "%(tenant)s in %(month)s: %(total_count)s records (%(total_bytes)s) in %(known_count)s of %(stream_count)s "
            "streams whose metrics are known. Alerts opened: %(alert_count)s."
        ),
        _("The report has the records, health, access key and cost of each stream."),
    ),
    "notification.open_report": Entry(_("Open report")),
    "notification.to_subscribers": Entry(_("Everyone who switches it on")),
    "notification.open_endpoint": Entry(_("Open endpoint")),
    "notification.webhook_test_label": Entry(_("Test")),
    "notification.webhook_test": Entry(_("This is a test from Sluice.")),
    "outbox.mail_accepted": Entry(_("The mail server accepted the mail to %(to)s.")),
    "outbox.error": Entry(_("An error in Sluice. The worker's log has it.")),
    "outbox.alert_closed": Entry(_("The alert had closed, so no incident was opened.")),
    "outbox.recipient_deactivated": Entry(_("The recipient was deactivated.")),
    "outbox.recipient_left": Entry(_("The recipient no longer has access to the organisation.")),
    "outbox.switched_off": Entry(_("The recipient switched off mail of this kind.")),
    "outbox.item_unknown": Entry(
        _("The outbox has no row %(uid)s."), _("Copy an ID from `outbox list`, or its first digits.")
    ),
    "outbox.not_redelivered": Entry(_("Notifications of the bell are shown on a page; they are not delivered again.")),
}
