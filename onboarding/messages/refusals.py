"""The English of why a step or a plan cannot continue until someone acts."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry
from portal.messages.message import Cause

_UNKNOWN_CHANGES = _("Open Configuration drift on the integration's page: Repair removes what is listed there.")
_OTHER_NAME = _("Choose another name, or delete the existing resource if no one needs it. Then try again.")
_NEW_KEY = _("Try again. Sluice creates a new key.")
_VENDOR = _("The operator of Sluice must set SLUICE_VENDOR_CERTIFICATE_FILE to the vendor's certificate.")

ENTRIES = {
    "resource.stream": Entry(_("Data stream %(name)s")),
    "resource.bucket": Entry(_("Bucket %(name)s")),
    "resource.firehose": Entry(_("Firehose stream %(name)s")),
    "resource.role": Entry(_("Role %(name)s")),
    "resource.policy": Entry(_("Policy %(name)s")),
    "resource.kms_key": Entry(_("KMS key %(name)s")),
    "resource.log_group": Entry(_("Log group %(name)s")),
    "resource.user": Entry(_("IAM user %(name)s")),
    "refused.denied_for_one_stream": Entry(
        _(
            "AWS denied %(action)s for data stream %(stream)s. AWS lists no resource for this action, so it may allow "
            "it for all data streams only."
        ),
        _(
            "On the page of the AWS account, allow “Change settings of any data stream”, update the role with one of "
            "its files, choose Verify role, then try again. It allows shard count, capacity mode and shard-level "
            "metrics of every data stream in the account; Sluice changes only its own."
        ),
        Cause.CLIENT,
    ),
    "refused.of_another_integration": Entry(
        _(
            "%(resource)s already exists and belongs to another integration (tag %(tag)s=%(owner)s). Sluice did not "
            "change it."
        ),
        _OTHER_NAME,
    ),
    "refused.not_created_by_sluice": Entry(
        _("%(resource)s already exists and was not created by Sluice: it has no Sluice tag. Sluice did not change it."),
        _OTHER_NAME,
    ),
    "refused.stream_exists": Entry(
        _("Data stream %(name)s already exists and was not created by Sluice: it has no Sluice tag."),
        _(
            "Choose another name, or delete the existing data stream if no one needs it. If it is yours, adopt it: on "
            "the stream's page, or with adopt: true and creation_timestamp: %(created)s."
        ),
    ),
    "refused.no_stream_to_adopt": Entry(
        _("Data stream %(name)s, which is to be adopted, does not exist in your account or is being deleted."),
        _("Create the stream first, or omit “adopt” so that Sluice creates one."),
    ),
    "refused.adopted_stream_gone": Entry(
        _(
            "Data stream %(name)s, which was adopted, does not exist in your account any more or is being deleted. "
            "Sluice never creates a data stream in place of yours."
        ),
        _(
            "If it was deleted by mistake, create it again and set up another integration that adopts it. Or remove "
            "this integration."
        ),
    ),
    "refused.another_stream": Entry(
        _(
            "Data stream %(name)s was created at %(created)s; the confirmed one was created at %(confirmed)s. It was "
            "deleted and another was created since. Sluice did not change it."
        ),
        _("Check the data stream that exists now, and confirm it in an integration that adopts it."),
    ),
    "refused.retention_loss": Entry(
        _(
            "The data stream keeps records for %(found_hours)s hours, and %(specified_hours)s hours are specified. "
            "Shortening the retention period deletes older records at once, and no one has confirmed that."
        ),
        _("Confirm the loss on the review page or with --accept-loss, or specify %(found_hours)s hours."),
    ),
    "refused.bucket_name_taken": Entry(
        _("The bucket name %(bucket)s is taken. Bucket names are unique across all AWS accounts."),
        _("Choose another bucket name, then try again."),
    ),
    "refused.own_bucket_denied": Entry(
        _("AWS denied access to bucket %(bucket)s, which Sluice created for this integration."),
        _(
            "Check the bucket’s policy, the role’s permissions and your organisation’s service control policies. Then "
            "retry the run."
        ),
        Cause.CLIENT,
    ),
    "refused.existing_bucket_denied": Entry(
        _("Sluice has no access to bucket %(bucket)s: it belongs to another account, or a policy denies access."),
        _(
            "Check the name. If the bucket is yours, check its policy, the role’s permissions and your organisation’s "
            "service control policies."
        ),
        Cause.CLIENT,
    ),
    "refused.no_bucket": Entry(
        _("There is no bucket named %(bucket)s in your account."),
        _("Create it, or choose a new bucket that Sluice creates."),
    ),
    "refused.bucket_region": Entry(
        _("Bucket %(bucket)s is in %(found)s and the stream is in %(region)s. Firehose needs both in one Region."),
        _("Choose a bucket in %(region)s."),
    ),
    "refused.bucket_key_differs": Entry(
        _("Bucket %(bucket)s is encrypted with the KMS key %(found)s, and the delivery states %(declared)s."),
        _("Set the bucket's encryption in the delivery to that key."),
    ),
    "refused.bucket_key_outside_boundary": Entry(
        _(
            "Bucket %(bucket)s is encrypted with a KMS key, and the permissions boundary in your account does not "
            "allow Firehose to use it. Every delivery would fail."
        ),
        _("Update the role with one of its files from the connection's page, then resume."),
    ),
    "refused.firehose_source": Entry(
        _("Firehose %(name)s reads another data stream, and AWS does not allow a source to be changed."),
        _("Choose another name for the Firehose stream."),
    ),
    "refused.firehose_destination": Entry(
        _("Firehose %(name)s delivers to another kind of destination."),
        _("Choose another name for the Firehose stream. The new one is created before the old one is deleted."),
    ),
    "refused.firehose_role": Entry(
        _("AWS rejects the role or a setting of Firehose stream %(name)s, and not only because the role is new."),
        _(
            "AWS's message names what is missing: a permission, or a table, subnet, bucket or function that does not "
            "exist. Correct it, then try again."
        ),
        Cause.CLIENT,
    ),
    "refused.firehose_creation": Entry(
        _("AWS could not create Firehose stream %(name)s (%(failure)s)."),
        _("Correct what AWS's message names, then try again. Sluice deleted the failed Firehose stream."),
        Cause.CLIENT,
    ),
    "refused.kms_key_state": Entry(
        _("The stream's KMS key is %(state)s, so records encrypted with it cannot be read or written."),
        _("In KMS, enable the key or cancel its deletion, then try again: %(arn)s."),
    ),
    "refused.unknown_access_keys": Entry(
        _("IAM user %(user)s has access keys that Sluice did not create: %(keys)s. Sluice did not change them."),
        _(
            "Open Configuration drift on the integration's page: Repair deletes the keys listed there. Or delete the "
            "unknown keys in IAM, then try again."
        ),
    ),
    "refused.unknown_permissions": Entry(
        _("IAM user %(user)s has policies that Sluice did not attach: %(policies)s. Its key may only put records."),
        _UNKNOWN_CHANGES,
    ),
    "refused.quarantined": Entry(
        _("AWS has quarantined IAM user %(user)s: it found the user's access key in a public place (%(policies)s)."),
        _(
            "Open Configuration drift on the integration's page and choose Revoke access key. Then follow the "
            "instructions of AWS Health and AWS Support in your account."
        ),
        Cause.CLIENT,
    ),
    "refused.recipients_changed": Entry(
        _("The recipients differ from those that the active key was encrypted to, and its secret is stored nowhere."),
        _("Keep the recipients unchanged. To give others a copy, rotate the access key."),
    ),
    "refused.no_encrypted_key": Entry(_("There is no encrypted access key."), _NEW_KEY),
    "refused.user_tag_removed": Entry(
        _("IAM user %(user)s does not have this integration's tag any more, so Sluice deletes nothing of it."),
        _("Add the tag %(tag)s=%(owner)s to the user, or remove the unknown keys and policies yourself."),
    ),
    "refused.boundary_not_allowed": Entry(
        _("The role may not set the permissions boundary of %(user)s: it was created from an older template."),
        _(
            "Deploy the role's template again, or run: aws iam put-user-permissions-boundary --user-name %(user)s "
            "--permissions-boundary %(arn)s."
        ),
    ),
    "refused.no_vendor_principal": Entry(
        _("The vendor no longer sends by assuming a role: the portal knows no principal of the vendor."),
        _("Choose the access key as producer, or ask the vendor to set SLUICE_VENDOR_PRINCIPAL_ARN."),
    ),
    "refused.role_boundary": Entry(
        _("Role %(role)s has lost its permissions boundary, and no one may set one on a role."),
        _("Delete the role, then retry: Sluice creates it again with the boundary %(arn)s."),
    ),
    "refused.no_connection": Entry(_("This integration has no connection."), _("Choose one in its settings.")),
    "refused.recipient_not_confirmed": Entry(
        _("The OpenPGP key %(fingerprint)s is not a confirmed key of this tenant."),
        _("Add it under OpenPGP keys and confirm its fingerprint."),
    ),
    "refused.recipient_disabled": Entry(
        _("The OpenPGP key of %(title)s is disabled: %(reason)s"),
        _("Add the key that replaced it under OpenPGP keys, confirm it, and choose it as a recipient."),
    ),
    "refused.recipient_expired": Entry(
        _("The OpenPGP key of %(title)s expired on %(date)s."),
        _("Ask its owner to extend it, then add the extended key."),
    ),
    "refused.no_recipient": Entry(
        _("No one could decrypt the access key: Sluice is set up without the vendor's delivery key."),
        _("Choose at least one OpenPGP key of your own as a recipient, or ask support to set up the vendor's key."),
    ),
    "refused.no_vendor_key": Entry(_("The vendor's delivery key is missing."), _VENDOR, Cause.SLUICE),
    "refused.vendor_key_unusable": Entry(
        _("The vendor's delivery key cannot be used: %(reason)s"), _VENDOR, Cause.SLUICE
    ),
}
