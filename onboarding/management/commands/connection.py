"""Connections by command line."""

from argparse import ArgumentParser
from typing import Any, ClassVar

from django.core.management.base import CommandError

from onboarding import services
from onboarding.models import Connection
from portal.tenancy.command import VerbCommand, tenant_called


class Command(VerbCommand):
    help = "Connect AWS accounts: create a connection, hand its template to the client, verify the role."
    verbs: ClassVar[dict[str, str]] = {
        "create": "Create a connection with an external ID of its own, and print the role's template.",
        "verify": "Try the role with the right, a wrong and no external ID.",
    }

    def add_create(self, parser: ArgumentParser) -> None:
        """Take tenant, account and name."""
        parser.add_argument("--tenant", required=True, help="The tenant's slug.")
        parser.add_argument("--account", required=True, help="The client's AWS account ID: 12 digits.")
        parser.add_argument("--name", required=True, help="What people call the connection.")

    def do_create(self, options: dict[str, Any]) -> dict[str, Any]:
        """Create the connection."""
        connection = services.start_connection(
            tenant=tenant_called(options["tenant"]),
            name=options["name"],
            account_id=options["account"],
            actor="command line",
        )
        return {**_told(connection), "template": services.role_template(connection)}

    def say_create(self, answer: dict[str, Any]) -> str:
        """Print the template alone, so that it can be sent into a file."""
        return str(answer["template"])

    def add_verify(self, parser: ArgumentParser) -> None:
        """Take the connection and the role's ARN."""
        parser.add_argument("connection", help="The connection's uid or name.")
        parser.add_argument("--tenant", help="The tenant's slug, where the name alone is not unique.")
        parser.add_argument("--role-arn", required=True, help="The ARN of the role that the client made.")

    def do_verify(self, options: dict[str, Any]) -> dict[str, Any]:
        """Verify the connection; exit with 1 when it is refused."""
        found = Connection.objects.filter(uid=options["connection"]) | Connection.objects.filter(
            name=options["connection"]
        )
        if options["tenant"]:
            found = found.filter(tenant__slug=options["tenant"])
        if found.count() != 1:
            raise CommandError(f"{found.count()} connections are called “{options['connection']}”; one is needed.")
        connection = services.verify_connection(
            connection=found.get(), role_arn=options["role_arn"], actor="command line"
        )
        if connection.state != "verified":
            report = connection.report
            raise CommandError(f"{report['what']} {report['whose']} {report['todo']}")
        return {**_told(connection), "report": connection.report}


def _told(connection: Connection) -> dict[str, Any]:
    return {
        "uid": connection.uid,
        "name": connection.name,
        "account_id": connection.account_id,
        "external_id": connection.external_id,
        "role_arn": connection.role_arn,
        "state": connection.state,
    }
