"""The form of thresholds, a row for each kind: a number or nothing, and off. Of a tenant, or of one of its streams."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from django import forms
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.alert_models import AlertSettings
from monitoring.alerts.rules import Rule, number
from monitoring.alerts.threshold_services import (
    MINUTES_OUT_OF_BOUNDS,
    MOST_MINUTES,
    Chosen,
    is_allowed_wait,
    parse,
)
from monitoring.alerts.thresholds import Thresholds
from monitoring.silence.calendar import zones
from portal.messages.catalogue import text_of
from portal.messages.errors import validation_error
from portal.tenancy.models import User

MOST_TYPED = 40


@dataclass(frozen=True, slots=True)
class ThresholdRow:
    """One kind in the form: what was typed or is stored, what applies without it (None: off), and what is wrong."""

    rule: Rule
    typed: str
    is_off: bool
    inherited: float | None
    error: str = ""

    @property
    def name(self) -> str:
        """Return the name of the field."""
        return self.rule.kind.value

    @property
    def measures(self) -> str:
        """Return what the rule measures."""
        return text_of(self.rule.measures)

    @property
    def comparison(self) -> str:
        """Return how the value is compared: "over"."""
        return text_of(self.rule.comparison)

    @property
    def unit(self) -> str:
        """Return the unit of the threshold."""
        return text_of(self.rule.unit.label)

    @property
    def inherited_text(self) -> str:
        """Return what applies where nothing is typed: "at least 10 minutes", or "off"."""
        return _("off") if self.inherited is None else text_of(self.rule.threshold_text(self.inherited))

    @property
    def bounds(self) -> str:
        """Return between which numbers a threshold is: "10 to 1,000"."""
        least, most = intcomma(number(self.rule.least)), intcomma(number(self.rule.most))
        return _("%(least)s to %(most)s") % {"least": least, "most": most}

    @property
    def waits(self) -> str:
        """Return after how long an alert opens and closes."""
        opens, closes = self.rule.opens_minutes, self.rule.closes_minutes
        if not closes:
            return _("Opens and closes immediately.")
        values = {"opens": opens, "closes": closes}
        if not opens:
            return _("Opens immediately. Closes %(closes)s minutes after the condition ends.") % values
        return _("Opens after %(opens)s minutes. Closes %(closes)s minutes after the condition ends.") % values


@dataclass(frozen=True, slots=True)
class Typed:
    """The rows of the form, and what was chosen by kind where all of it is valid."""

    rows: list[ThresholdRow]
    chosen: dict[str, Chosen] = field(default_factory=dict)

    @property
    def has_errors(self) -> bool:
        """Return whether a row is wrong."""
        return bool(self.wrong)

    @property
    def wrong(self) -> list[ThresholdRow]:
        """Return the rows that are wrong."""
        return [row for row in self.rows if row.error]


def stored(rules: Iterable[Rule], known: Thresholds, integration_id: int | None) -> Typed:
    """Return the form with what is stored."""
    rows = []
    for rule in rules:
        row = known.rows.get((integration_id, rule.kind.value))
        value = number(row.value) if row is not None and row.value is not None else ""
        rows.append(ThresholdRow(rule, value, row is not None and row.is_off, _inherited(rule, known, integration_id)))
    return Typed(rows)


def typed(rules: Iterable[Rule], sent: Mapping[str, str], known: Thresholds, integration_id: int | None) -> Typed:
    """Return the form with what was typed, what is wrong with it, and what was chosen."""
    rows, chosen = [], {}
    for rule in rules:
        text, is_off = sent.get(rule.kind.value, "")[:MOST_TYPED], bool(sent.get(f"{rule.kind.value}_off"))
        error = ""
        try:
            chosen[rule.kind.value] = Chosen(parse(rule.kind.value, text), is_off)
        except ValidationError as refused:
            error = " ".join(refused.messages)
        rows.append(ThresholdRow(rule, text, is_off, _inherited(rule, known, integration_id), error))
    return Typed(rows, chosen)


def _inherited(rule: Rule, known: Thresholds, integration_id: int | None) -> float | None:
    """Return what applies where nothing is typed: the tenant's own threshold to a stream, else the default."""
    return known.of(rule.kind.value).value if integration_id is not None else rule.default


class EscalationForm(forms.Form):
    """After how long whom else is notified of an alert that no one acknowledged; the time zone of monthly reports."""

    escalation_minutes = forms.IntegerField(
        label=gettext_lazy("Escalate after"),
        min_value=0,
        max_value=MOST_MINUTES,
        help_text=gettext_lazy("Minutes without an acknowledgement, from 5 to 1440; 0 for never."),
    )
    escalate_to = forms.TypedChoiceField(
        label=gettext_lazy("To"), required=False, coerce=int, empty_value=None, choices=()
    )

    report_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=lambda: [(name, name) for name in zones()],
        help_text=gettext_lazy("A month begins at midnight there."),
    )

    def clean_escalation_minutes(self) -> int:
        """Return the minutes. Raises ValidationError below the least, so that it is named with all that is wrong."""
        minutes = int(self.cleaned_data["escalation_minutes"])
        if not is_allowed_wait(minutes):
            raise validation_error(MINUTES_OUT_OF_BOUNDS)
        return minutes

    def __init__(self, data: Mapping[str, str] | None, *, chosen: AlertSettings, people: Iterable[User]) -> None:
        initial: dict[str, Any] = {
            "escalation_minutes": chosen.escalation_minutes,
            "escalate_to": chosen.escalate_to_id or "",
            "report_zone": chosen.report_zone,
        }
        super().__init__(data, initial=initial)
        choices = [("", _("all admins")), *((str(person.pk), person.email) for person in people)]
        cast(forms.ChoiceField, self.fields["escalate_to"]).choices = choices
