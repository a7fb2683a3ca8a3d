"""The form in which an admin chooses the field that names the device kind."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from monitoring.field_catalogue.kind_fields import KindFields
from monitoring.field_catalogue.kind_services import candidates, is_proposed
from monitoring.field_catalogue.paths import path_text


class KindFieldForm(forms.Form):
    """The fields that could name a kind, and none; one that was chosen stays possible when no record has it."""

    kind_field = forms.ChoiceField(
        label=_("Field that names the device kind"),
        required=False,
        widget=forms.Select(attrs={"class": "input"}),
        error_messages={"invalid_choice": _("Choose from the list.")},
    )

    def __init__(self, kind: KindFields | None, chosen: tuple[str, ...], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = candidates(kind)
        if chosen and chosen not in found:
            found.insert(0, chosen)
        self._paths = {path_text(path): path for path in found}
        labels = [
            (text, _("%(field)s (proposed)") % {"field": text} if is_proposed(path) else text)
            for text, path in self._paths.items()
        ]
        self.fields["kind_field"].has_usual = True  # type: ignore[attr-defined]  # the template reads it
        none = ("", _("None: one list for all records"))
        cast(forms.ChoiceField, self.fields["kind_field"]).choices = [none, *labels]
        self.initial = {"kind_field": path_text(chosen) if chosen else ""}

    @property
    def has_choices(self) -> bool:
        """Return whether there is a field to choose."""
        return bool(self._paths)

    def path(self) -> tuple[str, ...]:
        """Return the chosen path, () for none. The form must be valid."""
        return self._paths.get(self.cleaned_data["kind_field"], ())
