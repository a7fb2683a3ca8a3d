"""`connection grant` and `connection template`: the role as a file."""

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onboarding.connections import grant
from onboarding.management.connections.named import add_connection, as_json, named_connection
from onboarding.models.connection import Connection
from onboarding.service_guards import must_have_grant
from portal.command_line import failed
from portal.messages.message import Message

_FORMATS: dict[str, Callable[[Connection], str]] = {
    "cloudformation": grant.role_template,
    "cli": grant.role_script,
    "terraform": grant.role_terraform,
}


class RoleFileSubcommands:
    """The subcommands of `connection` that print the role's files."""

    role_file_subcommands = {
        "grant": gettext_lazy("Print the role as a file with which the client creates or updates it."),
        "template": gettext_lazy("Print the template that is hosted for quick-create links."),
    }

    def add_grant(self, parser: ArgumentParser) -> None:
        """Add the arguments: the connection and the format."""
        add_connection(parser)
        parser.add_argument(
            "--format",
            choices=sorted(_FORMATS),
            default="cloudformation",
            help=_("The file's format (cloudformation)."),
        )

    def do_grant(self, options: dict[str, Any]) -> dict[str, Any]:
        """Write the role's file."""
        connection = named_connection(options)
        must_have_grant(connection)
        if connection.is_expired:
            raise failed(Message("connection.external_id_expired"))
        return {**as_json(connection), "format": options["format"], "file": _FORMATS[options["format"]](connection)}

    def say_grant(self, answer: dict[str, Any]) -> str:
        """Print the file alone."""
        return str(answer["file"])

    def add_template(self, parser: ArgumentParser) -> None:
        """Add no arguments: what differs between connections is a parameter of the template."""

    def do_template(self, options: dict[str, Any]) -> dict[str, Any]:
        """Write the template."""
        return {"template": grant.hosted_template()}

    def say_template(self, answer: dict[str, Any]) -> str:
        """Print the template alone."""
        return str(answer["template"])
