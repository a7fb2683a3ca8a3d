"""Connections by command line."""

from django.utils.translation import gettext_lazy

from onboarding.management.connections.checks import CheckSubcommands
from onboarding.management.connections.permissions import PermissionSubcommands
from onboarding.management.connections.role_files import RoleFileSubcommands
from portal.command_line import CommandWithSubcommands


class Command(PermissionSubcommands, RoleFileSubcommands, CheckSubcommands, CommandWithSubcommands):
    description = gettext_lazy("Connect AWS accounts: create a connection, print the role's files, verify the role.")
    subcommands = {
        **PermissionSubcommands.permission_subcommands,
        **RoleFileSubcommands.role_file_subcommands,
        **CheckSubcommands.check_subcommands,
    }
