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
    "accounts.issuer_not_valid": Entry(
        _("This is not the address of an issuer."), _("It begins with https://, as the provider's documents have it.")
    ),
    "accounts.sign_on_not_begun": Entry(
        _("This sign-in was not begun in this browser, or it was used before."), _("Begin again.")
    ),
    "accounts.sign_on_refused": Entry(
        _("%(issuer)s did not accept the sign-in."), _("Try again, or ask the administrators of your organisation.")
    ),
    "accounts.sign_on_unreachable": Entry(_("%(issuer)s could not be reached."), _("Try again in a minute.")),
    "accounts.sign_on_misconfigured": Entry(
        _("%(issuer)s is not set up as its documents say."), _("Ask your support contact to check the issuer.")
    ),
    "accounts.sign_on_token": Entry(
        _("The answer of %(issuer)s is not valid."), _("Try again, or ask the administrators of your organisation.")
    ),
    "accounts.sign_on_not_linked": Entry(
        _("Your account at %(issuer)s is not linked to anyone here."),
        _("Open the link of your invitation, or sign in with your password and link it under Account security."),
    ),
    "accounts.sign_on_of_another": Entry(_("This account at %(issuer)s is linked to another person.")),
    "accounts.sign_on_no_access": Entry(
        _("The person of this account at %(issuer)s no longer has access."), _("Ask an admin of your organisation.")
    ),
    "accounts.sign_on_secret": Entry(
        _("Single sign-on does not work at the moment. Cause: Sluice."),
        _("Use your password, or ask your support contact."),
    ),
    "accounts.no_client_secret": Entry(
        _("Standard input has no client secret."), _("Write it as one line to standard input.")
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
