"""The section of registered consumers on the wizard's page: added, changed and removed with the page's own buttons."""

from typing import Any

from django.http import QueryDict

from onboarding.connections import boundary_check
from onboarding.drafts import costs
from onboarding.estimates.fan_out_price import fan_out_price
from onboarding.estimates.prices import BASE_REGION
from onboarding.fan_out import form_codec
from onboarding.fan_out.consumer import MOST_CONSUMERS, most_consumers
from onboarding.models.integration import Integration
from onboarding.views.wizard.consumer_section import Section
from onboarding.wizard import fan_out, pages

_LONGEST_TEXT = 1_000


def _read(posted: QueryDict, before: Any) -> dict[str, dict[str, str]]:
    """Return the consumers as typed: those that the draft has, because only a button adds or removes one."""
    return {
        key: {
            field: posted.get(f"fan_out-{key}-{field}", str(values.get(field, ""))).strip()[:_LONGEST_TEXT]
            for field in form_codec.FIELDS
        }
        for key, values in (before or {}).items()
    }


def _press(found: dict[str, dict[str, str]], button: str, _integration: Integration) -> dict[str, dict[str, str]]:
    do, _, key = button.partition(":")
    if do == "fan_out-add" and len(found) < max(MOST_CONSUMERS.values()):
        key = str(max((int(number) for number in found), default=0) + 1)
        return {**found, key: dict(form_codec.SUGGESTED)}
    if do == "fan_out-remove":
        return {number: values for number, values in found.items() if number != key}
    return found


def _context(integration: Integration) -> dict[str, Any]:
    forms, connection = fan_out.fan_out_forms(integration), pages.connection_of(integration)
    has_grant, most = connection is not None and connection.has_grant, most_consumers(fan_out.mode_of(integration))
    region = costs.region_of(integration.draft)
    return {
        "fan_out_forms": forms,
        "may_add_fan_out": len(forms) < most,
        "most_fan_out": most,
        "fan_out_price": fan_out_price(region or BASE_REGION, costs.shards_of(integration.draft)),
        "fan_out_number_problem": fan_out.number_problem(integration),
        "fan_out_problem": boundary_check.fan_out_problem(connection) if connection and has_grant else None,
        "stream_page": pages.url_of(integration, "stream"),
    }


FAN_OUT = Section(
    key="fan_out",
    template="onboarding/_fan_out.html",
    read=_read,
    press=_press,
    error_count=fan_out.error_count,
    context=_context,
)
