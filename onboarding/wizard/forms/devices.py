"""Devices through AWS IoT Core on the wizard's page about consumers. The rules are those of the spec."""

from collections.abc import Mapping
from typing import Any

from django import forms

from onboarding.iot import form_codec
from onboarding.iot.device_source import BY_DEVICE, EVEN, DeviceSource
from onboarding.wizard.forms.fields import NAME_INPUT
from portal.aws.logs import RETENTION_DAYS
from portal.messages.catalogue import explanation_of

_LONGEST_SQL = 2_000
_NAMED = {**NAME_INPUT, "class": "mono"}


class DevicesForm(forms.Form):
    """What the devices of a data stream share."""

    thing_type = forms.CharField(
        label="Thing type",
        max_length=200,
        widget=forms.TextInput(attrs=_NAMED),
        help_text="It cannot be renamed later.",
        error_messages={"required": "Enter the name of the thing type."},
    )
    thing_group = forms.CharField(
        label="Thing group",
        max_length=200,
        widget=forms.TextInput(attrs=_NAMED),
        help_text="It cannot be renamed later.",
        error_messages={"required": "Enter the name of the thing group."},
    )
    topic_prefix = forms.CharField(
        label="Topic prefix",
        max_length=200,
        widget=forms.TextInput(attrs=_NAMED),
        help_text=(
            "Each device can publish only below this prefix and its own name. It must not overlap with the prefix of "
            "another integration in this account and Region."
        ),
        error_messages={"required": "Enter the first levels of the topics."},
    )
    sql = forms.CharField(
        label="SQL of the topic rule",
        max_length=_LONGEST_SQL,
        required=False,
        widget=forms.Textarea(attrs={**_NAMED, "rows": 3}),
        help_text="Empty: the whole message, with its topic and the time at which AWS received it.",
    )
    partition_key = forms.ChoiceField(
        label="Partition key",
        choices=[
            (EVEN, "A new one for each record: shards are used evenly"),
            (BY_DEVICE, "The name of the device: its records stay in order"),
        ],
    )
    log_retention_days = forms.ChoiceField(
        label="Keep errors of the rule for",
        choices=[(str(days), f"{days} days" if days > 1 else "1 day") for days in RETENTION_DAYS],
    )

    def __init__(self, values: Mapping[str, Any], *, submitted: bool, name_prefix: str) -> None:
        named = {f"devices-{field}": str(values.get(field, "")) for field in form_codec.FIELDS}
        super().__init__(named if submitted else None, initial=dict(values), prefix="devices")
        self._name_prefix = name_prefix
        for field in ("thing_type", "thing_group", "topic_prefix"):
            shown = self.fields[field]
            shown.help_text = f"Begins with {name_prefix}. {shown.help_text}"

    def clean(self) -> dict[str, Any]:
        """Apply the rules of the spec to the fields that have no error yet."""
        given, already = super().clean() or self.cleaned_data, set(self.errors)
        if "log_retention_days" in already:
            return self.cleaned_data
        source = DeviceSource(**form_codec.plain(given))
        for field, message in source.problems(self._name_prefix):
            if field not in already and field not in self.errors:
                self.add_error(field, explanation_of(message))
        return self.cleaned_data
