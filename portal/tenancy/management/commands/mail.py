"""Mail by command line."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import mail
from portal.command_line import CommandWithSubcommands


class Command(CommandWithSubcommands):
    description = gettext_lazy("Check mail.")
    subcommands = {"test": gettext_lazy("Send a test mail.")}

    def add_test(self, parser: ArgumentParser) -> None:
        """Add the argument: the address."""
        parser.add_argument("address", help=_("The address to which the mail is sent."))

    def do_test(self, options: dict[str, Any]) -> dict[str, Any]:
        """Send the mail; the answer says that the server took it, not that it arrived."""
        text = _("This is a test of the mail settings of %(portal)s. Nothing is to be done.")
        portal = settings.SLUICE_PORTAL_URL or "Sluice"
        mail.send(to=options["address"], subject=_("Test mail of Sluice"), text=text % {"portal": portal})
        return {"to": options["address"], "from": settings.DEFAULT_FROM_EMAIL, "accepted": True}
