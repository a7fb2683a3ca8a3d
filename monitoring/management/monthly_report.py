"""`alert report`: a tenant's monthly report, as it was stored, or as it is known now."""

from argparse import ArgumentParser
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.models import MonthlyReport
from monitoring.reports.contents import contents_of
from monitoring.reports.making import zone_of
from monitoring.reports.month import named_month
from monitoring.reports.rows import stream_rows
from portal.command_line import failed
from portal.messages.formats import size
from portal.messages.message import Message
from portal.tenancy.command import add_tenant, tenant_called


class ReportSubcommands:
    """The subcommand of `alert` that prints a monthly report."""

    report_subcommands = {
        "report": gettext_lazy("Print a monthly report; of a month without one, what is known now. Nothing is sent."),
    }

    def add_report(self, parser: ArgumentParser) -> None:
        """Add tenant and month."""
        add_tenant(parser)
        parser.add_argument("--month", required=True, help=_("The month, such as 2026-11."))

    def do_report(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the stored report, or read what is known of the month from CloudWatch and the database."""
        tenant, now = tenant_called(options["tenant"]), timezone.now()
        month = named_month(options["month"], zone_of(tenant))
        stored = MonthlyReport.objects.filter(tenant=tenant, month=month.first).first()
        if stored is not None:
            return {"month": options["month"], "zone": stored.zone, "is_stored": True, **stored.contents}
        if month.end > now:
            raise failed(Message("report.not_over", month=options["month"]))
        contents = contents_of(tenant, month, now=now)
        return {"month": options["month"], "zone": month.zone, "is_stored": False, **contents}

    def say_report(self, answer: dict[str, Any]) -> str:
        """Print a line for each stream, and one for the alerts."""
        totals, alerts = answer["totals"], answer["alerts"]
        lines = [
            f"{answer['month']} {answer['zone']}",
            _("%(records)s records, %(size)s in %(known)s of %(streams)s streams")
            % {**totals, "records": f"{totals['records']:,}", "size": size(totals["bytes"])},
        ]
        for row in stream_rows(answer["streams"], answer["zone"]):
            values = (row.records, row.received, row.healthy, row.unhealthy, row.unknown, row.key_age, row.cost)
            lines.append("  ".join([row.name, *(value or "–" for value in values)]))
            lines += [f"  {note}" for note in row.notes]
        return "\n".join([*lines, _("Alerts: %(opened)s opened, %(closed)s closed") % alerts])
