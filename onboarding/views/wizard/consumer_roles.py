"""The section of consumer roles on the wizard's page: added, changed and removed with the page's own buttons."""

from typing import Any

from django.http import QueryDict

from onboarding.connections import boundary_check
from onboarding.consumers import form_codec
from onboarding.consumers.role import MOST_ROLES
from onboarding.models.integration import Integration
from onboarding.views.wizard.consumer_section import Section
from onboarding.wizard import consumer_roles, pages

_LONGEST_TEXT = 10_000


def _read(posted: QueryDict, before: Any) -> dict[str, dict[str, str]]:
    """Return the roles as typed: those that the draft has, because only a button adds or removes one."""
    return {
        key: {
            field: posted.get(f"roles-{key}-{field}", str(values.get(field, ""))).strip()[:_LONGEST_TEXT]
            for field in form_codec.FIELDS
        }
        for key, values in (before or {}).items()
    }


def _press(roles: dict[str, dict[str, str]], button: str, _integration: Integration) -> dict[str, dict[str, str]]:
    do, _, key = button.partition(":")
    if do == "roles-add" and len(roles) < MOST_ROLES:
        key = str(max((int(number) for number in roles), default=0) + 1)
        return {**roles, key: dict(form_codec.SUGGESTED)}
    if do == "roles-remove":
        return {number: values for number, values in roles.items() if number != key}
    return roles


def _context(integration: Integration) -> dict[str, Any]:
    forms, connection = consumer_roles.role_forms(integration), pages.connection_of(integration)
    has_grant = connection is not None and connection.has_grant
    return {
        "role_forms": forms,
        "may_add_role": len(forms) < MOST_ROLES,
        "consumers_problem": boundary_check.consumers_problem(connection) if connection and has_grant else None,
    }


ROLES = Section(
    key="roles",
    template="onboarding/_consumer_roles.html",
    read=_read,
    press=_press,
    error_count=consumer_roles.error_count,
    context=_context,
)
