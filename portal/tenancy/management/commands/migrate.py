"""Django's migrate, as the owner of the tables, which also creates the portal's role and lets it use them."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import database_role
from portal.command_line import DescribedCommand

_OF_DJANGO = {"database": "default", "fake": False, "fake_initial": False, "run_syncdb": False, "prune": False}


class Command(DescribedCommand, migrate.Command):
    description = gettext_lazy("Update the tables, as their owner, and allow the portal's role to use them.")
    stealth_options = tuple(_OF_DJANGO)

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the arguments: how far, and what to do without changing anything."""
        parser.add_argument("app_label", nargs="?", help=_("The app to migrate; without it, all."))
        parser.add_argument("migration_name", nargs="?", help=_("The migration after which to stop."))
        parser.add_argument("--no-input", action="store_false", dest="interactive", help=_("Ask no question."))
        parser.add_argument("--plan", action="store_true", help=_("List the migrations, and apply none."))
        parser.add_argument(
            "--check",
            action="store_true",
            dest="check_unapplied",
            help=_("Fail if migrations are missing."),
        )

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Migrate as the role of DATABASE_OWNER_URL, for the role of DATABASE_URL."""
        options = {**_OF_DJANGO, "skip_checks": False, **options}
        try:
            with database_role.as_owner(connections[options["database"]]):
                return super().execute(*args, **options)
        except database_role.NoOwner as missing:
            raise CommandError(str(missing)) from None

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the portal's role, migrate, and allow the role to use the tables; or only say what would be done."""
        connection = connections[options["database"]]
        if options["plan"] or options["check_unapplied"]:
            super().handle(*args, **options)
            return
        database_role.create(connection)
        super().handle(*args, **options)
        database_role.grant(connection)
