"""The English of failed calls to AWS: one entry for each message of portal.aws.fault_table."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry
from portal.messages.message import Cause

_ALREADY_TRIED = _("Nothing. Sluice tries again automatically.")

ENTRIES = {
    "aws.rule_role_propagating": Entry(
        _("AWS IoT cannot use the role of the topic rule."),
        _("New roles can take up to a minute to become active, and Sluice tries again for as long."),
        Cause.AWS,
    ),
    "aws.firehose_role_propagating": Entry(
        _("Firehose cannot use its role for the delivery."),
        _(
            "New roles can take a minute to become active, and Sluice tries again for as long. If this lasts longer, "
            "AWS's message below names what is missing: a permission, or a table, subnet or bucket that does not exist."
        ),
        Cause.AWS,
    ),
    "aws.firehose_settings_rejected": Entry(
        _("Firehose rejected the delivery's settings."),
        _(
            "AWS's message below names the setting: a table, subnet, security group, bucket or function that does not "
            "exist, or a value out of range. Correct it, then try again."
        ),
        Cause.CLIENT,
    ),
    "aws.firehose_source_rejected": Entry(
        _("The Firehose stream accepts only records of CloudWatch Logs, because it decompresses them."),
        _("Turn the decompression off in Firehose, or use another Firehose stream."),
        Cause.CLIENT,
    ),
    "aws.unmodifiable_entity": Entry(
        _("IAM does not allow a change of a service-linked role."),
        _("Only the service that AWS's message names can change or delete the role. Use another role."),
        Cause.CLIENT,
    ),
    "aws.operation_not_permitted": Entry(
        _("AWS does not permit this operation on the resource, for any caller."),
        _("The resource is protected or belongs to another AWS service. Check AWS's message below."),
        Cause.CLIENT,
    ),
    "aws.kms_key_unavailable": Entry(_("The KMS key is not available at the moment."), _ALREADY_TRIED, Cause.AWS),
    "aws.principal_propagating": Entry(
        _("A policy names a user or role that AWS does not recognise yet."),
        _("New users and roles can take a few seconds to become active. Sluice keeps trying."),
        Cause.AWS,
    ),
    "aws.portal_key_unknown": Entry(
        _("AWS does not recognise Sluice's own access key."),
        _(
            "New access keys can take a few seconds to become active. If this lasts longer, the operator of Sluice "
            "must configure a valid access key."
        ),
        Cause.SLUICE,
    ),
    "aws.access_key_unknown": Entry(
        _("AWS does not recognise the access key."),
        _(
            "New access keys can take a few seconds to become active. If this lasts longer, the key is inactive or "
            "deleted: check the user in IAM."
        ),
        Cause.CLIENT,
    ),
    "aws.throttled": Entry(_("AWS is throttling requests."), _ALREADY_TRIED, Cause.AWS),
    "aws.shard_throttled": Entry(
        _("Requests exceed the throughput of a shard of the data stream."),
        _("Sluice tries again automatically. If this happens often, add shards."),
        Cause.CLIENT,
    ),
    "aws.no_portal_credentials": Entry(
        _("Sluice has no AWS credentials of its own."),
        _("The operator of Sluice must configure an AWS access key, profile or instance role."),
        Cause.SLUICE,
    ),
    "aws.session_expired": Entry(
        _("Sluice's session in your AWS account has expired."),
        _("Nothing. Sluice opens a new session and tries again."),
        Cause.SLUICE,
    ),
    "aws.signature_rejected": Entry(
        _("AWS rejected the signature of the request."),
        _("The secret access key does not match its access key ID, or the machine's clock is wrong."),
        Cause.SLUICE,
    ),
    "aws.kms_access_denied": Entry(
        _("AWS denied %(operation)s: the caller may not use the data stream's KMS key."),
        _("Allow the caller in the key policy, then try again."),
        Cause.CLIENT,
    ),
    "aws.region_not_enabled": Entry(
        _("This service or Region is not enabled in your AWS account."),
        _("Enable the Region or service in the account, or choose another Region."),
        Cause.CLIENT,
    ),
    "aws.assume_role_denied": Entry(
        _("Sluice cannot assume the role: it does not exist, or its trust policy does not allow Sluice."),
        _("Compare the trust policy with Sluice's template: the principal and the external ID must match."),
        Cause.CLIENT,
    ),
    "aws.access_denied": Entry(
        _("AWS denied %(operation)s: the role or access key does not have the permission."),
        _(
            "Compare the role with Sluice's template. A service control policy of your organisation can also deny the "
            "call."
        ),
        Cause.CLIENT,
    ),
    "aws.bucket_name_taken": Entry(
        _("The bucket name is taken. Bucket names are unique across all AWS accounts."),
        _("Choose another bucket name."),
        Cause.CLIENT,
    ),
    "aws.already_exists": Entry(
        _("A resource with this name already exists."),
        _("Choose another name, or delete the existing resource."),
        Cause.CLIENT,
    ),
    "aws.still_in_use": Entry(
        _("The resource is still in use, so AWS does not delete it."),
        _("Remove what depends on it first."),
        Cause.CLIENT,
    ),
    "aws.change_in_progress": Entry(
        _("Another change to the resource is still in progress."),
        _("Nothing. Sluice tries again when that change is complete."),
        Cause.AWS,
    ),
    "aws.mode_switches_used": Entry(
        _("The data stream's capacity mode was switched twice in the last 24 hours. AWS allows no more."),
        _("Try again 24 hours after the earlier of the two switches. The data stream keeps working in its mode."),
        Cause.CLIENT,
    ),
    "aws.shard_changes_used": Entry(
        _("The data stream's shard count was changed ten times in the last 24 hours. AWS allows no more."),
        _("Try again 24 hours after the earliest of these changes. The data stream keeps its shards."),
        Cause.CLIENT,
    ),
    "aws.shard_quota": Entry(
        _("The shards would exceed your AWS account's shard quota in this Region."),
        _("Use fewer shards, or increase “Shards per Region” in Service Quotas, then try again."),
        Cause.CLIENT,
    ),
    "aws.quota_reached": Entry(
        _("Your AWS account has reached a quota."),
        _("Delete resources you no longer need, or request an increase in Service Quotas, then try again."),
        Cause.CLIENT,
    ),
    "aws.not_found": Entry(
        _("The resource does not exist in your AWS account and Region."),
        _("Check its name and Region. If it was deleted by hand, run the setup again."),
        Cause.CLIENT,
    ),
    "aws.kms_key_unusable": Entry(
        _("The KMS key cannot be used: it is disabled, pending deletion, or in another Region."),
        _("Enable the key in KMS, or choose another key."),
        Cause.CLIENT,
    ),
    "aws.no_fips_endpoint": Entry(
        _("A service that the integration needs has no FIPS endpoint in this Region."),
        _("Choose the standard endpoint, or a Region with FIPS endpoints."),
        Cause.CLIENT,
    ),
    "aws.iterator_expired": Entry(
        _("A shard iterator expired: it was kept for more than five minutes."),
        _("Nothing. Sluice requests a new iterator."),
        Cause.SLUICE,
    ),
    "aws.invalid_value": Entry(
        _("AWS rejected a value as invalid."),
        _("Check AWS's message below. It names the value."),
        Cause.SLUICE,
    ),
    "aws.unreachable": Entry(
        _("Sluice could not reach AWS."),
        _("Sluice tries again automatically. If this lasts, the operator of Sluice must check the network."),
        Cause.NETWORK,
    ),
    "aws.internal_error": Entry(_("AWS had an internal error."), _ALREADY_TRIED, Cause.AWS),
    "aws.unknown_error": Entry(
        _("AWS returned an error that Sluice does not recognise."),
        _("Report it to the operator of Sluice with AWS's message below."),
        Cause.SLUICE,
    ),
}
