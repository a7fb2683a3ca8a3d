"""The posted values of a delivery's form. A secret typed into it is refused and never stored."""

from typing import Any

from onboarding.deliveries.form_codec import kind_of
from onboarding.deliveries.form_inputs import InputKind
from onboarding.deliveries.form_schema import inputs_of
from onboarding.deliveries.secret_detection import REFUSAL, is_token, looks_secret, must_not_be_kept
from onboarding.drafts import codec
from onboarding.models.integration import Integration
from onboarding.views.page import typed
from onboarding.views.wizard.delivery_context import PAGE
from onboarding.wizard import pages
from portal.tenancy.access import TenantRequest


def posted_values(request: TenantRequest, integration: Integration, key: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the posted values that may be kept, and for each field that may not, why."""
    before = codec.deliveries_of(integration.draft).get(key, {})
    values = typed(request, PAGE)
    for item in inputs_of(kind_of(values)):
        if item.kind is InputKind.CHECKBOX:
            values.setdefault(item.field, "")
    refused = dict.fromkeys(_secret_fields(values), REFUSAL.as_json())
    values = {**values, **dict.fromkeys(refused, "")}
    if before.get(pages.SUBMITTED):
        values[pages.SUBMITTED] = True
    answered = before.get(pages.REFUSED, {})
    values[pages.REFUSED] = {
        field: message for field, message in answered.items() if before.get(field) == values.get(field)
    }
    return values, refused


def _secret_fields(values: dict[str, Any]) -> list[str]:
    """Return the fields that hold what must not be stored in a draft."""
    inputs = {item.field: item for item in inputs_of(kind_of(values))}
    return [
        field
        for field, value in values.items()
        if (must_not_be_kept(inputs[field], value) if field in inputs else looks_secret(value) or is_token(value))
    ]
