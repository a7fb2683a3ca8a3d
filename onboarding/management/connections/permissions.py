"""`connection create` and `connection choose`: connections, and the optional permissions of their roles."""

from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onboarding.connections import creation, grant, permission_choice, selectors
from onboarding.management.connections.named import add_connection, as_json, named_connection
from portal.aws.policies.chosen_permissions import DEFAULT_PERMISSIONS, ChosenPermissions, chosen_permissions
from portal.aws.policies.optional_permissions import OPT_IN_PERMISSIONS
from portal.tenancy.command import add_tenant, tenant_called


class PermissionSubcommands:
    """The subcommands of `connection` that choose what its role may do."""

    permission_subcommands = {
        "create": gettext_lazy("Create a connection with its own external ID, and print the role's template."),
        "choose": gettext_lazy("Replace the optional permissions of a connection's role."),
    }

    def add_create(self, parser: ArgumentParser) -> None:
        """Add the arguments: tenant, account, name and permissions."""
        add_tenant(parser)
        parser.add_argument("--account", required=True, metavar="ID", help=_("The client's AWS account ID: 12 digits."))
        parser.add_argument("--name", required=True, help=_("The connection's name. Shown only in Sluice."))
        parser.add_argument(
            "--no-grant",
            action="store_true",
            help=_("Request no role: the client applies every plan without Sluice."),
        )
        _add_permissions(parser)

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
        return {**as_json(connection), "template": grant.role_template(connection) if connection.has_grant else ""}

    def say_create(self, answer: dict[str, Any]) -> str:
        """Print the template alone, so that it can be redirected into a file."""
        return str(answer["template"] or _("%(name)s (%(uid)s): no access, so there is no template.") % answer)

    def add_choose(self, parser: ArgumentParser) -> None:
        """Add the arguments: the connection, and every optional permission that the role will have."""
        add_connection(parser)
        _add_permissions(parser)

    def do_choose(self, options: dict[str, Any]) -> dict[str, Any]:
        """Choose the permissions; the client then updates the role with one of its files."""
        connection = named_connection(options)
        permission_choice.choose_permissions(connection=connection, optional=_chosen(options), actor="command line")
        return selectors.as_json(connection)

    def say_choose(self, answer: dict[str, Any]) -> str:
        """Print the chosen permissions, and what to do next."""
        allowed, excluded = _("allowed"), _("not allowed")
        permissions = answer["optional_permissions"].items()
        lines = [f"{key}: {allowed if is_allowed else excluded}" for key, is_allowed in permissions]
        lines += [_("also: %(arn)s") % {"arn": arn} for arn in answer["other_resources"]]
        return "\n".join([*lines, _("Next: update the role with the file that `connection grant` prints.")])


def _add_permissions(parser: ArgumentParser) -> None:
    parser.add_argument("--without-sampling", action="store_true", help=_("Exclude reading samples of records."))
    parser.add_argument(
        "--without-deletion", action="store_true", help=_("Exclude deleting resources that Sluice created.")
    )
    parser.add_argument("--without-keys", action="store_true", help=_("Exclude creating KMS keys."))
    parser.add_argument(
        "--allow",
        action="append",
        default=[],
        choices=[permission.key for permission in OPT_IN_PERMISSIONS],
        help=_("A permission to adopt streams, or that destinations other than S3 need. Can be repeated."),
    )
    parser.add_argument(
        "--reach",
        action="append",
        default=[],
        metavar="ARN",
        help=_("A resource without the name prefix: a destination, or a stream to adopt. Can be repeated."),
    )


def _chosen(options: dict[str, Any]) -> ChosenPermissions:
    included = [key for key in DEFAULT_PERMISSIONS.chosen if not options[f"without_{key}"]]
    return chosen_permissions([*included, *options["allow"]], options["reach"])
