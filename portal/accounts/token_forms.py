"""The form of a new API token."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import text_of
from portal.messages.errors import validation_error
from portal.messages.message import Message
from portal.tenancy import tokens
from portal.tenancy.models import ApiToken, Tenant, User
from portal.tenancy.rights import TABLE, Right

DAYS = [(7, _("7 days")), (30, _("30 days")), (90, _("90 days")), (180, _("180 days")), (365, _("365 days"))]


class TokenForm(forms.Form):
    """A name, some of the scopes that the person can give, an end, and for those who want it one tenant."""

    name = forms.CharField(
        label=_("Name"),
        max_length=tokens.MOST_CHARACTERS_OF_NAME,
        help_text=_("What uses the token, such as Pusher in Oslo."),
        error_messages={"required": _("Enter a name.")},
    )
    days = forms.TypedChoiceField(
        label=_("Expires after"),
        coerce=int,
        choices=DAYS,
        initial=tokens.USUAL_DAYS,
        error_messages={"required": _("Choose from the list."), "invalid_choice": _("Choose from the list.")},
    )
    tenant = forms.CharField(
        label=_("Only for the tenant"),
        required=False,
        max_length=40,
        help_text=_("Its short name in addresses, such as northwind. Leave empty for every tenant."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )

    def __init__(self, person: User, offered: list[Right], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._person = person
        self.fields["scopes"] = forms.MultipleChoiceField(
            label=_("Scopes"),
            choices=[(right.value, capfirst(text_of(TABLE[right].description))) for right in offered],
            initial=[right.value for right in offered] if len(offered) == 1 else [],
            widget=forms.CheckboxSelectMultiple,
            help_text=_("What the token may do, as long as you may do it."),
            error_messages={"required": _("Choose at least one scope."), "invalid_choice": _("Choose from the list.")},
        )
        self.order_fields(["name", "scopes", "days", "tenant"])

    def clean_tenant(self) -> Tenant | None:
        """Return the tenant of the slug, if the person may view it."""
        slug = self.cleaned_data["tenant"].strip().lower()
        if not slug:
            return None
        tenant = tokens.tenant_for(self._person, slug)
        if tenant is None:
            raise validation_error(Message("token.tenant_unknown", tenant=slug))
        return tenant

    def create(self) -> tuple[ApiToken, str]:
        """Create the token; return it with its text. Raises ValidationError, which is then among the form's errors."""
        try:
            return tokens.create(person=self._person, actor=self._person, **self.cleaned_data)
        except ValidationError as refused:
            self.add_error(None, refused)
            raise
