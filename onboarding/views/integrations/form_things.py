"""The form that adds things: one by its name, or many from a CSV file, and who gets their private keys."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from onboarding.iot.thing_file import MOST_BYTES, FileRefused, read_things
from onboarding.iot.thing_rules import NewThing, problems
from onboarding.models.integration import Integration
from onboarding.things.selectors import listed, usable_keys
from portal.messages.errors import validation_error


class ThingsForm(forms.Form):
    """What a person typed or chose; `things` are checked whole by then."""

    name = forms.CharField(
        label=_("Device name"),
        required=False,
        max_length=128,
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "none"}),
    )
    file = forms.FileField(
        label=_("CSV file with several devices"),
        required=False,
        help_text=_("Up to 1,000. The first row names the columns: “name”, then an attribute in each column."),
    )
    recipients = forms.MultipleChoiceField(
        label=_("Recipients of the private keys"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one OpenPGP key.")},
    )

    def __init__(self, *args: Any, integration: Integration, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._integration = integration
        self.things: list[NewThing] = []
        connection = integration.connection
        self._prefix = connection.name_prefix if connection else ""
        self.fields["name"].help_text = _("Begins with “%(prefix)s”.") % {"prefix": self._prefix}
        keys = usable_keys(integration)
        chosen: Any = self.fields["recipients"]
        chosen.choices = [(key.fingerprint, key.title) for key in keys]
        own = set((integration.spec or {}).get("recipients") or [])
        self.initial.setdefault("recipients", [key.fingerprint for key in keys if key.fingerprint in own])

    def clean(self) -> dict[str, Any]:
        """Read the file or the name; each problem of a file is an error of its field."""
        cleaned: dict[str, Any] = super().clean() or {}
        name, file = cleaned.get("name", ""), cleaned.get("file")
        if bool(name) == bool(file):
            raise ValidationError(_("Enter a device name, or choose a CSV file."))
        if file:
            self._read(file)
        else:
            self._check(NewThing(name))
        return cleaned

    def _read(self, file: Any) -> None:
        taken = frozenset(listed(self._integration).values_list("name", flat=True))
        content = file.read(MOST_BYTES + 1)
        try:
            self.things = read_things(content, name_prefix=self._prefix, taken=taken)
        except FileRefused as refused:
            for message in refused.messages:
                self.add_error("file", validation_error(message))

    def _check(self, thing: NewThing) -> None:
        for _column, message in problems(thing, self._prefix):
            self.add_error("name", validation_error(message))
        self.things = [thing]
