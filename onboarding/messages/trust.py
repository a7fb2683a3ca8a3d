"""The English of what a verification of a role found."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry
from portal.messages.message import Cause

_DENIED = _("AWS denied access to the role: it does not exist, or it does not trust this portal with this external ID.")

ENTRIES = {
    "check.waiting": Entry(_("Waiting for the check to start.")),
    "check.testing_role": Entry(_("Testing the role: attempt %(attempt)s of 3.")),
    "check.reading_policies": Entry(_("Reading the role’s policies.")),
    "check.checking_permissions": Entry(_("Checking permissions with AWS.")),
    "check.stream_waiting": Entry(_("Waiting to search for data stream %(stream)s in %(region)s.")),
    "check.stream_searching": Entry(_("Searching for data stream %(stream)s in %(region)s.")),
    "check.bucket_waiting": Entry(_("Waiting to search for bucket %(bucket)s.")),
    "check.bucket_searching": Entry(_("Searching for bucket %(bucket)s.")),
    "check.monitoring_waiting": Entry(_("Waiting to read data stream %(stream)s through %(connection)s.")),
    "check.monitoring_reading": Entry(_("Reading data stream %(stream)s through %(connection)s.")),
    "check.not_finished": Entry(
        _("The check could not be finished."),
        _("The problem is on our side, not in your AWS account. Try again in a minute."),
    ),
    "check.not_started": Entry(
        _("The check could not be started."),
        _("The problem is on our side, not in your AWS account. Try again in a minute."),
    ),
    "trust.works": Entry(_("The role works and requires your external ID.")),
    "trust.no_answer": Entry(_("AWS did not answer."), _("Usually temporary. Try again in a minute.")),
    "trust.denied": Entry(
        _DENIED,
        _(
            "Deploy the downloaded template without changes and verify the role again. New roles can take up to a "
            "minute to become active."
        ),
        Cause.CLIENT,
    ),
    "trust.denied_after_renewal": Entry(
        _DENIED,
        _(
            "The external ID was renewed on %(date)s. A role from an earlier template does not contain it: download "
            "the template again, deploy it without changes and verify the role again. New roles can take up to a "
            "minute to become active."
        ),
        Cause.CLIENT,
    ),
    "trust.denied_since": Entry(
        _("AWS denied access to the role: it was deleted, or its trust policy was changed."),
        _("Deploy the template again. Sluice verifies the role on a schedule, or choose Verify role again."),
        Cause.CLIENT,
    ),
    "trust.other_account": Entry(
        _("The role is in account %(found)s, and the connection is for account %(expected)s."),
        _("Enter the ARN of a role in the correct account."),
    ),
    "trust.no_external_id_required": Entry(
        _(
            "The role does not require the external ID. This is unsafe: someone else could use this portal to access "
            "your account."
        ),
        _("Restore the sts:ExternalId condition of the template in the role's trust policy, then verify again."),
        Cause.CLIENT,
    ),
    "trust.account_taken": Entry(
        _("This AWS account cannot be connected here."),
        _("If this is your account, contact support. They have been notified."),
    ),
    "trust.external_id_renewed": Entry(
        _(
            "The external ID was not used within 48 hours and has expired. This is a safeguard: an unused external ID "
            "must not give access later."
        ),
        _("Sluice created a new external ID. Download the template again and create the role or update the stack."),
    ),
}
