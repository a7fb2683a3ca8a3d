"""`connection verify` and `connection permissions`: checks of the role in the client's account."""

import json
from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onboarding.account_state.connection_status import connection_status
from onboarding.connections import permission_report, selectors, verification
from onboarding.management.connections.named import add_connection, as_json, named_connection
from portal.command_line import failed
from portal.messages.catalogue import described
from portal.messages.message import Message

_MARKS = {True: "ok  ", False: "FAIL", None: "?   "}


class CheckSubcommands:
    """The subcommands of `connection` that check the role."""

    check_subcommands = {
        "verify": gettext_lazy("Test the role with the correct external ID, a wrong one and none."),
        "permissions": gettext_lazy("Check every permission of the role, and print the permission report."),
    }

    def add_verify(self, parser: ArgumentParser) -> None:
        """Add the arguments: the connection and the role's ARN."""
        add_connection(parser)
        parser.add_argument(
            "--role-arn", required=True, metavar="ARN", help=_("The ARN of the role that the client created.")
        )

    def do_verify(self, options: dict[str, Any]) -> dict[str, Any]:
        """Verify the connection; fail with the reason unless the role passes."""
        connection = verification.verify_connection(
            connection=named_connection(options), role_arn=options["role_arn"], actor="command line"
        )
        if not connection_status(connection).is_verified:
            raise failed(connection.verdict or Message("connection.not_verified", connection=connection.name))
        return {**as_json(connection), "report": {**connection.trust_report, "verdict": described(connection.verdict)}}

    def add_permissions(self, parser: ArgumentParser) -> None:
        """Add the argument: the connection."""
        add_connection(parser)

    def do_permissions(self, options: dict[str, Any]) -> dict[str, Any]:
        """Check every permission with AWS, and store the report for the page."""
        connection = named_connection(options)
        permission_report.check_permissions(connection=connection)
        return selectors.as_json(connection)

    def say_permissions(self, answer: dict[str, Any]) -> str:
        """Print a line for each action and resource; below each that failed, the cause and the fix."""
        report = answer["permission_report"]
        lines = [_("%(passed)s passed, %(failed)s failed, %(unknown)s unknown") % report]
        for check in report["lines"]:
            lines.append(f"{_MARKS[check['passed']]} {check['verdict']:<11} {check['action']} {check['resource']}")
            if check["passed"] is False:
                lines += [f"     {check['cause'] or _('allowed')}: {check['what_to_do']}"]
                lines += [f"     {json.dumps(check['fixing_statement'])}"] if check["fixing_statement"] else []
        return "\n".join(lines)
