"""How a step's `check` says what differs: pairs of expected and found, as people read them."""

from collections.abc import Iterable, Mapping
from typing import Any

from onboarding.provisioning.context import Difference, Plan, is_ours
from portal.aws.policies.descriptions import describe_policy


def differing(rows: Iterable[tuple[str, str, str]]) -> list[Difference]:
    """Return those of (what, expected, found) whose two sides differ."""
    return [Difference(what, expected, found) for what, expected, found in rows if expected != found]


def whose_tag(plan: Plan, tags: Mapping[str, str]) -> tuple[str, str]:
    """Return whose a resource is by its tags: as expected, and as found."""
    ours = "this integration's"
    return ours, ours if is_ours(plan, dict(tags)) else "another, or none"


def rights(wanted: Mapping[str, Any], found: Mapping[str, Any] | None) -> tuple[str, str]:
    """Return two documents in words; what words cannot tell apart is said to differ in its JSON."""
    expected = " ".join(describe_policy(wanted))
    if found is None:
        return expected, "none"
    if dict(found) == dict(wanted):
        return expected, expected
    try:
        said = " ".join(describe_policy(found))
    except (KeyError, TypeError, ValueError):  # somebody else's document may be of a form that Sluice never writes
        said = "another document"
    return expected, said if said != expected else f"{said} (in other JSON)"
