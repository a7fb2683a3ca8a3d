"""The devices of a draft: what was typed, and the form over it."""

from onboarding.drafts import codec
from onboarding.models.integration import Integration
from onboarding.wizard import pages
from onboarding.wizard.forms.devices import DevicesForm
from onboarding.wizard.forms.fields import prefix_of


def devices_form(integration: Integration, *, always_bound: bool = False) -> DevicesForm | None:
    """Return the form over what was typed; None without devices. Errors are shown once the page was submitted."""
    values = codec.devices_of(integration.draft)
    if not values:
        return None
    submitted = always_bound or bool(integration.draft.get("consumers", {}).get(pages.SUBMITTED))
    return DevicesForm(values, submitted=submitted, name_prefix=prefix_of(pages.connection_of(integration)))


def error_count(integration: Integration) -> int:
    """Return how many fields have an error."""
    form = devices_form(integration, always_bound=True)
    return len(form.errors) if form else 0
