"""The English of wall display links."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

ENTRIES = {
    "wall.name_not_valid": Entry(_("Enter a name of at most %(limit)s characters.")),
    "wall.days_not_valid": Entry(_("Choose between 1 and %(limit)s days.")),
    "wall.too_many": Entry(
        _("This board has %(limit)s active links, which is the maximum."), _("Revoke one that is no longer needed.")
    ),
    "wall.person_may_not": Entry(
        _("%(person)s may not create links to this board."),
        _("Name an admin of the tenant, or for the board of all tenants someone of the vendor’s staff."),
    ),
    "wall.uid_unknown": Entry(
        _("There is no active wall display link %(link)s."), _("Copy an ID from `wall_link list`.")
    ),
}
