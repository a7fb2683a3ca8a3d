"""The English of monthly reports."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

ENTRIES = {
    "report.not_a_month": Entry(_("Enter a month such as 2026-11.")),
    "report.not_over": Entry(_("The month %(month)s is not over."), _("Enter an earlier one.")),
    "report.metrics_incomplete": Entry(_("CloudWatch did not return every metric of the month.")),
}
