"""Reasons that people state on pages, for the audit trail: optional for clients, required of the vendor's staff."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

MOST_CHARACTERS = 300
FIELD = "reason"


def reason_in(typed: QueryDict) -> str:
    """Return the reason of a form on one line, without characters that cannot be read; "" where none was typed."""
    return line_of(typed.get(FIELD, ""))


def line_of(text: str) -> str:
    """Return a text on one line, without characters that cannot be read, cut off where it is too long."""
    text = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(text.split())[:MOST_CHARACTERS]


class VisitForm(forms.Form):
    """Why a member of staff opens a client's pages."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=MOST_CHARACTERS,
        help_text=_(
            "Such as “Ticket 4711: no records since Monday”. It is asked once for each client until you sign out."
        ),
        error_messages={"required": _("State a reason, such as the number of a ticket.")},
    )

    def clean_reason(self) -> str:
        """Return the reason as it is stored; refuse one of characters that cannot be read."""
        reason = line_of(self.cleaned_data[FIELD])
        if not reason:
            raise forms.ValidationError(self.fields[FIELD].error_messages["required"])
        return reason
