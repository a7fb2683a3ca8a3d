"""The English of signing in: refusals that say nothing about who has an account."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

ENTRIES = {
    "accounts.password_refused": Entry(_("This is not your password.")),
    "accounts.code_refused": Entry(
        _("This code is not valid, or it was used before."),
        _("Wait for the next code of your app, and check that your phone sets its clock automatically."),
    ),
    "accounts.codes_unavailable": Entry(
        _("Codes cannot be checked at the moment. Cause: Sluice."), _("Use a passkey, or ask your support contact.")
    ),
    "accounts.passkey_refused": Entry(
        _("The passkey was not accepted."),
        _("Try again, and choose a passkey that you created for this site."),
    ),
    "accounts.too_many_passkeys": Entry(
        _("You have %(limit)s passkeys, which is the limit."), _("Remove one that you no longer use.")
    ),
    "accounts.link_expired": Entry(
        _("It has expired: links are valid for three days."),
        _("Ask the person who invited you, or your support contact, for a new invitation."),
    ),
    "accounts.link_used": Entry(
        _("It was used already, or a newer password or sign-in replaced it."),
        _("If you have chosen a password, sign in with it. Else ask for a new invitation."),
    ),
    "accounts.link_unknown": Entry(
        _("A part of it is missing, or the account no longer exists."),
        _("Open the link from the mail again. If that does not help, ask for a new invitation."),
    ),
}
