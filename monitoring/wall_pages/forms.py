"""The form of a new link for a screen."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from monitoring import wall_links
from monitoring.wall_link_model import WallLink
from portal.tenancy.models import Tenant, User

_DAYS = [(7, _("7 days")), (30, _("30 days")), (90, _("90 days")), (180, _("180 days")), (365, _("365 days"))]


class WallLinkForm(forms.Form):
    """Where the screen is, and when its link expires."""

    name = forms.CharField(
        label=_("Name"),
        help_text=_("Where the screen is, such as Lobby or Operations room."),
        error_messages={"required": _("Enter a name.")},
    )
    days = forms.TypedChoiceField(
        label=_("Expires after"),
        coerce=int,
        choices=_DAYS,
        initial=wall_links.USUAL_DAYS,
        error_messages={"required": _("Choose from the list."), "invalid_choice": _("Choose from the list.")},
    )

    def __init__(self, person: User, tenant: Tenant | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._person, self._tenant = person, tenant

    def create(self) -> tuple[WallLink, str]:
        """Create the link; return it with its token. Raises ValidationError, which is then among the form's errors."""
        try:
            return wall_links.create(person=self._person, tenant=self._tenant, **self.cleaned_data)
        except ValidationError as refused:
            self.add_error(None, refused)
            raise
