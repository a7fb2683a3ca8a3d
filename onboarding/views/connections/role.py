"""A connection's role as pages show it: its permissions as sentences, and the three checks of the trust test."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
    report = connection.trust_report
    if "right" not in report:
        return []
    return [
        _so_far(connection) or _check(_("With the correct external ID"), report.get("right"), should="allowed"),
        _check(_("With a wrong external ID"), report.get("wrong"), should="refused"),
        _check(_("Without an external ID"), report.get("missing"), should="refused"),
    ]


def _so_far(connection: Connection) -> Check | None:
    label, result = _("With the correct external ID"), _("Denied so far")
    return Check(label, result, "attention") if connection_status(connection).is_propagating else None


_EXPECTED = {"allowed": gettext_lazy("Allowed, as expected"), "refused": gettext_lazy("Denied, as expected")}
_UNEXPECTED = {"allowed": gettext_lazy("Allowed, expected denied"), "refused": gettext_lazy("Denied, expected allowed")}


def _check(label: str, outcome: str | None, *, should: str) -> Check:
    if outcome not in _EXPECTED:
        return Check(label, _("Unknown"), "unknown")
    if outcome == should:
        return Check(label, str(_EXPECTED[outcome]), "healthy")
    return Check(label, str(_UNEXPECTED[outcome]), "failing")
