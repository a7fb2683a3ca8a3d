"""The shares of a draft: what was typed of each, the forms over it, and whether the stream's key allows any."""

from typing import Any

from onboarding.drafts import codec
from onboarding.models.integration import Integration
from onboarding.wizard import pages
from onboarding.wizard.forms.share import ShareForm
from portal.aws.regions import found_partition
from portal.messages.message import Message


def share_forms(integration: Integration, *, always_bound: bool = False) -> list[ShareForm]:
    """Return a form for each share that was typed, in order; errors are shown once the page was submitted."""
    draft, connection = integration.draft, pages.connection_of(integration)
    region = str(draft.get("stream", {}).get("region", ""))
    place = {
        "account_id": connection.account_id if connection else "",
        "partition": (found_partition(region) or "") if region else "",
    }
    submitted = always_bound or bool(draft.get("consumers", {}).get(pages.SUBMITTED))
    registered = [str(values.get("name") or "").strip() for values in codec.fan_out_of(draft).values()]
    before: list[dict[str, Any]] = []
    found = []
    for key, values in codec.shares_of(draft).items():
        others = tuple(before)
        form = ShareForm(values, key=key, submitted=submitted, others=others, registered=registered, **place)
        found.append(form)
        before.append(values)
    return found


def key_problem(integration: Integration) -> Message | None:
    """Return why the stream's key allows no share, if there is one; no other account can use the AWS managed key."""
    encryption = str(integration.draft.get("stream", {}).get("encryption") or "aws")
    shares = codec.shares_of(integration.draft)
    return Message("share.aws_managed_key") if shares and encryption == "aws" else None


def error_count(integration: Integration) -> int:
    """Return how many fields of the shares have an error, and one more for a key that cannot be shared."""
    fields = sum(len(form.errors) for form in share_forms(integration, always_bound=True))
    return fields + (key_problem(integration) is not None)
