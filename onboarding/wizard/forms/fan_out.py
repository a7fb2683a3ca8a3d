"""One registered consumer of the wizard's page about consumers. The rules are those of the spec."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from onboarding.fan_out import form_codec
from onboarding.fan_out.consumer import LONGEST_NAME, FanOutConsumer, fan_out_problems
from onboarding.wizard.forms.fields import NAME_INPUT
from portal.messages.catalogue import explanation_of


class FanOutForm(forms.Form):
    """A consumer that is registered with the data stream."""

    name = forms.CharField(
        label="Consumer name",
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={**NAME_INPUT, "class": "mono"}),
        help_text="The name that the application uses, such as reporting: letters, digits, underscores, periods and "
        "hyphens, at most 128. It cannot be changed later.",
        error_messages={"required": "Enter a name."},
    )

    def __init__(
        self, values: Mapping[str, Any], *, key: str, submitted: bool, others: Sequence[Mapping[str, Any]] = ()
    ) -> None:
        named = {f"fan_out-{key}-{field}": str(values.get(field, "")) for field in form_codec.FIELDS}
        super().__init__(named if submitted else None, initial=dict(values), prefix=f"fan_out-{key}")
        self.key, self._others = key, others

    def clean(self) -> dict[str, Any]:
        """Apply the rules of the spec to the fields that have no error yet."""
        given, already = super().clean() or self.cleaned_data, set(self.errors)
        consumers = [FanOutConsumer(**form_codec.plain(values)) for values in (*self._others, given)]
        for path, message in fan_out_problems(consumers, mode="ON_DEMAND"):
            place, _, field = path.partition(".")
            if place == str(len(self._others)) and field not in already and field not in self.errors:
                self.add_error(field, explanation_of(message))
        return self.cleaned_data
