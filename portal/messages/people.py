"""The English of a tenant's people: invitations, links, and what would leave the tenant without an admin."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

ENTRIES = {
    "people.email_not_valid": Entry(_("Enter an email address, such as ada@example.com.")),
    "people.already_member": Entry(
        _("%(email)s already has access to %(tenant)s."), _("To change what they may do, change their role below.")
    ),
    "people.too_many_invitations": Entry(
        _("%(count)s invitations are open, the most that there can be."), _("Revoke one that is no longer needed.")
    ),
    "people.last_admin": Entry(
        _("%(tenant)s would have no admin left."), _("Give another person the admin role first.")
    ),
    "people.other_person": Entry(
        _("This invitation is for %(email)s, and you are signed in with another address."),
        _("Sign out, and open the link again."),
    ),
    "people.unknown": Entry(_("This person no longer has access.")),
    "people.invitation_ended": Entry(_("This invitation has ended.")),
    "people.password_of_words": Entry(
        _("The password is little more than words that others would try, such as your name or “sluice”."),
        _("Choose one that has at least %(least)s characters beside them."),
    ),
    "people.role_not_valid": Entry(_("Choose a role: admin or viewer.")),
    "link.used": Entry(_("This link has been used."), _("Sign in to continue.")),
    "link.revoked": Entry(_("This link was revoked."), _("Ask %(by)s for a new one.")),
    "link.expired": Entry(_("This link has expired."), _("Ask %(by)s for a new one.")),
}
