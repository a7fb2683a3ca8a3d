"""How people sign in, by command line: for those who lost their second factor, and for sessions that must end."""

from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts import second_factors, sessions
from portal.command_line import CommandWithSubcommands, failed
from portal.messages.message import Message
from portal.tenancy.models import User

ACTOR = "command line"


class Command(CommandWithSubcommands):
    description = gettext_lazy("Manage second factors and sessions of people.")
    subcommands = {
        "reset-second-factor": gettext_lazy("Remove all second factors of a person who lost them."),
        "sign-out": gettext_lazy("End all sessions of a person."),
    }

    def add_reset_second_factor(self, parser: ArgumentParser) -> None:
        """Add the argument: the address."""
        parser.add_argument("email", help=_("The person's email address."))

    def do_reset_second_factor(self, options: dict[str, Any]) -> dict[str, Any]:
        """Remove the factors and end the sessions."""
        user = _person(options["email"])
        removed = second_factors.remove_all(user, actor=ACTOR)
        return {"email": user.email, "removed": removed, "sessions_ended": sessions.end_others(user, None)}

    def add_sign_out(self, parser: ArgumentParser) -> None:
        """Add the argument: the address."""
        parser.add_argument("email", help=_("The person's email address."))

    def do_sign_out(self, options: dict[str, Any]) -> dict[str, Any]:
        """End the sessions."""
        user = _person(options["email"])
        return {"email": user.email, "sessions_ended": sessions.end_others(user, None)}


def _person(email: str) -> User:
    try:
        return User.objects.get(email=email.strip().lower())
    except User.DoesNotExist:
        raise failed(Message("tenancy.person_unknown", email=email)) from None
