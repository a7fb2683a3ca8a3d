"""The English of mail that cannot be sent."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

ENTRIES = {
    "mail.not_configured": Entry(
        _("No mail server is set, so nothing was sent."), _("Set SLUICE_MAIL_URL and SLUICE_MAIL_FROM.")
    ),
    "mail.unreachable": Entry(
        _("The mail server %(server)s could not be used: %(detail)s."),
        _("Check SLUICE_MAIL_URL, and that this machine can reach the server."),
    ),
    "mail.refused": Entry(
        _("The mail server refused the mail to %(to)s: %(detail)s."),
        _("Check the user and password of SLUICE_MAIL_URL, and that the server accepts SLUICE_MAIL_FROM."),
    ),
}
