"""What a step's `check` reports: pairs of expected and found, as people read them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from onboarding.provisioning.plan import Plan, is_ours
from onboarding.spec.remediation import Mend
from portal.aws.policies.descriptions import describe_policy


@dataclass(frozen=True, slots=True)
class Difference:
    """Something in AWS that differs from what this integration set up: what, as expected, and as found.

    `mends` is what a repair does about it to the IAM user; the steps themselves repair everything else.
    """

    what: str
    expected: str
    found: str
    mends: tuple[Mend, ...] = ()


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
