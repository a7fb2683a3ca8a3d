"""What a step's `check` reports: pairs of expected and found, as messages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from onboarding.provisioning.context import Context
from onboarding.provisioning.plan import Plan, is_ours
from onboarding.spec.remediation import Remediation
from portal.aws.policies.descriptions import describe_policy
from portal.aws.policies.networks import SenderNetworks, networks_in
from portal.messages.message import Message

NETWORKS = "networks"  # the note of a producer's resource: the networks in the policy that was written last
EXISTS = Message("drift.exists")
DELETED = Message("drift.deleted")
BEING_DELETED = Message("drift.being_deleted")
NONE = Message("drift.none")
ON, OFF = Message("drift.on"), Message("drift.off")
OWN_TAG, OTHER_TAG = Message("drift.own_tag"), Message("drift.other_tag")


@dataclass(frozen=True, slots=True)
class Difference:
    """Something in AWS that differs from what this integration set up: what, as expected, and as found.

    `remediations` is what a repair does about it to the IAM user; the steps themselves repair everything else.
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


def compare_permissions(
    context: Context, owner: tuple[str, str], resource: Message, found: Mapping[str, Any] | None
) -> list[Difference]:
    """Compare a producer's permissions with the plan; `owner` is the (kind, name) whose notes have its networks.

    A document that a run wrote for networks which the vendor had then is outdated, and no one tampered with it.
    """
    plan = context.plan
    written = SenderNetworks(*map(tuple, context.ledger.notes(*owner).get(NETWORKS, [[], []])))
    wanted, earlier = plan.producer_policy(), replace(plan, networks=written).producer_policy()
    if found is not None and dict(found) == earlier != wanted:
        what = Message("drift.networks", resource=resource)
        return [Difference(what, _networks(wanted), Message("drift.earlier_networks", networks=_networks(earlier)))]
    what = Message("drift.permissions", resource=resource)
    return differing([(what, *compare_documents(wanted, found))])


def _networks(document: Mapping[str, Any]) -> Message:
    found = networks_in(document)
    return value_of(", ".join((*found.public, *found.in_vpc)) or "any")


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
