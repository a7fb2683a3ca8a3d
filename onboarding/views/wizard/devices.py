"""The section of devices on the wizard's page: added, changed and removed with the page's own buttons."""

from typing import Any

from django.http import QueryDict

from onboarding.connections import boundary_check
from onboarding.iot import form_codec
from onboarding.iot.suggested_names import suggested_devices
from onboarding.models.integration import Integration
from onboarding.views.wizard.consumer_section import Section
from onboarding.wizard import devices, pages
from onboarding.wizard.forms.fields import prefix_of

_LONGEST_TEXT = 4_000


def _read(posted: QueryDict, before: Any) -> dict[str, str]:
    """Return what was typed, if the draft has devices: only a button adds or removes them."""
    return {
        field: posted.get(f"devices-{field}", str(value)).strip()[:_LONGEST_TEXT]
        for field, value in (before or {}).items()
        if field in form_codec.FIELDS
    }


def _press(found: dict[str, str], button: str, integration: Integration) -> dict[str, str]:
    if button == "devices-add":
        stream = pages.values_of(integration, "stream").get("name", "")
        return found or suggested_devices(str(stream), prefix_of(pages.connection_of(integration)))
    return {} if button == "devices-remove" else found


def _context(integration: Integration) -> dict[str, Any]:
    connection = pages.connection_of(integration)
    has_grant = connection is not None and connection.has_grant
    return {
        "devices_form": devices.devices_form(integration),
        "devices_problem": boundary_check.devices_problem(connection) if connection and has_grant else None,
    }


DEVICES = Section(
    key="devices",
    template="onboarding/_devices_section.html",
    read=_read,
    press=_press,
    error_count=devices.error_count,
    context=_context,
)
