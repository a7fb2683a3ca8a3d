"""The part of a stream's monitoring settings that is about its schema registry: address, key and secret."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from monitoring.expected_hours.registry_credentials import ChosenRegistry, has_same_host
from monitoring.models import ExpectedHours
from portal.outbound.url import MOST_CHARACTERS, AddressRefused, parse
from portal.secret_store import store

_KEY = re.compile(r"[\x21-\x39\x3b-\x7e]+")  # a colon would end it (RFC 7617)
_SECRET = re.compile(r"[\x20-\x7e]+")


class RegistryForm(forms.Form):
    """The address of a Confluent Schema Registry, and what it requires. A stored secret is never shown."""

    schema_registry = forms.CharField(
        label=_("Confluent Schema Registry"),
        required=False,
        max_length=MOST_CHARACTERS,
        widget=forms.URLInput(attrs={"class": "mono", "spellcheck": "false"}),
        help_text=_(
            "An address such as https://registry.example.com. Sluice reads from it the Avro schemas that records name."
        ),
    )
    registry_key = forms.CharField(
        label=_("Key of the registry"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"class": "mono", "spellcheck": "false"}),
        help_text=_("Its API key or user name. Empty: the registry is read without credentials."),
    )
    registry_secret = forms.CharField(
        label=_("Secret of the registry"),
        required=False,
        strip=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"class": "mono", "autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, row: ExpectedHours | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row or ExpectedHours()
        self.fields["registry_secret"].help_text = (
            _("Set. Leave empty to keep it; without a key it is removed. It is never shown.")
            if self.row.registry_secret
            else _("Stored encrypted, sent to this address only, and never shown.")
        )

    def clean_schema_registry(self) -> str:
        """Return the address, which is on the Internet."""
        address = str(self.cleaned_data["schema_registry"]).rstrip("/")
        if not address:
            return ""
        try:
            has_query = "?" in parse(address).path
        except AddressRefused:
            has_query = True
        if has_query:
            raise forms.ValidationError(
                _("Enter an address on the Internet, such as https://registry.example.com, with port 443 or 8443.")
            )
        return address

    def clean_registry_key(self) -> str:
        """Return the key."""
        key = str(self.cleaned_data["registry_key"])
        if key and not _KEY.fullmatch(key):
            raise forms.ValidationError(_("Enter a key of ASCII characters, without spaces and colons."))
        return key

    def clean_registry_secret(self) -> str:
        """Return the secret, "" where none was entered."""
        secret = str(self.cleaned_data["registry_secret"])
        if secret and not _SECRET.fullmatch(secret):
            raise forms.ValidationError(_("Enter a secret of ASCII characters."))
        if secret and not store.is_on():
            raise forms.ValidationError(
                _("Sluice cannot store secrets here: its operator must set SLUICE_ENCRYPTION_KEYS_FILE.")
            )
        return secret

    def clean(self) -> dict[str, Any]:
        """Check that key, secret and address belong together."""
        values = super().clean() or {}
        names = {"schema_registry", "registry_key", "registry_secret"}
        if not names & self.errors.keys():
            self._check_credentials(*(values[name] for name in ("schema_registry", "registry_key", "registry_secret")))
        return values

    def _check_credentials(self, address: str, key: str, secret: str) -> None:
        if secret and not key:
            self.add_error("registry_key", _("Enter the key of this secret."))
        elif key and not address:
            self.add_error("schema_registry", _("Enter the address of the registry that this key is for."))
        elif key and not secret and not self._keeps(address, key):
            self.add_error("registry_secret", _("Enter the secret of this key at this address."))

    def _keeps(self, address: str, key: str) -> bool:
        is_same = has_same_host(self.row.schema_registry, address) and key == self.row.registry_key
        return bool(self.row.registry_secret) and is_same

    def registry(self) -> ChosenRegistry:
        """Return what a person chose; only for a form that is valid."""
        values = self.cleaned_data
        return ChosenRegistry(values["schema_registry"], values["registry_key"], values["registry_secret"])
