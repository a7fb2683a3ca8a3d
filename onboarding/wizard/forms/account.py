"""Page 1 of the wizard: the AWS account and the role in it."""

from typing import Any

from django import forms

from onboarding.wizard.forms.fields import NAME_INPUT, NUMBER_INPUT, follow
from portal.aws import names
from portal.aws.policies.chosen_permissions import ChosenPermissions, chosen_permissions
from portal.aws.policies.optional_permissions import (
    CONSUMING_PERMISSIONS,
    OPT_IN_PERMISSIONS,
    OPTIONAL_PERMISSIONS,
    READING_PERMISSIONS,
)
from portal.messages.catalogue import text_of


class AccountForm(forms.Form):
    """A new connection: what to call it, and the twelve digits of the account."""

    name = forms.CharField(
        label="Account name",
        max_length=80,
        help_text="Such as “production”. Shown only in Sluice.",
        error_messages={"required": "Enter an account name."},
    )
    account_id = forms.CharField(
        label="AWS account ID",
        help_text="Twelve digits, shown in the top right menu of the AWS console.",
        widget=forms.TextInput(attrs=NUMBER_INPUT),
        error_messages={"required": "Enter the twelve digits of your AWS account ID."},
    )

    def clean_account_id(self) -> str:
        """Accept the ID as the console shows it (with hyphens or spaces) and return the twelve digits."""
        digits = str(self.cleaned_data["account_id"]).replace("-", "").replace(" ", "")
        follow(names.check_account_id, digits)
        return digits


class PermissionsForm(forms.Form):
    """The optional permissions of a grant: a checkbox for each, and ARNs, one per line."""

    other_resources = forms.CharField(
        label="Additional resources",
        required=False,
        help_text="ARNs, one per line: data streams to adopt, secrets, OpenSearch domains and collections, Glue "
        "databases, buckets of their tables, Lambda functions, lease tables. Except for lease tables, not needed for "
        "names that begin with the prefix.",
        widget=forms.Textarea(attrs={**NAME_INPUT, "class": "mono", "rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for permission in OPTIONAL_PERMISSIONS:
            self.fields[f"allow_{permission.key}"] = forms.BooleanField(
                required=False, label=text_of(permission.title), help_text=text_of(permission.explanation)
            )

    @property
    def optional(self) -> ChosenPermissions:
        """Return what was chosen."""
        keys = [permission.key for permission in OPTIONAL_PERMISSIONS]
        allowed = [key for key in keys if self.cleaned_data[f"allow_{key}"]]
        return chosen_permissions(allowed, dict.fromkeys(self.cleaned_data["other_resources"].split()))

    @classmethod
    def of(cls, optional: ChosenPermissions) -> "PermissionsForm":
        """Return the form filled in with a choice."""
        given: dict[str, Any] = {f"allow_{key}": True for key in optional.chosen}
        return cls(initial={**given, "other_resources": "\n".join(optional.others)})

    @property
    def is_open(self) -> bool:
        """Return whether a permission beyond S3 is chosen, a resource is listed, or a field has an error."""
        return bool(self.errors) or any(field.value() for field in (*self.opt_in_fields, self["other_resources"]))

    @property
    def is_reading_open(self) -> bool:
        """Return whether something more may be read, or a field has an error."""
        return bool(self.errors) or any(field.value() for field in self.reading_fields)

    @property
    def opt_out_fields(self) -> list[forms.BoundField]:
        """Return the checkboxes of permissions that are granted by default."""
        return [self[f"allow_{permission.key}"] for permission in OPTIONAL_PERMISSIONS if permission.is_default]

    @property
    def opt_in_fields(self) -> list[forms.BoundField]:
        """Return the checkboxes of permissions for deliveries and other streams, granted only if chosen."""
        elsewhere = (*READING_PERMISSIONS, *CONSUMING_PERMISSIONS)
        keys = [permission.key for permission in OPT_IN_PERMISSIONS if permission.key not in elsewhere]
        return [self[f"allow_{key}"] for key in keys]

    @property
    def reading_fields(self) -> list[forms.BoundField]:
        """Return the checkboxes of what Sluice may read besides, granted only if chosen."""
        return [self[f"allow_{key}"] for key in READING_PERMISSIONS]

    @property
    def is_consuming_open(self) -> bool:
        """Return whether others may get access, or a field has an error."""
        return bool(self.errors) or any(field.value() for field in self.consuming_fields)

    @property
    def consuming_fields(self) -> list[forms.BoundField]:
        """Return the checkboxes of what gives others access to records, granted only if chosen."""
        return [self[f"allow_{key}"] for key in CONSUMING_PERMISSIONS]


class RoleForm(forms.Form):
    """The ARN of the role that the client made from the template."""

    role_arn = forms.CharField(
        label="Role ARN",
        max_length=2048,
        widget=forms.TextInput(attrs={**NAME_INPUT, "class": "mono"}),
        help_text="Prefilled with the role name from the template. Change it only if you changed the template.",
        error_messages={"required": "Enter the role ARN. You find it on the Outputs tab of the CloudFormation stack."},
    )

    def __init__(self, *args: Any, account_id: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account_id = account_id

    def clean_role_arn(self) -> str:
        """Return the ARN if it names a role of the connection's account."""
        arn = str(self.cleaned_data["role_arn"]).strip()
        follow(names.check_role_arn, arn, self.account_id)
        return arn
