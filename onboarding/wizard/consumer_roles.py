"""The consumer roles of a draft: what was typed of each, and the forms over it."""

from typing import Any

from onboarding.drafts import codec
from onboarding.models.integration import Integration
from onboarding.wizard.forms.consumer_role import ConsumerRoleForm

SUBMITTED = "submitted"


def role_forms(integration: Integration, *, always_bound: bool = False) -> list[ConsumerRoleForm]:
    """Return a form for each role that was typed, in order; errors are shown once the page was submitted."""
    page, items = integration.draft.get("consumers", {}), codec.consumer_roles_of(integration.draft)
    region = str(integration.draft.get("stream", {}).get("region", ""))
    submitted = always_bound or bool(page.get(SUBMITTED))
    registered = [str(values.get("name") or "").strip() for values in codec.fan_out_of(integration.draft).values()]
    before: list[dict[str, Any]] = []
    found = []
    for key, values in items.items():
        others = tuple(before)
        found.append(
            ConsumerRoleForm(values, key=key, submitted=submitted, region=region, others=others, registered=registered)
        )
        before.append(values)
    return found


def error_count(integration: Integration) -> int:
    """Return how many fields of the roles have an error."""
    return sum(len(form.errors) for form in role_forms(integration, always_bound=True))
