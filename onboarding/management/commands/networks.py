"""The vendor's networks by command line: which integrations accept records from them, and the update of the others."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onboarding.integrations import network_updates
from portal.command_line import CommandWithSubcommands


class Command(CommandWithSubcommands):
    description = gettext_lazy("Update the networks from which producers may send.")
    subcommands = {
        "apply": gettext_lazy("Start a run for every integration that accepts records from earlier networks."),
        "status": gettext_lazy("Print how many integrations of each tenant are up to date."),
    }

    def add_apply(self, parser: ArgumentParser) -> None:
        """Add the argument: the tenant."""
        _add_tenant(parser)

    def do_apply(self, options: dict[str, Any]) -> dict[str, Any]:
        """Start the runs, tenant by tenant."""
        started = network_updates.start(actor="command line", slug=options["tenant"])
        return {"started": started, **_status(options["tenant"])}

    def add_status(self, parser: ArgumentParser) -> None:
        """Add the argument: the tenant."""
        _add_tenant(parser)

    def do_status(self, options: dict[str, Any]) -> dict[str, Any]:
        """Count."""
        return _status(options["tenant"])


def _add_tenant(parser: ArgumentParser) -> None:
    parser.add_argument("--tenant", metavar="SLUG", default="", help=_("The slug of one tenant, in place of all."))


def _status(slug: str) -> dict[str, Any]:
    return {
        "networks": list(settings.SLUICE_VENDOR_NETWORKS),
        "networks_in_vpc": list(settings.SLUICE_VENDOR_VPC_NETWORKS),
        "tenants": [
            {
                "tenant": found.tenant.slug,
                "current": found.current,
                "outdated": found.outdated,
                "running": found.running,
                "failed": found.failed,
            }
            for found in network_updates.progress(slug)
        ],
    }
