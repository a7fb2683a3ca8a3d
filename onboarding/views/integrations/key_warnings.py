"""What the home page says of an integration's access key where something is wrong with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from onboarding.models.states import Look
from portal.tenancy.rights import Right


@dataclass(frozen=True, slots=True)
class KeyWarning:
    """What is wrong, the label of the link to the key's page, and how the integration looks."""

    note: str
    action: str
    look: Look


def key_warning(integration: Any, rights: frozenset[Right], now: datetime) -> KeyWarning | None:
    """Return the most serious finding about the keys of an integration of `home_lists.streams`, or None."""
    note = _compromised(integration)
    if note:
        action = _("Revoke access key") if Right.REVOKE_KEYS in rights else _("View access key")
        return KeyWarning(note, action, Look.FAILING)
    days = next((days for key in integration.ready_credentials if (days := key.unused_days(now)) is not None), None)
    if days is None:
        return None
    note = ngettext(
        "The access key has not been used for %(days)d day.",
        "The access key has not been used for %(days)d days.",
        days,
    )
    return KeyWarning(note % {"days": days}, _("View access key"), Look.ATTENTION)


def _compromised(integration: Any) -> str:
    if integration.is_quarantined:
        return _("AWS has quarantined the access key: it was found in a public place.")
    if integration.is_used_elsewhere:
        return _("The access key was used from an unexpected network.")
    return ""
