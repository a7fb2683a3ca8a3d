"""The form of a stream's monitoring settings."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from monitoring.expected_hours.registry_form import RegistryForm
from monitoring.expected_hours.services import DAYS, HOURS, Chosen
from monitoring.models import ExpectedHours
from monitoring.readers.sources import MOST_TABLES
from monitoring.silence.calendar import countries, zones

DAY_NAMES = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday and holidays"),
)
_STARTS = [("", "–"), *((str(hour), f"{hour:02}:00") for hour in range(HOURS))]
_ENDS = [("", "–"), *((str(hour), f"{hour:02}:00") for hour in range(1, HOURS + 1))]

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
_TABLE = re.compile(r"[A-Za-z0-9_.-]{3,255}")


class ExpectedHoursForm(RegistryForm):
    """The source, the building's calendar, and a range of hours for each day of the week."""

    source = forms.ChoiceField(
        label=_("When are records expected?"),
        widget=forms.RadioSelect,
        choices=[
            ("learned", _("When they usually came in the last four weeks")),
            ("set", _("In the hours that I set")),
            ("off", _("Never report silence of this stream")),
        ],
    )
    zone = forms.ChoiceField(label=_("Time zone of the building"), choices=lambda: [(name, name) for name in zones()])
    country = forms.ChoiceField(
        label=_("Public holidays of"),
        required=False,
        choices=lambda: [("", _("no country")), *((code, code) for code in countries())],
        help_text=_("A country’s code, such as NO. A holiday counts as a Sunday."),
    )

    read_seconds = forms.TypedChoiceField(
        label=_("Read metrics while no one watches"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            ("", _("as often as the vendor set it")),
            ("60", _("every minute")),
            ("300", _("every 5 minutes")),
            ("900", _("every 15 minutes")),
            ("3600", _("every hour")),
        ],
        help_text=_(
            "More seldom costs less, and a fault is found later. While a page of the stream is open: each minute."
        ),
    )

    lease_tables = forms.CharField(
        label=_("Lease tables of KCL applications"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"class": "mono", "rows": 3, "spellcheck": "false"}),
        help_text=_(
            "Names of DynamoDB tables, one per line: of applications of the Kinesis Client Library that read this "
            "stream. The connection must allow Sluice to read them."
        ),
    )

    def clean_lease_tables(self) -> list[str]:
        """Return the names, each once."""
        names = list(dict.fromkeys(str(self.cleaned_data["lease_tables"]).split()))
        if len(names) > MOST_TABLES:
            raise forms.ValidationError(_("Enter at most %(most)s tables.") % {"most": MOST_TABLES})
        for name in names:
            if not _TABLE.fullmatch(name):
                raise forms.ValidationError(_("“%(name)s” is not the name of a DynamoDB table.") % {"name": name[:80]})
        return names

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day in range(DAYS):
            self.fields[f"from_{day}"] = forms.ChoiceField(required=False, choices=_STARTS)
            self.fields[f"to_{day}"] = forms.ChoiceField(required=False, choices=_ENDS)

    @classmethod
    def of(cls, row: ExpectedHours | None) -> "ExpectedHoursForm":
        """Return the form with what is stored."""
        row = row or ExpectedHours()
        kept = ("source", "zone", "country", "read_seconds", "schema_registry", "registry_key")
        initial: dict[str, Any] = {name: getattr(row, name) for name in kept}
        initial["lease_tables"] = "\n".join(row.lease_tables)
        for day in range(DAYS):
            hours = [hour - HOURS * day for hour in row.hours if hour // HOURS == day]
            if hours:
                initial |= {f"from_{day}": str(min(hours)), f"to_{day}": str(max(hours) + 1)}
        return cls(initial=initial, row=row)

    def days(self) -> list[dict[str, Any]]:
        """Return the name and the two fields of each day."""
        fields = [(name, self[f"from_{day}"], self[f"to_{day}"]) for day, name in enumerate(DAY_NAMES)]
        return [
            {"name": name, "start": start, "end": end, "errors": [*start.errors, *end.errors]}
            for name, start, end in fields
        ]

    def clean(self) -> dict[str, Any]:
        """Check that each day's range has both ends in order, and that set hours are at least one."""
        values = super().clean() or {}
        if values.get("source") != "set":
            return values
        ranges = []
        for day in range(DAYS):
            start, end = values.get(f"from_{day}", ""), values.get(f"to_{day}", "")
            if f"from_{day}" in self.errors or f"to_{day}" in self.errors:
                continue
            if bool(start) != bool(end):
                self.add_error(f"from_{day}", _("Choose both a start and an end, or neither."))
            elif start and int(start) >= int(end):
                self.add_error(f"from_{day}", _("The end must be after the start."))
            ranges.append((int(start), int(end)) if start and end else None)
        if not any(ranges) and not self.errors:
            self.add_error("source", _("Set the hours of at least one day."))
        return values | {"ranges": tuple(ranges)}

    def chosen(self) -> Chosen:
        """Return what a person chose; only for a form that is valid."""
        values = self.cleaned_data
        ranges = values.get("ranges", (None,) * DAYS)
        return Chosen(
            values["source"],
            values["zone"],
            values["country"],
            ranges,
            values["read_seconds"],
            tuple(values["lease_tables"]),
            self.registry(),
        )
