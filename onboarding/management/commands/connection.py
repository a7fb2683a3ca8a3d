"""Connections by command line."""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from onboarding.account_state.connection_status import connection_status
from onboarding.connections import creation, grant, permission_choice, permission_report, selectors, verification
from onboarding.models.connection import Connection
from onboarding.service_guards import must_have_grant
from portal.aws.policies.chosen_permissions import DEFAULT_PERMISSIONS, ChosenPermissions, chosen_permissions
from portal.aws.policies.optional_permissions import OPT_IN_PERMISSIONS
from portal.command_line import CommandWithSubcommands
from portal.messages.catalogue import described, explanation_of
from portal.tenancy.command import tenant_called


class Command(CommandWithSubcommands):
    description = "Connect AWS accounts: create a connection, hand its template to the client, verify the role."
    subcommands = {
        "create": "Create a connection with an external ID of its own, and print the role's template.",
        "choose": "Choose all optional permissions of the role.",
        "grant": "Print the role in one of its forms, for the client to create or update it.",
        "verify": "Try the role with the right, a wrong and no external ID.",
        "permissions": "Check every permission of the role, and print the permission report.",
        "template": "Print the template to be hosted for quick-create links.",
    }

    def add_create(self, parser: ArgumentParser) -> None:
        """Take tenant, account and name."""
        parser.add_argument("--tenant", required=True, help="The tenant's slug.")
        parser.add_argument("--account", required=True, help="The client's AWS account ID: 12 digits.")
        parser.add_argument("--name", required=True, help="The connection's name. Shown only in Sluice.")
        parser.add_argument(
            "--no-grant", action="store_true", help="Ask for no role: the client applies every plan without Sluice."
        )
        parser.add_argument("--without-sampling", action="store_true", help="Leave out reading samples of records.")
        parser.add_argument("--without-deletion", action="store_true", help="Leave out deleting what Sluice made.")
        parser.add_argument("--without-keys", action="store_true", help="Leave out making KMS keys.")
        _add_optional_permissions(parser)

    def do_create(self, options: dict[str, Any]) -> dict[str, Any]:
        """Create the connection."""
        connection = creation.start_connection(
            tenant=tenant_called(options["tenant"]),
            name=options["name"],
            account_id=options["account"],
            actor="command line",
            optional=_chosen(options),
            has_grant=not options["no_grant"],
        )
        return {**_told(connection), "template": grant.role_template(connection) if connection.has_grant else ""}

    def say_create(self, answer: dict[str, Any]) -> str:
        """Print the template alone, so that it can be sent into a file."""
        return str(answer["template"] or f"{answer['name']} ({answer['uid']}): no access, so there is no template.")

    def add_choose(self, parser: ArgumentParser) -> None:
        """Take the connection, and all that is to be allowed from now on."""
        _add_connection(parser)
        parser.add_argument("--without-sampling", action="store_true", help="Leave out reading samples of records.")
        parser.add_argument("--without-deletion", action="store_true", help="Leave out deleting what Sluice made.")
        parser.add_argument("--without-keys", action="store_true", help="Leave out making KMS keys.")
        _add_optional_permissions(parser)

    def do_choose(self, options: dict[str, Any]) -> dict[str, Any]:
        """Choose; the client then brings the role up to date from one of its files."""
        connection = _connection(options)
        try:
            permission_choice.choose_permissions(connection=connection, optional=_chosen(options), actor="command line")
        except ValidationError as refused:
            raise CommandError("\n".join(refused.messages)) from refused
        return selectors.as_json(connection)

    def say_choose(self, answer: dict[str, Any]) -> str:
        """Print what is allowed now, and what to do next."""
        permissions = answer["optional_permissions"].items()
        lines = [f"{key}: {'allowed' if is_allowed else 'not allowed'}" for key, is_allowed in permissions]
        lines += [f"also: {arn}" for arn in answer["other_resources"]]
        return "\n".join([*lines, "Bring the role up to date: connection grant prints its file."])

    def add_grant(self, parser: ArgumentParser) -> None:
        """Take the connection and the form."""
        _add_connection(parser)
        parser.add_argument(
            "--format", choices=sorted(_FORMS), default="cloudformation", help="The file's format (cloudformation)."
        )

    def do_grant(self, options: dict[str, Any]) -> dict[str, Any]:
        """Write the role's file."""
        connection = _connection(options)
        must_have_grant(connection)
        if connection.is_expired:
            raise CommandError("The external ID is void: it was not used within 48 hours. Verify once to get another.")
        return {**_told(connection), "format": options["format"], "file": _FORMS[options["format"]](connection)}

    def say_grant(self, answer: dict[str, Any]) -> str:
        """Print the file alone."""
        return str(answer["file"])

    def add_template(self, parser: ArgumentParser) -> None:
        """Take nothing: what differs between connections is a parameter of the template."""

    def do_template(self, options: dict[str, Any]) -> dict[str, Any]:
        """Write the template."""
        return {"template": grant.hosted_template()}

    def say_template(self, answer: dict[str, Any]) -> str:
        """Print the template alone."""
        return str(answer["template"])

    def add_permissions(self, parser: ArgumentParser) -> None:
        """Take the connection."""
        _add_connection(parser)

    def do_permissions(self, options: dict[str, Any]) -> dict[str, Any]:
        """Check the permissions, and store the report for the page."""
        connection = _connection(options)
        permission_report.check_permissions(connection=connection)
        return selectors.as_json(connection)

    def say_permissions(self, answer: dict[str, Any]) -> str:
        """Print a line for each action and resource; below each failed line its cause and fix."""
        report = answer["permission_report"]
        lines = [f"{report['passed']} passed, {report['failed']} failed, {report['unknown']} unknown"]
        for line in report["lines"]:
            mark = {True: "ok  ", False: "FAIL", None: "?   "}[line["passed"]]
            lines.append(f"{mark} {line['verdict']:<11} {line['action']} {line['resource']}")
            if line["passed"] is False:
                lines += [f"     {line['cause'] or 'allowed'}: {line['what_to_do']}"]
                lines += [f"     {json.dumps(line['fixing_statement'])}"] if line["fixing_statement"] else []
        return "\n".join(lines)

    def add_verify(self, parser: ArgumentParser) -> None:
        """Take the connection and the role's ARN."""
        _add_connection(parser)
        parser.add_argument("--role-arn", required=True, help="The ARN of the role that the client made.")

    def do_verify(self, options: dict[str, Any]) -> dict[str, Any]:
        """Verify the connection; exit with 1 when it is refused."""
        connection = verification.verify_connection(
            connection=_connection(options), role_arn=options["role_arn"], actor="command line"
        )
        if not connection_status(connection).is_verified:
            raise CommandError(explanation_of(connection.verdict))
        return {**_told(connection), "report": {**connection.report, "verdict": described(connection.verdict)}}


_FORMS: dict[str, Callable[[Connection], str]] = {
    "cloudformation": grant.role_template,
    "cli": grant.role_script,
    "terraform": grant.role_terraform,
}


def _add_optional_permissions(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--allow",
        action="append",
        default=[],
        choices=[permission.key for permission in OPT_IN_PERMISSIONS],
        help="A permission to adopt streams, or that deliveries beyond S3 need; can be given several times.",
    )
    parser.add_argument(
        "--reach",
        action="append",
        default=[],
        metavar="ARN",
        help="A resource without the name prefix: to deliver to, or a stream to adopt; can be given several times.",
    )


def _chosen(options: dict[str, Any]) -> ChosenPermissions:
    left_out = [key for key in DEFAULT_PERMISSIONS.chosen if options[f"without_{key}"]]
    return chosen_permissions(
        [*(key for key in DEFAULT_PERMISSIONS.chosen if key not in left_out), *options["allow"]], options["reach"]
    )


def _add_connection(parser: ArgumentParser) -> None:
    parser.add_argument("connection", help="The connection's uid or name.")
    parser.add_argument("--tenant", help="The tenant's slug, where the name alone is not unique.")


def _connection(options: dict[str, Any]) -> Connection:
    named = options["connection"]
    found = Connection.objects.filter(uid=named) | Connection.objects.filter(name=named)
    if options["tenant"]:
        found = found.filter(tenant__slug=options["tenant"])
    if found.count() != 1:
        raise CommandError(f"{found.count()} connections are called “{named}”; one is needed.")
    return found.select_related("tenant").get()


def _told(connection: Connection) -> dict[str, Any]:
    return {
        "uid": connection.uid,
        "name": connection.name,
        "account_id": connection.account_id,
        "external_id": connection.external_id,
        "role_arn": connection.role_arn,
        "state": str((status := connection_status(connection)).state),
        "state_since": status.since,
    }
