"""The forms of a tenant's people: whom to invite, and who joins."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import TenantRole, User

_ADDRESS = {"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}


class InviteForm(forms.Form):
    """An address, and the role that its person is given."""

    email = forms.EmailField(
        label=_("Email"),
        max_length=254,
        widget=forms.EmailInput(attrs=_ADDRESS),
        error_messages={
            "required": _("Enter the email address of the person."),
            "invalid": _("Enter an email address, such as ada@example.com."),
        },
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[
            (TenantRole.VIEWER, _("Viewer: views everything, changes nothing")),
            (TenantRole.ADMIN, _("Admin: sets up streams and downloads access keys")),
        ],
        initial=TenantRole.VIEWER,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a role."), "invalid_choice": _("Choose a role.")},
    )


class JoinForm(forms.Form):
    """The name and password of a person who has no account yet."""

    full_name = forms.CharField(
        label=_("Name"), max_length=120, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    new_password1 = forms.CharField(strip=False, max_length=4096, error_messages={"required": _("Choose a password.")})
    new_password2 = forms.CharField(
        strip=False, max_length=4096, error_messages={"required": _("Repeat the password.")}
    )

    def __init__(self, email: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._email = email

    def clean(self) -> None:
        """Check that both passwords are the same, and strong enough for the person."""
        first, second = (self.cleaned_data.get(name) for name in ("new_password1", "new_password2"))
        if not first or not second:
            return
        if first != second:
            self.add_error("new_password2", _("The passwords are not the same."))
            return
        try:
            # The password must not resemble the address or the name, so the checks get a person who is not saved.
            validate_password(first, User(email=self._email, full_name=self.cleaned_data.get("full_name", "")))
        except ValidationError as weak:
            self.add_error("new_password1", weak)
