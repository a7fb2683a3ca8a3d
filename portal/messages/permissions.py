"""The English of the permission report: its groups, why a check is made, and how to fix what is wrong."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

ENTRIES = {
    # Groups.
    "permissions.assume_role": Entry(_("Assuming the role")),
    "permissions.data_streams": Entry(_("Data streams")),
    "permissions.metrics": Entry(_("Metrics")),
    "permissions.trail": Entry(_("CloudTrail")),
    "permissions.functions": Entry(_("Lambda functions")),
    "permissions.schemas": Entry(_("Schema registry")),
    "permissions.tables": Entry(_("Lease tables")),
    "permissions.keys": Entry(_("Encryption keys")),
    "permissions.buckets": Entry(_("Buckets")),
    "permissions.firehose": Entry(_("Firehose")),
    "permissions.logs": Entry(_("Delivery logs")),
    "permissions.iam": Entry(_("Users, roles and policies")),
    "permissions.must_be_denied": Entry(_("Must be denied")),
    "permissions.opted_out": Entry(_("Excluded by you")),
    "permissions.devices": Entry(_("Devices (AWS IoT)")),
    "permissions.boundary": Entry(_("Permissions boundary of roles that Sluice creates")),
    "permissions.producer_boundary": Entry(_("Permissions boundary of users that Sluice creates")),
    "permissions.consumer_boundary": Entry(_("Permissions boundary of roles that Sluice creates for consumers")),
    "permissions.delivery": Entry(_("Delivery %(delivery)s")),
    # Why a check is made.
    "permissions.not_in_grant": Entry(_("You excluded this from the grant.")),
    "permissions.not_chosen": Entry(_("You did not choose this permission, or no longer do.")),
    "permissions.outside_prefix": Entry(_("Its name does not begin with %(prefix)s.")),
    "permissions.put_records": Entry(_("Only the delivered access key puts records, never Sluice.")),
    "permissions.list_buckets": Entry(_("Sluice sees the buckets it works with, and no others.")),
    "permissions.user_without_boundary": Entry(_("A user without the permissions boundary.")),
    "permissions.user_of_other_boundary": Entry(_("A user with the permissions boundary of roles.")),
    "permissions.user_outside_path": Entry(_("A user outside the path /sluice/.")),
    "permissions.role_without_boundary": Entry(_("A role without the permissions boundary.")),
    "permissions.other_policy": Entry(_("A policy that Sluice did not create.")),
    "permissions.remove_boundary": Entry(_("Removing the permissions boundary.")),
    "permissions.change_boundary": Entry(_("Changing the permissions boundary.")),
    "permissions.own_permissions": Entry(_("Giving itself more permissions.")),
    "permissions.own_trust_policy": Entry(_("Changing who can assume its own role.")),
    "permissions.pass_other_role": Entry(_("Passing a role that Sluice did not create.")),
    "permissions.pass_producer": Entry(_("Passing a producer's role to an AWS service.")),
    "permissions.pass_consumer": Entry(_("Passing a consumer's role to an AWS service.")),
    "permissions.delete_adopted": Entry(_("An adopted data stream is never deleted.")),
    "permissions.right_external_id": Entry(_("With the right external ID.")),
    "permissions.wrong_external_id": Entry(_("With a wrong external ID.")),
    "permissions.no_external_id": Entry(_("Without an external ID.")),
    # Why a check has no result.
    "permissions.not_tested": Entry(_("A test would create or change something.")),
    "permissions.boundary_unreadable": Entry(
        _("The role cannot read its permissions boundary: it is older than this permission. Deploy its file again.")
    ),
    # How to fix a denial.
    "permissions.fix_propagating": Entry(
        _("New roles can take up to two minutes to become active. Check again in a minute.")
    ),
    "permissions.fix_organisation_policy": Entry(
        _(
            "Ask the administrator of your AWS organisation to exempt the role: add this condition to the statement "
            "of the %(cause)s that denies %(action)s."
        )
    ),
    "permissions.fix_explicit_deny": Entry(
        _(
            "A Deny in one of your policies (%(cause)s) denies %(action)s, and a Deny overrides every Allow. Add this "
            "condition to it, or remove it."
        )
    ),
    "permissions.fix_boundary": Entry(_("Add this statement to the role's permissions boundary.")),
    "permissions.fix_key_policy": Entry(_("Add this statement to the key policy of the KMS key.")),
    "permissions.fix_resource_policy": Entry(_("Add this statement to the resource's policy.")),
    "permissions.fix_endpoint_policy": Entry(_("Add this statement to the policy of the VPC endpoint.")),
    "permissions.fix_policy": Entry(_("Deploy the template again, or add this statement to the policy %(policy)s.")),
    "permissions.fix_any_policy": Entry(_("Deploy the template again, or add this statement to a policy of the role.")),
    "permissions.fix_trust_policy": Entry(_("Make this the only statement of the role's trust policy.")),
    "permissions.remove_opted_out": Entry(
        _("The role still has a permission that you excluded. Update it with its file, or add this statement.")
    ),
    "permissions.remove_excess": Entry(
        _(
            "The role has more permissions than Sluice needs. Detach the policy that allows this, or add this "
            "statement to a policy of the role."
        )
    ),
    "permissions.update_boundary": Entry(_("Update the permissions boundary with the role’s file.")),
    "permissions.narrow_boundary": Entry(
        _("Update the permissions boundary with the role’s file, which removes this permission.")
    ),
    "permissions.allow_then_update": Entry(_("Allow it on this page, then update the role with its file.")),
}
