"""The fields of the estimate: traffic as it is typed, on a page of its own and on the stream's page of the wizard."""

from django import forms
from django.utils.translation import gettext_lazy as _

from onboarding.estimates.typed_traffic import RULES

_MOST_TYPED = 60
_ATTRS = {"inputmode": "decimal"}


def _number(name: str, label: object, help_text: object = "") -> forms.CharField:
    field = forms.CharField(
        label=label,  # type: ignore[arg-type]  # Django translates a lazy text later
        required=False,
        max_length=_MOST_TYPED,
        initial=RULES[name].usual,
        widget=forms.TextInput(attrs=_ATTRS),
        help_text=help_text,  # type: ignore[arg-type]  # Django translates a lazy text later
    )
    field.has_usual = True  # type: ignore[attr-defined]  # the template reads it: an empty field needs no mark
    return field


class TrafficFields(forms.Form):
    """Traffic: kept as typed, so that a page shows again what it could not read."""

    records_per_second = _number(
        "records_per_second",
        _("Records per second at peak"),
        _("All sensors together, in the busiest minute, such as 1500."),
    )
    record_bytes = _number("record_bytes", _("Average record size"), _("With its partition key. 1024 if empty."))
    burst_factor = _number(
        "burst_factor", _("Burst factor"), _("How much short bursts exceed the peak: 2 for twice. 1 if empty.")
    )
    average_percent = _number(
        "average_percent",
        _("Average of the month"),
        _("In per cent of the peak. Decides what is billed by volume. 100 if empty."),
    )
    shared_consumers = _number(
        "shared_consumers", _("Consumers"), _("Applications that share the throughput. Deliveries are added.")
    )
    fanout_consumers = _number(
        "fanout_consumers", _("Consumers with enhanced fan-out"), _("Each has throughput of its own. 0 if empty.")
    )
    devices = _number(
        "devices",
        _("Devices through AWS IoT Core"),
        _("If any, all records are taken to come from them. 0 if empty."),
    )


TRAFFIC = tuple(TrafficFields.base_fields)
