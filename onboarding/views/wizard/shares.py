"""The section of shares on the wizard's page: added, changed and removed with the page's own buttons."""

from typing import Any

from django.http import QueryDict

from onboarding.connections import boundary_check
from onboarding.models.integration import Integration
from onboarding.sharing import form_codec
from onboarding.sharing.share import MOST_SHARES
from onboarding.views.wizard.consumer_section import Section
from onboarding.wizard import pages, shares

_LONGEST_TEXT = 4_000


def _read(posted: QueryDict, before: Any) -> dict[str, dict[str, str]]:
    """Return the shares as typed: those that the draft has, because only a button adds or removes one."""
    return {
        key: {
            field: posted.get(f"shares-{key}-{field}", str(values.get(field, ""))).strip()[:_LONGEST_TEXT]
            for field in form_codec.FIELDS
        }
        for key, values in (before or {}).items()
    }


def _press(found: dict[str, dict[str, str]], button: str, _integration: Integration) -> dict[str, dict[str, str]]:
    do, _, key = button.partition(":")
    if do == "shares-add" and len(found) < MOST_SHARES:
        key = str(max((int(number) for number in found), default=0) + 1)
        return {**found, key: dict(form_codec.SUGGESTED)}
    if do == "shares-remove":
        return {number: values for number, values in found.items() if number != key}
    return found


def _context(integration: Integration) -> dict[str, Any]:
    forms, connection = shares.share_forms(integration), pages.connection_of(integration)
    has_grant = connection is not None and connection.has_grant
    return {
        "share_forms": forms,
        "may_add_share": len(forms) < MOST_SHARES,
        "share_region": str(integration.draft.get("stream", {}).get("region", "")),
        "share_encryption": str(integration.draft.get("stream", {}).get("encryption") or "aws"),
        "share_key_problem": shares.key_problem(integration),
        "sharing_problem": boundary_check.sharing_problem(connection) if connection and has_grant else None,
        "stream_page": pages.url_of(integration, "stream"),
    }


SHARES = Section(
    key="shares",
    template="onboarding/_shares.html",
    read=_read,
    press=_press,
    error_count=shares.error_count,
    context=_context,
)
