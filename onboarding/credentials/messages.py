"""The English of the sealing process, which creates an access key and encrypts it."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

_RETRY = _("Check the recipients' keys, then try again.")

ENTRIES = {
    "pgpkey.too_many": Entry(
        _("Your organisation has %(limit)s OpenPGP keys in Sluice, which is the limit."), _("Ask support to raise it.")
    ),
    "pgpkey.disabled": Entry(
        _("%(reason)s Sluice had stored this key as %(title)s and has disabled it: it receives nothing more.")
    ),
    "pgpkey.is_disabled": Entry(
        _("The OpenPGP key of %(title)s is disabled."),
        _("Add the key that replaced it, or a copy with a later expiry date, and confirm that."),
    ),
    "sealing.key_exists": Entry(_("The sealing process has already created its access key."), _RETRY),
    "sealing.no_recipient": Entry(_("There is no recipient to encrypt the access key to."), _RETRY),
    "sealing.no_key": Entry(_("The sealing process holds no access key."), _RETRY),
    "sealing.ended": Entry(
        _("The sealing process ended, or did not answer within %(seconds)s seconds."),
        _("Nothing. Sluice creates another access key in its place."),
    ),
}
