"""The English of recipients: their keys, what they prove, and the process that encrypts an access key to them."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

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
    "possession.test_message": Entry(
        _("This is a test by Sluice. It shows that you can open what is encrypted for your key. Code: %(code)s"),
        _("Type the code on the page from which you have this message. It is valid for 24 hours."),
    ),
    "possession.required": Entry(
        _("No one has shown yet that they can open files for the OpenPGP key of %(title)s."),
        _("Open the test message for this key and type its code. Then download the access key."),
    ),
    "possession.no_challenge": Entry(
        _("There is no test message to answer: it was answered, replaced, or has expired."), _("Create a new one.")
    ),
    "possession.wrong_code": Entry(
        ngettext_lazy(
            "This is not the code in the test message. %(left)s try is left.",
            "This is not the code in the test message. %(left)s tries are left.",
            "left",
        ),
        _("Compare it with the decrypted message. Dashes, spaces and case do not matter."),
    ),
    "possession.too_many_tries": Entry(_("That was the last try for this test message."), _("Create a new one.")),
    "possession.no_reason": Entry(_("A reason is required."), _("State why no proof is needed.")),
    "key_mail.no_server": Entry(
        _("This Sluice has no mail server, so access keys cannot be mailed."), _("Download them from their page.")
    ),
    "key_mail.no_address": Entry(_("“%(address)s” is not an email address."), _("Type one like ada@example.org.")),
    "key_mail.key_ended": Entry(_("The access key was revoked, rotated or removed, so it is not mailed any more.")),
    "key_mail.not_wanted": Entry(_("Copies for this recipient are no longer mailed to %(address)s.")),
    "key_mail.not_proved": Entry(_("The recipient has not opened a test message for this copy.")),
    "sealing.key_exists": Entry(_("The sealing process has already created its access key."), _RETRY),
    "sealing.no_recipient": Entry(_("There is no recipient to encrypt the access key to."), _RETRY),
    "sealing.too_large_for_mail": Entry(
        _("The secret is larger than 64 KiB, which is too large to be mailed."), _("Stop its mail, then try again.")
    ),
    "sealing.no_key": Entry(_("The sealing process holds no access key."), _RETRY),
    "sealing.ended": Entry(
        _("The sealing process ended, or did not answer within %(seconds)s seconds."),
        _("Nothing. Sluice creates another access key in its place."),
    ),
}
