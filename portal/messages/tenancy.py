"""The English of people and their roles in a tenant."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

ENTRIES = {
    "tenancy.own_membership": Entry(
        _("No one can change their own access to a tenant."), _("Ask another admin, or support, to do it.")
    ),
    "tenancy.staff_membership": Entry(
        _("%(email)s is a member of staff. Staff cannot become members of a tenant; they can view every tenant."),
    ),
    "tenancy.email_taken": Entry(_("There is already a person with the address %(email)s.")),
    "tenancy.person_unknown": Entry(
        _("There is no person with the address %(email)s."), _("Create them with `person create`.")
    ),
    "tenancy.person_deactivated": Entry(_("%(email)s is deactivated."), _("Create a new person with another address.")),
    "tenancy.own_staff_role": Entry(
        _("No one can change their own staff role."), _("Ask another member of support to do it.")
    ),
    "tenancy.own_deactivation": Entry(
        _("No one can deactivate themselves."), _("Ask another member of support to do it.")
    ),
    "tenancy.member_as_staff": Entry(
        _("%(email)s is a member of %(tenant)s. Members of a tenant cannot become staff."),
        _("End the membership first, or create another person."),
    ),
    "tenancy.portal_url_missing": Entry(
        _("The portal does not know its own address, so there is no link to give."),
        _("Set SLUICE_PORTAL_URL, such as https://portal.example."),
    ),
    "tenancy.no_place": Entry(
        _("A person needs a place: a role in a tenant, or a staff role."),
        _("Give --tenant and --role, or --staff."),
    ),
    "tenancy.no_password": Entry(
        _("Standard input has no password."), _("Write the password as one line to standard input.")
    ),
}
