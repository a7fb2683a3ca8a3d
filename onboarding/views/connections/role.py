"""A connection's role as pages show it: its permissions as sentences, and the three checks of the trust test."""

from dataclasses import dataclass

from onboarding.account_state.connection_status import connection_status
from onboarding.connections import grant
from onboarding.models.connection import Connection
from portal.aws.policies.descriptions import describe_policy


@dataclass(frozen=True, slots=True)
class Check:
    """One of the three checks of a role: what was tried, its result, and the look of that result."""

    label: str
    result: str
    look: str


def permission_sentences(connection: Connection) -> list[str]:
    """Return what the role may do, a sentence for each statement of its policies."""
    granted = grant.grant_of(connection).permissions
    return [sentence for policy in granted for sentence in describe_policy(policy.document)]


def role_checks(connection: Connection) -> list[Check]:
    """Return the three checks of the last trust test, or an empty list before the first."""
    report = connection.report
    if "right" not in report:
        return []
    return [
        _so_far(connection) or _check("With the correct external ID", report.get("right"), should="allowed"),
        _check("With a wrong external ID", report.get("wrong"), should="refused"),
        _check("Without an external ID", report.get("missing"), should="refused"),
    ]


def _so_far(connection: Connection) -> Check | None:
    label, result = "With the correct external ID", "Denied so far"
    return Check(label, result, "attention") if connection_status(connection).is_propagating else None


_SHOWN = {"allowed": "Allowed", "refused": "Denied"}


def _check(label: str, outcome: str | None, *, should: str) -> Check:
    if outcome not in _SHOWN:
        return Check(label, "Unknown", "unknown")
    return Check(
        label,
        f"{_SHOWN[outcome]}, as expected"
        if outcome == should
        else f"{_SHOWN[outcome]}, expected {_SHOWN[should].lower()}",
        "healthy" if outcome == should else "failing",
    )
