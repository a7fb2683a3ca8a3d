"""Tenants by command line."""

from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.command_line import CommandWithSubcommands
from portal.tenancy import services


class Command(CommandWithSubcommands):
    description = gettext_lazy("Manage tenants.")
    subcommands = {"create": gettext_lazy("Create a tenant.")}

    def add_create(self, parser: ArgumentParser) -> None:
        """Add the arguments: slug and name."""
        parser.add_argument(
            "slug",
            help=_("The tenant's slug: lowercase letters, digits and hyphens. Part of every URL; cannot be changed."),
        )
        parser.add_argument("--name", required=True, help=_("The organisation's name."))

    def do_create(self, options: dict[str, Any]) -> dict[str, Any]:
        """Create the tenant."""
        tenant = services.create_tenant(slug=options["slug"], name=options["name"], actor="command line")
        return {"slug": tenant.slug, "name": tenant.name}
