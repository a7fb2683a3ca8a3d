"""`stream reads`: who was sent records of a tenant, as its page shows it."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.read_audit import search
from monitoring.read_audit.columns import COLUMNS, cells
from portal.tenancy.command import add_tenant, tenant_called

_USUAL, _MOST = 100, 10_000


class ReadsSubcommands:
    """The subcommand of `stream` that lists who was sent records."""

    reads_subcommands = {
        "reads": gettext_lazy("List who was sent records of a tenant’s streams, the newest viewing sessions first."),
    }

    def add_reads(self, parser: ArgumentParser) -> None:
        """Add the tenant and the filters."""
        add_tenant(parser)
        parser.add_argument("--person", default="", help=_("The email address, or a part of it."))
        parser.add_argument("--stream", default="", help=_("The data stream’s name or the integration’s uid."))
        parser.add_argument("--since", type=date.fromisoformat, help=_("The first day in UTC, such as 2026-11-01."))
        parser.add_argument("--until", type=date.fromisoformat, help=_("The last day in UTC, such as 2026-11-30."))
        parser.add_argument(
            "--most", type=int, default=_USUAL, choices=range(1, _MOST + 1), metavar="N", help=_("The number of rows.")
        )

    def do_reads(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the rows that match."""
        wanted = search.ReadFilter(
            who=options["person"], stream=options["stream"], since=options["since"], until=options["until"]
        )
        found = search.search(tenant_called(options["tenant"]), wanted)
        rows = [row for piece in search.in_pieces(found, options["most"]) for row in piece]
        return {"reads": [dict(zip(COLUMNS, cells(row), strict=True)) for row in rows]}

    def say_reads(self, answer: dict[str, Any]) -> str:
        """Print a line for each viewing session."""
        lines = [
            _("%(first_sent)s to %(last_sent)s  %(person)s  %(stream)s  %(records)s records, %(values)s")
            % {**row, "values": _("masked") if row["masked"] == "yes" else _("not masked")}
            for row in answer["reads"]
        ]
        return "\n".join(lines) or _("No one was sent records.")
