"""The English of wall display links."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

ENTRIES = {
    "wall.name_not_valid": Entry(_("Enter a name of at most %(limit)s characters.")),
    "wall.days_not_valid": Entry(_("Choose between 1 and %(limit)s days.")),
    "wall.too_many": Entry(
        _("This board has %(limit)s active links, which is the maximum."), _("Revoke one that is no longer needed.")
    ),
}
