"""Confirmations by a typed name: of a removal, with a checkbox for data that cannot be restored, and of abandoning."""

from django import forms
from django.core.exceptions import ValidationError

from onboarding.wizard.forms.fields import NAME_INPUT
from portal.tenancy.reasons import MOST_CHARACTERS


class TypedNameForm(forms.Form):
    """The stream's name, typed."""

    confirmed = forms.CharField(
        widget=forms.TextInput(attrs=NAME_INPUT),
        error_messages={"required": "Enter the stream name to confirm."},
    )
    reason = forms.CharField(required=False, max_length=MOST_CHARACTERS, help_text="Shown under Activity.")
    refused = "Nothing was changed."

    def __init__(self, typed: object = None, *, stream_name: str) -> None:
        super().__init__(typed)  # type: ignore[arg-type]  # a QueryDict or nothing
        self.stream_name = stream_name
        self.fields["confirmed"].label = f"Type {stream_name} to confirm"

    def clean_confirmed(self) -> str:
        """Return what was typed, if it is the stream's name."""
        typed = str(self.cleaned_data["confirmed"]).strip()
        if typed != self.stream_name:
            raise ValidationError(f"The name does not match “{self.stream_name}”. {self.refused}")
        return typed


class RemovalForm(TypedNameForm):
    """Typed confirmation of a removal; `delete_data` is asked for separately."""

    delete_data = forms.BooleanField(
        label="Also delete the data stream and its records",
        required=False,
        help_text="Records that have not been read or delivered yet are lost permanently. This cannot be undone.",
    )
    field_order = ["delete_data", "reason", "confirmed"]
    refused = "Nothing was removed."
