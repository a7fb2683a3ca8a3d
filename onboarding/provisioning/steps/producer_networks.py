"""The networks in a producer's permissions: noted when they are written, and kept apart from what someone else changed.

Part of the steps `producer_policy` and `producer_role_policy`.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from onboarding.provisioning.context import Context
from onboarding.provisioning.differences import Difference, compare_documents, differing, value_of
from portal.aws.policies.networks import SenderNetworks, networks_in
from portal.messages.message import Message

NETWORKS = "networks"  # the note of a producer's resource: the networks in the policy that was written last


def note_networks(context: Context, kind: str, name: str) -> None:
    """Commit which networks the policy has that was written."""
    context.ledger.note(kind, name, **{NETWORKS: context.plan.networks.as_lists()})


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
