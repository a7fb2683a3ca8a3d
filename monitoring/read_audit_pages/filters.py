"""The filters of the page that shows who was sent records: person, stream, masked or not, and dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from monitoring.read_audit.search import SHOWN_CLEAR, SHOWN_MASKED, ReadFilter

_RANGE = _("Enter a date between 2000 and 2200.")
_SENSIBLE = [MinValueValidator(date(2000, 1, 1), _RANGE), MaxValueValidator(date(2200, 12, 31), _RANGE)]
_DAY = {"type": "date", "class": "input"}


class ReadsFilter(forms.Form):
    """What is looked for; every field can be empty."""

    who = forms.CharField(
        label=_("Person"),
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"class": "input", "placeholder": _("Email address")}),
    )
    stream = forms.CharField(
        label=_("Stream"),
        required=False,
        max_length=128,
        widget=forms.TextInput(attrs={"class": "input", "placeholder": _("Name or ID")}),
    )
    shown = forms.ChoiceField(
        label=_("Values"),
        required=False,
        choices=[("", _("Masked or not")), (SHOWN_MASKED, _("Masked")), (SHOWN_CLEAR, _("Not masked"))],
        widget=forms.Select(attrs={"class": "input"}),
    )
    since = forms.DateField(
        label=_("From"),
        required=False,
        widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"),
        validators=_SENSIBLE,
    )
    until = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"), validators=_SENSIBLE
    )

    def wanted(self) -> ReadFilter | None:
        """Return what is looked for, or None where a field is not valid."""
        return ReadFilter(**self.cleaned_data) if self.is_valid() else None

    def query(self) -> Mapping[str, str]:
        """Return the parameters that are given, for the addresses of other pages and of the file."""
        return {name: self.data[name] for name in self.fields if self.data.get(name)}
