"""The registered consumers of a draft: what was typed of each, the forms over it, and how many there can be."""

from typing import Any

from onboarding.drafts import codec
from onboarding.fan_out.consumer import FanOutConsumer, fan_out_problems, most_consumers
from onboarding.models.integration import Integration
from onboarding.wizard import pages
from onboarding.wizard.forms.fan_out import FanOutForm
from portal.messages.message import Message


def fan_out_forms(integration: Integration, *, always_bound: bool = False) -> list[FanOutForm]:
    """Return a form for each consumer that was typed, in order; errors are shown once the page was submitted."""
    draft = integration.draft
    submitted = always_bound or bool(draft.get("consumers", {}).get(pages.SUBMITTED))
    before: list[dict[str, Any]] = []
    found = []
    for key, values in codec.fan_out_of(draft).items():
        found.append(FanOutForm(values, key=key, submitted=submitted, others=tuple(before)))
        before.append(values)
    return found


def mode_of(integration: Integration) -> str:
    """Return the capacity mode of the draft's stream."""
    return str(integration.draft.get("stream", {}).get("mode") or "PROVISIONED")


def number_problem(integration: Integration) -> Message | None:
    """Return why the stream cannot have so many consumers, or None; its mode may have changed meanwhile."""
    count, mode = len(codec.fan_out_of(integration.draft)), mode_of(integration)
    if count <= most_consumers(mode):
        return None
    named = [FanOutConsumer(f"c{number}") for number in range(count)]
    return next((message for path, message in fan_out_problems(named, mode=mode) if not path), None)


def error_count(integration: Integration) -> int:
    """Return how many fields of the consumers have an error, and one more for too many consumers."""
    fields = sum(len(form.errors) for form in fan_out_forms(integration, always_bound=True))
    return fields + (number_problem(integration) is not None)
