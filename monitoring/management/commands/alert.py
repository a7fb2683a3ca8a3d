"""manage.py alert: the alerts of a tenant, and what its pages do with them."""

from argparse import ArgumentParser
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.alert_models import Alert, AlertKind, AlertMute, AlertState
from monitoring.alerts import mutes, selectors
from monitoring.alerts.acknowledgement import acknowledge
from monitoring.alerts.moments import moment
from monitoring.alerts.mute_services import mute_alert, mute_kind
from monitoring.alerts.rules import BY_KIND
from monitoring.alerts.threshold_services import Chosen, parse, set_thresholds
from monitoring.alerts.thresholds import thresholds_of
from monitoring.management.alarm_export import AlarmSubcommands
from monitoring.management.monthly_report import ReportSubcommands
from onboarding.management.integrations.named import named_integration
from onboarding.models.integration import Integration
from portal.command_line import CommandWithSubcommands, failed
from portal.messages.catalogue import described, text_of
from portal.messages.message import Message
from portal.tenancy.command import add_tenant, tenant_called

ACTOR = "command line"
OFF, DEFAULT = "off", "default"


class Command(AlarmSubcommands, ReportSubcommands, CommandWithSubcommands):
    """List, acknowledge and mute alerts, set their thresholds, export them as alarms, and print monthly reports."""

    description = gettext_lazy("List, acknowledge and mute alerts, and set their thresholds.")
    subcommands = {
        "list": gettext_lazy("List a tenant’s alerts, the open ones first."),
        "acknowledge": gettext_lazy("Acknowledge an open alert, so that it is not escalated."),
        "mute": gettext_lazy("Mute an alert, or a kind of alerts of a stream, until a time."),
        "threshold": gettext_lazy("Set a threshold of a tenant or of one of its streams; without a kind, print all."),
        **AlarmSubcommands.alarm_subcommands,
        **ReportSubcommands.report_subcommands,
    }

    def add_list(self, parser: ArgumentParser) -> None:
        """Add the tenant and the filters."""
        add_tenant(parser)
        states = [*map(str, selectors.LISTED), selectors.MUTED, "all"]
        parser.add_argument("--state", choices=states, default="", help=_("The state; without it, all that are open."))
        parser.add_argument("--kind", choices=AlertKind.values, default="", help=_("The kind of alert."))

    def add_acknowledge(self, parser: ArgumentParser) -> None:
        """Add the alert and the note."""
        _add_alert(parser)
        parser.add_argument("--note", default="", help=_("The note that is shown with it."))

    def add_mute(self, parser: ArgumentParser) -> None:
        """Add what is muted, until when and why."""
        add_tenant(parser)
        parser.add_argument("--alert", default="", help=_("The alert’s ID."))
        _add_stream(parser)
        parser.add_argument("--kind", choices=AlertKind.values, default="", help=_("The kind of alert of a stream."))
        parser.add_argument("--until", required=True, help=_("The end, such as 2026-11-28T06:00, in UTC."))
        parser.add_argument("--reason", required=True, help=_("The reason that is shown with it."))

    def add_threshold(self, parser: ArgumentParser) -> None:
        """Add kind, value and stream."""
        add_tenant(parser)
        _add_stream(parser)
        parser.add_argument("--kind", choices=AlertKind.values, default="", help=_("The kind of alert."))
        parser.add_argument("--value", default=DEFAULT, help=_("The threshold in its unit, or off, or default."))

    def do_list(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the alerts."""
        tenant = tenant_called(options["tenant"])
        rows = list(selectors.alerts_of(tenant, state=options["state"], kind=options["kind"]))
        muted = mutes.mutes_of(rows, tenant.pk, now=timezone.now())
        return {"alerts": [_as_json(row, muted.get(row.pk)) for row in rows]}

    def say_list(self, answer: dict[str, Any]) -> str:
        """Print a line for each alert."""
        lines = [f"{row['uid']}  {row['state']}  {row['since']}  {row['title']}" for row in answer["alerts"]]
        return "\n".join(lines) or _("No alerts.")

    def do_acknowledge(self, options: dict[str, Any]) -> dict[str, Any]:
        """Acknowledge."""
        found = acknowledge(alert=_alert(options), actor=ACTOR, note=options["note"])
        return {"alert": found.uid, "state": found.state}

    def do_mute(self, options: dict[str, Any]) -> dict[str, Any]:
        """Mute an alert by its ID, else a kind of alerts of a stream."""
        ends_at = moment(options["until"])
        given = {"ends_at": ends_at, "reason": options["reason"], "actor": ACTOR}
        if options["alert"]:
            mute = mute_alert(alert=_alert(options), **given)
        else:
            mute = mute_kind(integration=_stream(options), kind=options["kind"], **given)
        return {"mute": mute.uid, "ends_at": mute.ends_at.isoformat()}

    def do_threshold(self, options: dict[str, Any]) -> dict[str, Any]:
        """Set a threshold, and return all of the tenant or stream."""
        tenant = tenant_called(options["tenant"])
        stream = _stream(options) if options["name"] else None
        if kind := options["kind"]:
            typed = options["value"]
            value = None if typed in {OFF, DEFAULT} else parse(kind, typed)
            chosen = {kind: Chosen(value, is_off=typed == OFF)}
            set_thresholds(tenant=tenant, integration=stream, chosen=chosen, actor=ACTOR)
        known = thresholds_of(tenant.pk)
        found = {name: known.of(name, stream.pk if stream else None) for name in BY_KIND}
        return {
            name: {"value": each.value, "unit": BY_KIND[name].unit.value, "source": each.source}
            for name, each in found.items()
        }


def _add_alert(parser: ArgumentParser) -> None:
    parser.add_argument("alert", help=_("The alert’s ID."))
    add_tenant(parser)


def _add_stream(parser: ArgumentParser) -> None:
    parser.add_argument("--stream", dest="name", default="", help=_("The integration’s name or uid."))


def _alert(options: dict[str, Any]) -> Alert:
    tenant, uid = tenant_called(options["tenant"]), options["alert"]
    found = Alert.objects.filter(tenant=tenant, uid=uid).exclude(state=AlertState.PENDING).first()
    if found is None:
        raise failed(Message("alert.unknown", alert=uid))
    return found


def _stream(options: dict[str, Any]) -> Integration:
    return named_integration(options)


def _as_json(row: Alert, mute: AlertMute | None) -> dict[str, Any]:
    return {
        "uid": row.uid,
        "kind": row.kind,
        "state": row.state,
        "title": text_of(row.title),
        "message": described(row.message),
        "evidence": described(row.evidence),
        "value": row.value,
        "threshold": row.threshold,
        "unit": BY_KIND[row.kind].unit.value,
        "stream_count": row.stream_count,
        "flap_count": row.flap_count,
        "since": row.since.isoformat(),
        "opened_at": row.opened_at.isoformat() if row.opened_at else None,
        "acknowledged_by": row.acknowledged_by,
        "closed_at": row.closed_at.isoformat() if row.closed_at else None,
        "muted_until": mute.ends_at.isoformat() if mute else None,
    }
