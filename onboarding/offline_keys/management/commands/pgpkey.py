"""manage.py pgpkey inspect: the part of the command that reaches no server.

manage.py starts it with portal/offline_settings.py; with the portal's settings, onboarding's command has the same.
"""

from django.utils.translation import gettext_lazy

from onboarding.offline_keys.key_files import HELP, InspectsKeys
from portal.command_line import CommandWithSubcommands


class Command(InspectsKeys, CommandWithSubcommands):
    """Check OpenPGP keys from files."""

    description = gettext_lazy("Check OpenPGP keys from files, as the pages do. No server is needed.")
    subcommands = {"inspect": HELP}
    requires_system_checks = []
