"""The English of people and their roles in a tenant."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

ENTRIES = {
    "tenancy.own_membership": Entry(
        _("No one can change their own access to a tenant."), _("Ask another member of support to do it.")
    ),
    "tenancy.staff_membership": Entry(
        _("%(email)s is a member of staff. Staff cannot become members of a tenant; they can view every tenant."),
    ),
}
