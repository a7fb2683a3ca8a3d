"""What people type about alerts: filters, a mute, a note."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from monitoring.alerts.acknowledgement import LONGEST_TEXT
from monitoring.alerts.moments import moment
from monitoring.alerts.rules import OF_STREAM

OTHER = "other"
_HOURS = {"1": _("1 hour"), "4": _("4 hours"), "24": _("1 day"), "168": _("7 days"), "720": _("30 days")}


class MuteForm(forms.Form):
    """For how long, and why."""

    for_hours = forms.ChoiceField(
        label=_("Mute for"), choices=[*_HOURS.items(), (OTHER, _("until a time that I enter"))], initial="24"
    )
    ends_at = forms.CharField(
        label=_("Until (UTC)"),
        required=False,
        help_text=_("Only if you chose to enter a time: at most 90 days from now."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "class": "input"}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_TEXT,
        help_text=_("Shown to everyone who views the alert, such as “Fire drill in building 4”."),
    )

    def clean(self) -> dict[str, Any]:
        """Compute the end of the mute."""
        values = super().clean() or {}
        chosen, typed = values.get("for_hours"), values.get("ends_at", "")
        if chosen == OTHER:
            try:
                values["end"] = moment(typed)
            except ValidationError as refused:
                self.add_error(None, refused)
        elif chosen:
            values["end"] = timezone.now() + timedelta(hours=int(chosen))
        return values


class KindMuteForm(MuteForm):
    """The same for one kind of alerts of a stream."""

    kind = forms.ChoiceField(label=_("Alerts"), choices=[(rule.kind.value, rule.kind.label) for rule in OF_STREAM])
    field_order = ("kind", "for_hours", "ends_at", "reason")


class AcknowledgeForm(forms.Form):
    """What the person says who takes care of an alert."""

    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=LONGEST_TEXT,
        help_text=_("For example what you do about it, or the number of a ticket."),
    )
