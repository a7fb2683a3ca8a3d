"""One share of the wizard's page about consumers. The rules are those of the spec."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms

from onboarding.fan_out.consumer import LONGEST_NAME
from onboarding.sharing import form_codec
from onboarding.sharing.share import Share, share_problems
from onboarding.wizard.forms.fields import NAME_INPUT
from portal.messages.catalogue import explanation_of

_LONGEST_ARN = 2_048


class ShareForm(forms.Form):
    """A principal of another account that reads the data stream."""

    label = forms.CharField(
        label="Label",
        max_length=60,
        widget=forms.TextInput(attrs={**NAME_INPUT, "class": "mono"}),
        help_text="A short name such as reporting: lowercase letters, digits and hyphens, at most 30. The ID of the "
        "statement ends with it.",
        error_messages={"required": "Enter a label."},
    )
    principal = forms.CharField(
        label="Who reads",
        max_length=_LONGEST_ARN,
        widget=forms.TextInput(attrs={**NAME_INPUT, "class": "mono"}),
        help_text="The ARN of an IAM role or user in another account, or the 12 digits of that account. For a Lambda "
        "function, the ARN of its execution role. A role or user must exist, or AWS rejects the share.",
        error_messages={"required": "Enter the ARN of an IAM role or user, or an account ID."},
    )
    fan_out = forms.CharField(
        label="Registered consumer",
        required=False,
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={**NAME_INPUT, "class": "mono"}),
        help_text="The name of one consumer with enhanced fan-out, above, as which it reads. If empty, it shares the "
        "throughput of the stream with others.",
    )

    def __init__(
        self,
        values: Mapping[str, Any],
        *,
        key: str,
        submitted: bool,
        account_id: str,
        partition: str = "",
        others: Sequence[Mapping[str, Any]] = (),
        registered: Collection[str] = (),
    ) -> None:
        named = {f"shares-{key}-{field}": str(values.get(field, "")) for field in form_codec.FIELDS}
        super().__init__(named if submitted else None, initial=dict(values), prefix=f"shares-{key}")
        self.key, self._others, self._registered = key, others, registered
        self._account_id, self._partition = account_id or None, partition

    def clean(self) -> dict[str, Any]:
        """Apply the rules of the spec to the fields that have no error yet."""
        given, already = super().clean() or self.cleaned_data, set(self.errors)
        shares = [Share(**form_codec.plain(values)) for values in (*self._others, given)]
        found = share_problems(
            shares,
            kms_key="",
            account_id=self._account_id,
            partition=self._partition,
            registered=self._registered,
        )
        for path, message in found:
            place, _, field = path.partition(".")
            if place == str(len(self._others)) and field not in already and field not in self.errors:
                self.add_error(field, explanation_of(message))
        return self.cleaned_data
