"""Rows of version 0.1 hold finished English instead of a code: they keep it as the parameter of one message."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry
from portal.messages.message import Message

ENTRIES = {"legacy.text": Entry(_("%(text)s"), _("%(todo)s"))}


def legacy(text: str, todo: str = "") -> Message | None:
    """Return the message that holds a row's earlier text, or None where the row had none."""
    return Message("legacy.text", text=text, todo=todo) if text else None
