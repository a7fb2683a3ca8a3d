"""What the pages show of an alert: its state, its history, the rule that opened it and the one thing to do."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.alert_models import Alert, AlertKind, AlertMute
from monitoring.alerts.rules import BY_KIND, Rule, number
from onboarding.models.integration import Integration
from portal.messages.catalogue import text_of
from portal.messages.message import Message

DIAGNOSED = frozenset(
    {
        AlertKind.SILENCE,
        AlertKind.WRITES_THROTTLED,
        AlertKind.WRITE_USAGE,
        AlertKind.ITERATOR_AGE,
        AlertKind.FRESHNESS,
        AlertKind.DELIVERY_FAILING,
        AlertKind.METRICS_MISSING,
    }
)


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert in the list, with the mute that silences it."""

    alert: Alert
    mute: AlertMute | None

    @property
    def stream_total(self) -> int:
        """Return how many streams it has concerned since it opened, as its title says; 0 if its title names one."""
        named = self.alert.title.params.get("name") if self.alert.title else None
        count = named.params.get("stream_count") if isinstance(named, Message) else 0
        return count if isinstance(count, int) else 0


@dataclass(frozen=True, slots=True)
class Event:
    """One line of an alert's history."""

    at: datetime
    text: str
    look: str = "unknown"


@dataclass(frozen=True, slots=True)
class Cure:
    """The page that helps: where it is, and whether it is asked by a form, as a diagnosis is."""

    url: str
    label: str
    is_form: bool = False


@dataclass(frozen=True, slots=True)
class RuleText:
    """The rule of an alert as text: what is measured, the value, the threshold and the waiting times."""

    measures: str
    value: str
    threshold: str
    opens: str
    closes: str


def rule_text(alert: Alert) -> RuleText:
    """Return the rule that opened an alert, with the value and threshold of the newest reading."""
    rule = BY_KIND[alert.kind]
    return RuleText(
        measures=text_of(rule.measures),
        value=with_unit(rule, alert.value),
        threshold=f"{text_of(rule.comparison)} {with_unit(rule, alert.threshold)}",
        opens=_minutes(rule.opens_minutes),
        closes=_minutes(rule.closes_minutes),
    )


def with_unit(rule: Rule, value: float | None) -> str:
    """Return a number with its unit: "80 %", "12 minutes"; a dash where there is none."""
    if value is None:
        return "–"
    shown = number(round(value, 1) if value < 1000 else round(value))
    return f"{shown} {text_of(rule.unit.after(value))}"


def _minutes(minutes: int) -> str:
    return _("after %(minutes)s minutes") % {"minutes": minutes} if minutes else _("after the first reading")


def cure_of(alert: Alert, streams: list[Integration], *, may_diagnose: bool) -> Cure | None:
    """Return the one thing to do about an alert, for a person who may diagnose or not; None without a stream."""
    if alert.kind == AlertKind.CERTIFICATE_EXPIRING:
        return Cure(reverse("pgp_keys", kwargs={"slug": alert.tenant.slug}), str(gettext_lazy("Open OpenPGP keys")))
    if not streams:
        return None
    stream, slug = streams[0], alert.tenant.slug
    at = {"slug": slug, "uid": stream.uid}
    if alert.kind == AlertKind.CONNECTION_BROKEN and stream.connection is not None:
        url = reverse("connection", kwargs={"slug": slug, "uid": stream.connection.uid})
        return Cure(url, _("Open connection"))
    if alert.kind in DIAGNOSED:
        url = reverse("diagnosis", kwargs=at)
        label = _("Diagnose %(stream)s") % {"stream": stream.stream_name} if len(streams) > 1 else _("Diagnose")
        return Cure(url, label, is_form=True) if may_diagnose else Cure(url, _("Last diagnosis"))
    return Cure(reverse("credentials", kwargs=at), _("Open access key"))


def history(alert: Alert, mutes: list[AlertMute]) -> list[Event]:
    """Return what happened to an alert, the newest first."""
    found = [
        *_event(alert.since, _("The condition began.")),
        *_event(alert.opened_at, _("Opened."), "failing"),
        *_event(alert.notified_at, _("People were notified."), "attention"),
        *_event(alert.escalated_at, _("Escalated: no one had acknowledged it."), "failing"),
        *_event(alert.acknowledged_at, _acknowledged(alert), "attention"),
        *_event(alert.closed_at, _("Closed. %(reason)s") % {"reason": text_of(alert.closed_because)}, "healthy"),
        *(event for mute in mutes for event in _of_mute(mute)),
    ]
    return sorted(found, key=lambda event: event.at)[::-1]  # of two at once the later step comes first


def _event(at: datetime | None, text: str, look: str = "unknown") -> list[Event]:
    return [Event(at, text, look)] if at else []


def _acknowledged(alert: Alert) -> str:
    text = _("Acknowledged by %(person)s.") % {"person": alert.acknowledged_by}
    return f"{text} {alert.note}".strip()


def _of_mute(mute: AlertMute) -> list[Event]:
    values = {"person": mute.created_by, "until": f"{mute.ends_at:%Y-%m-%d %H:%M} UTC", "reason": mute.reason}
    muted = _("Muted by %(person)s until %(until)s. Reason: %(reason)s") % values
    ended = _("Unmuted by %(person)s.") % {"person": mute.ended_by}
    return [*_event(mute.created_at, muted), *_event(mute.ended_at, ended)]
