"""What a step's `check` reports: pairs of expected and found, as messages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from onboarding.provisioning.plan import Plan, is_ours
from onboarding.spec.remediation import Remediation
from portal.aws.policies.descriptions import describe_policy
from portal.messages.message import Message

EXISTS = Message("drift.exists")
DELETED = Message("drift.deleted")
BEING_DELETED = Message("drift.being_deleted")
NONE = Message("drift.none")
ON, OFF = Message("drift.on"), Message("drift.off")
OWN_TAG, OTHER_TAG = Message("drift.own_tag"), Message("drift.other_tag")


@dataclass(frozen=True, slots=True)
class Difference:
    """Something in AWS that differs from what this integration set up: what, as expected, and as found.

    `remediations` is what a repair does about it to the IAM user or role; the steps themselves repair everything else.
    """

    what: Message
    expected: Message
    found: Message
    remediations: tuple[Remediation, ...] = ()


def differing(rows: Iterable[tuple[Message, Message, Message]]) -> list[Difference]:
    """Return those of (what, expected, found) whose two sides differ."""
    return [Difference(what, expected, found) for what, expected, found in rows if expected != found]


def value_of(value: object) -> Message:
    """Return a technical value as it is, such as an ARN or a number; nothing as "none"."""
    return NONE if value in (None, "", []) else Message("drift.value", value=str(value))


def compare_tags(plan: Plan, tags: Mapping[str, str]) -> tuple[Message, Message]:
    """Return whose a resource is by its tags: as expected, and as found."""
    return OWN_TAG, OWN_TAG if is_ours(plan, dict(tags)) else OTHER_TAG


def compare_documents(expected: Mapping[str, Any], found: Mapping[str, Any] | None) -> tuple[Message, Message]:
    """Return descriptions of two policy documents; where these are equal, the found one says that its JSON differs."""
    description = " ".join(describe_policy(expected))
    if found is None:
        return value_of(description), NONE
    if dict(found) == dict(expected):
        return value_of(description), value_of(description)
    try:
        other = " ".join(describe_policy(found))
    except (KeyError, TypeError, ValueError):  # another author's document may have a form that Sluice never writes
        return value_of(description), Message("drift.other_document")
    same = Message("drift.same_in_other_json", description=other)
    return value_of(description), same if other == description else value_of(other)


def listed_policies(attached: Iterable[str], inline: Iterable[str]) -> Message:
    """Return the ARNs of managed policies and the names of inline policies as one list."""
    items = [value_of(arn) for arn in sorted(attached)]
    items += [Message("drift.inline_policy", name=name) for name in sorted(inline)]
    return Message("drift.list", items=items) if items else NONE
