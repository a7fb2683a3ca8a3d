"""The filters of a tenant's activity: who, which actions, on what, and between which dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from portal.tenancy.audit_search import AuditFilter

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

# Value in the address → what people choose, and the beginnings of the actions.
ACTS = {
    "connections": (_("Connections"), ("onboarding:connection:", "tenancy:aws-administrator:")),
    "keys": (_("OpenPGP keys"), ("onboarding:pgpkey:",)),
    "integrations": (
        _("Integrations"),
        (
            "onboarding:integration:",
            "onboarding:change:",
            "onboarding:stream:",
            "onboarding:thing:",
            "onboarding:things:",
            "provisioning:thing:",
            "onboarding:self-managed:",
            "provisioning:stream:",
            "monitoring:diagnosis:",
            "monitoring:expected-hours:",
            "monitoring:device-kinds:",
            "tenancy:share:",
        ),
    ),
    "alerts": (
        _("Alerts"),
        ("monitoring:alert:", "monitoring:alert-threshold:", "monitoring:alert-settings:"),
    ),
    "runs": (
        _("Runs"),
        (
            "onboarding:run:",
            "onboarding:repair:",
            "onboarding:removal:",
            "provisioning:run:",
            "provisioning:removal:",
        ),
    ),
    "access-keys": (_("Access keys"), ("onboarding:credential:", "provisioning:credential:")),
    "producer-roles": (_("Producers’ roles"), ("onboarding:producer-role:", "provisioning:producer-role:")),
    "drift": (_("Configuration drift"), ("onboarding:drift:",)),
    "people": (
        _("People, API tokens and wall displays"),
        ("tenancy:membership:", "tenancy:person:", "tenancy:invitation:", "tenancy:token:", "monitoring:wall-link:"),
    ),
    "records": (
        _("Access to records"),
        (
            "monitoring:allowed-fields:",
            "monitoring:withheld-rights:",
            "monitoring:unmasking:",
            "monitoring:records:",
        ),
    ),
    "notifications": (_("Notifications and webhooks"), ("outbox:",)),
    "staff": (_("Visits by staff"), ("tenancy:staff:",)),
    "organisation": (_("Organisation"), ("tenancy:tenant:",)),
}
_RANGE = _("Enter a date between 2000 and 2200.")
_SENSIBLE = [MinValueValidator(date(2000, 1, 1), _RANGE), MaxValueValidator(date(2200, 12, 31), _RANGE)]


def _day(label: _StrOrPromise) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date", "class": "input"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget, validators=_SENSIBLE)


def _text(label: _StrOrPromise, placeholder: _StrOrPromise) -> forms.CharField:
    widget = forms.TextInput(attrs={"class": "input", "placeholder": placeholder})
    return forms.CharField(label=label, required=False, max_length=254, widget=widget)


class ActivityFilter(forms.Form):
    """What is looked for; every field can be empty."""

    who = _text(_("Person"), _("Email address"))
    act = forms.ChoiceField(
        label=_("Actions"),
        required=False,
        choices=[("", _("All actions")), *((value, label) for value, (label, _acts) in ACTS.items())],
        widget=forms.Select(attrs={"class": "input"}),
    )
    object = _text(_("Object"), _("Name or ID"))
    since = _day(_("From"))
    until = _day(_("To"))

    def wanted(self) -> AuditFilter | None:
        """Return what is looked for, or None where a field is not valid."""
        if not self.is_valid():
            return None
        given = self.cleaned_data
        acts = ACTS[given["act"]][1] if given["act"] else ()
        return AuditFilter(
            who=given["who"], acts=acts, target=given["object"], since=given["since"], until=given["until"]
        )

    def query(self) -> Mapping[str, str]:
        """Return the parameters that are given, for the addresses of other pages and of files."""
        return {name: self.data[name] for name in self.fields if self.data.get(name)}
