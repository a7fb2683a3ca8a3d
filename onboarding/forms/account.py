"""Page 1 of the wizard: the AWS account and the role in it."""

from typing import Any

from django import forms

from onboarding.forms.rules import NAME_INPUT, NUMBER_INPUT, follow
from portal.aws import names


class AccountForm(forms.Form):
    """A new connection: what to call it, and the twelve digits of the account."""

    name = forms.CharField(
        label="What to call this account",
        max_length=80,
        help_text="For people, such as “production”. It stands nowhere in AWS.",
        error_messages={"required": "Give the account a name that your colleagues will recognise."},
    )
    account_id = forms.CharField(
        label="AWS account ID",
        help_text="Twelve digits. The menu at the top right of the AWS console shows them.",
        widget=forms.TextInput(attrs=NUMBER_INPUT),
        error_messages={"required": "Type the twelve digits of your AWS account ID."},
    )

    allow_sampling = forms.BooleanField(required=False)
    allow_deletion = forms.BooleanField(required=False)

    def clean_account_id(self) -> str:
        """Accept the ID as the console shows it (with hyphens or spaces) and return the twelve digits."""
        digits = str(self.cleaned_data["account_id"]).replace("-", "").replace(" ", "")
        follow(names.check_account_id, digits)
        return digits


class RoleForm(forms.Form):
    """The ARN of the role that the client made from the template."""

    role_arn = forms.CharField(
        label="Role ARN",
        max_length=2048,
        widget=forms.TextInput(attrs={**NAME_INPUT, "class": "mono"}),
        help_text="Filled in with the name that the template gives. Change it only if you changed the template.",
        error_messages={"required": "Paste the ARN of the role; the stack’s Outputs tab shows it."},
    )

    def __init__(self, *args: Any, account_id: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account_id = account_id

    def clean_role_arn(self) -> str:
        """Return the ARN if it names a role of the connection's account."""
        arn = str(self.cleaned_data["role_arn"]).strip()
        follow(names.check_role_arn, arn, self.account_id)
        return arn
