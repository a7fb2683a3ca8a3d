"""The form of the estimate's own page: traffic, and the settings of a stream that cost something."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from onboarding.estimates.prices import BASE_REGION
from onboarding.estimates.traffic import MOST_RETENTION_HOURS, DeliverySettings, PlannedStream, Traffic
from onboarding.estimates.typed_traffic import read_traffic
from onboarding.wizard.forms.traffic import TRAFFIC, TrafficFields
from portal.aws import regions
from portal.messages.catalogue import explanation_of
from portal.typed_numbers import NumberRefused, typed_number

_MOST_DELIVERIES = 20
_WHOLE = {"inputmode": "numeric"}
LIVE = (*TRAFFIC, "region", "retention_hours", "deliveries")  # their errors are replaced as one types


def _regions() -> list[tuple[str, str]]:
    return [(code, code) for code in regions.regions_of()]


class EstimateForm(TrafficFields):
    """Traffic and settings; `traffic` and `stream` are there after it was found valid."""

    region = forms.ChoiceField(label=_("Region"), choices=_regions, initial=BASE_REGION)
    retention_hours = forms.CharField(
        label=_("Retention period"),
        required=False,
        max_length=40,
        initial="24",
        widget=forms.TextInput(attrs=_WHOLE),
        help_text=_("24 to 8760 hours. 24 if empty."),
    )
    deliveries = forms.CharField(
        label=_("Deliveries by Firehose"),
        required=False,
        max_length=40,
        initial="0",
        widget=forms.TextInput(attrs=_WHOLE),
        help_text=_("Each reads the stream, and is billed by volume."),
    )
    shard_level_metrics = forms.BooleanField(label=_("Shard-level metrics"), required=False)

    traffic: Traffic | None = None
    stream: PlannedStream | None = None

    def clean(self) -> dict[str, Any]:
        """Read the numbers, each problem at its field."""
        values = super().clean() or {}
        self.traffic, problems = read_traffic({name: str(values.get(name, "")) for name in TRAFFIC})
        for name, message in problems.items():
            if name not in self.errors:
                self.add_error(name, explanation_of(message))
        hours = self._whole("retention_hours", "24", least=24, most=MOST_RETENTION_HOURS)
        deliveries = self._whole("deliveries", "0", least=0, most=_MOST_DELIVERIES)
        if not self.errors:
            self.stream = PlannedStream(
                region=values["region"],
                retention_hours=hours,
                shard_level_metrics=values["shard_level_metrics"],
                deliveries=(DeliverySettings(),) * deliveries,
            )
        return values

    def _whole(self, name: str, usual: str, *, least: int, most: int) -> int:
        text = str(self.cleaned_data.get(name, "")) or usual
        try:
            return int(typed_number(text, least=least, most=most, is_whole=True))
        except NumberRefused as refused:
            self.add_error(name, explanation_of(refused.message))
            return least
