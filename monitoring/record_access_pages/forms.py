"""The forms of access to records: allowed fields, withheld rights, and an act of unmasking."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from monitoring.record_access_model import RecordAccess
from monitoring.unmasking.acts import MINUTES
from portal.messages.catalogue import text_of
from portal.tenancy.models import Tenant
from portal.tenancy.reasons import MOST_CHARACTERS
from portal.tenancy.rights import TABLE, Right, Role, entry, withholdable

_ROLES = {
    Role.ADMIN: _("Admins"),
    Role.VIEWER: _("Viewers"),
    Role.SUPPORT: _("The vendor’s support"),
    Role.OPERATOR: _("The vendor’s operators"),
}
_STREAM, _TENANT = "stream", "tenant"


class FieldsForm(forms.Form):
    """The fields that the vendor's staff see, a path on each line."""

    paths = forms.CharField(
        label=_("Fields"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"class": "input mono", "rows": 8, "spellcheck": "false"}),
        help_text=_(
            "A path on each line, such as reading.celsius: the names of fields from the outside in, with dots between "
            "them. Lists share the path of their items. At most 100 paths."
        ),
    )
    shows_partition_key = forms.BooleanField(label=_("Show partition keys"), required=False)


class RightsForm(forms.Form):
    """Which rights are withheld from which roles: a box for each pair, ticked where the role has the right."""

    def __init__(self, tenant: Tenant, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for right, role in withholdable():
            self.fields[_name(right, role)] = forms.BooleanField(
                label=_("%(role)s may %(right)s") % {"role": _ROLES[role], "right": text_of(TABLE[right].description)},
                required=False,
                initial=entry(role, right) not in tenant.withheld_rights,
            )

    def withheld(self) -> list[str]:
        """Return what is withheld: the boxes without a tick. The form must be valid."""
        return [entry(role, right) for right, role in withholdable() if not self.cleaned_data[_name(right, role)]]


class UnmaskForm(forms.Form):
    """Why a member of staff unmasks records, which and for how long."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=MOST_CHARACTERS,
        help_text=_("The client reads it. Such as “Ticket 4711: temperatures look wrong since Monday”."),
        error_messages={"required": _("State a reason. The client reads it.")},
    )
    scope = forms.ChoiceField(
        label=_("Records"),
        choices=[(_STREAM, _("Of this stream")), (_TENANT, _("Of all the client’s streams"))],
        initial=_STREAM,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose from the list."), "invalid_choice": _("Choose from the list.")},
    )
    minutes = forms.TypedChoiceField(
        label=_("Ends after"),
        coerce=int,
        choices=[(minutes, _("%(minutes)s minutes") % {"minutes": minutes}) for minutes in MINUTES],
        initial=MINUTES[0],
        error_messages={"required": _("Choose from the list."), "invalid_choice": _("Choose from the list.")},
    )

    @property
    def is_for_stream(self) -> bool:
        """Return whether it is for one stream only. The form must be valid."""
        return bool(self.cleaned_data["scope"] == _STREAM)


def initial_of(access: RecordAccess) -> dict[str, object]:
    """Return what the form of fields shows of what is stored."""
    return {"paths": "\n".join(access.fields), "shows_partition_key": access.shows_partition_key}


def _name(right: Right, role: Role) -> str:
    return f"{right}_{role}"
