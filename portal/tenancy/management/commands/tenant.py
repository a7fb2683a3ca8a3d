"""Tenants by command line."""

from argparse import ArgumentParser
from typing import Any, ClassVar

from portal.tenancy import services
from portal.tenancy.command import VerbCommand


class Command(VerbCommand):
    help = "Create tenants."
    verbs: ClassVar[dict[str, str]] = {"create": "Create a tenant."}

    def add_create(self, parser: ArgumentParser) -> None:
        """Add the arguments: slug and name."""
        parser.add_argument("slug", help="Lowercase letters, digits and hyphens; part of every address.")
        parser.add_argument("--name", required=True, help="The organisation's name.")

    def do_create(self, options: dict[str, Any]) -> dict[str, Any]:
        """Create the tenant."""
        tenant = services.create_tenant(slug=options["slug"], name=options["name"], actor="command line")
        return {"slug": tenant.slug, "name": tenant.name}
