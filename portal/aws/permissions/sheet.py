"""The whole sheet: every ask with its verdict, and with the cause and the cure where it is not as it should be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.permissions.asks import LEFT_OUT, REFUSALS, Ask, Examples, asks_of
from portal.aws.permissions.causes import Cause, Cure, cause_of, cure_of, is_explicit, too_much
from portal.aws.permissions.probes import can_probe, probe
from portal.aws.permissions.simulation import Judgement, simulate
from portal.aws.policies import portal_trust
from portal.aws.role_grant import RoleGrant
from portal.aws.session import AwsSession
from portal.aws.sts import Outcome, TrustReport

TRUST = "Taking on the role"


class Verdict(StrEnum):
    """What AWS says of one action and resource."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNKNOWN = "cannot tell"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: an action on a resource, what it should be and what it is; `how` tells how that is known."""

    group: str
    action: str
    resource: str
    should: Verdict
    verdict: Verdict
    how: str
    why: str = ""
    cause: Cause | None = None
    said: str = ""
    todo: str = ""
    fix: dict[str, Any] | None = None

    @property
    def passed(self) -> bool | None:
        """Return whether it is as it should be; None where AWS gave no verdict."""
        return None if self.verdict is Verdict.UNKNOWN else self.verdict is self.should

    def as_dict(self) -> dict[str, Any]:
        """Return the line as plain JSON."""
        return {
            "group": self.group,
            "action": self.action,
            "resource": self.resource,
            "should_be": str(self.should),
            "verdict": str(self.verdict),
            "passed": self.passed,
            "how": self.how,
            "why": self.why,
            "cause": str(self.cause) if self.cause else None,
            "aws_said": self.said,
            "what_to_do": self.todo,
            "fixing_statement": self.fix,
        }


@dataclass(frozen=True, slots=True)
class Sheet:
    """All lines; `is_simulated` tells whether IAM itself was asked, which answers for what cannot be tried."""

    lines: tuple[Line, ...]
    is_simulated: bool

    def as_dict(self) -> dict[str, Any]:
        """Return the sheet as plain JSON."""
        counts = {"passed": 0, "failed": 0, "cannot_tell": 0}
        for line in self.lines:
            counts[{True: "passed", False: "failed", None: "cannot_tell"}[line.passed]] += 1
        return {"simulated": self.is_simulated, **counts, "lines": [line.as_dict() for line in self.lines]}


def examine(
    aws: AwsSession,
    grant: RoleGrant,
    trust: TrustReport,
    examples: Examples,
    *,
    is_new: bool = False,
    more: Sequence[Line] = (),
) -> Sheet:
    """Return the sheet of a role: IAM is asked where the role may ask it, else what does no harm is tried.

    `aws` is a session of the role; `is_new` tells that the role was made within minutes, so that a refusal may pass;
    `more` are lines that are known otherwise.
    Raises nothing of AWS: what could not be found out is a line that cannot tell.
    """
    asks = asks_of(grant, examples)
    simulated = _simulated(aws, grant.role_arn, asks)
    lines = [_line(aws, ask, grant, simulated, is_new=is_new) for ask in asks]
    return Sheet((*_trust_lines(grant, trust), *lines, *more), simulated is not None)


def _simulated(aws: AwsSession, role_arn: str, asks: Sequence[Ask]) -> dict[Ask, Judgement] | None:
    try:
        return simulate(aws, role_arn, asks)
    except AwsFault:
        return None  # what passes by itself is no reason to give no sheet; each line says how it is known


def _line(aws: AwsSession, ask: Ask, grant: RoleGrant, simulated: dict[Ask, Judgement] | None, *, is_new: bool) -> Line:
    judged = simulated.get(ask) if simulated is not None else None
    if judged is not None:
        return _answered(ask, grant, judged, how="asked IAM", said="")
    if not can_probe(ask):
        return _unknown(ask, "not tried", "Trying it would create or change something.")
    try:
        probe(aws, ask)
    except AwsFault as fault:
        if fault.kind not in {FaultKind.DENIED, FaultKind.PROPAGATING}:
            return _unknown(ask, "tried", str(fault))
        cause = cause_of(fault, ask.action, is_new=is_new)
        refused = Judgement(False, cause, is_explicit=is_explicit(fault.aws_text))
        return _answered(ask, grant, refused, how="tried", said=fault.aws_text)
    return _answered(ask, grant, Judgement(True, None), how="tried", said="")


def _answered(ask: Ask, grant: RoleGrant, judged: Judgement, *, how: str, said: str) -> Line:
    should = Verdict.ALLOWED if ask.is_allowed else Verdict.DENIED
    verdict = Verdict.ALLOWED if judged.is_allowed else Verdict.DENIED
    cure = Cure("")
    if should is Verdict.ALLOWED and judged.cause is not None:
        outright = judged.is_explicit
        cure = cure_of(
            judged.cause, ask.statement, policy=ask.policy, role_arn=grant.role_arn, is_denied_outright=outright
        )
    elif verdict is Verdict.ALLOWED and should is Verdict.DENIED:
        cure = too_much({**ask.statement, "Sid": "NeverSluice", "Effect": "Deny"}, is_left_out=ask.group == LEFT_OUT)
    if judged.cause is Cause.PROPAGATING:
        verdict = Verdict.UNKNOWN
    return Line(
        ask.group,
        ask.action,
        ask.resource,
        should,
        verdict,
        how,
        ask.why,
        None if judged.is_allowed else judged.cause,
        said,
        cure.todo,
        cure.statement,
    )


def _unknown(ask: Ask, how: str, said: str) -> Line:
    should = Verdict.ALLOWED if ask.is_allowed else Verdict.DENIED
    return Line(ask.group, ask.action, ask.resource, should, Verdict.UNKNOWN, how, ask.why, said=said)


def _trust_lines(grant: RoleGrant, trust: TrustReport) -> list[Line]:
    rows = (
        ("With the right external ID.", trust.right, Verdict.ALLOWED, TRUST),
        ("With a wrong external ID.", trust.wrong, Verdict.DENIED, REFUSALS),
        ("Without an external ID.", trust.missing, Verdict.DENIED, REFUSALS),
    )
    return [_trust_line(grant, why, outcome, should, group) for why, outcome, should, group in rows]


_OF_OUTCOME = {
    Outcome.ALLOWED: Verdict.ALLOWED,
    Outcome.REFUSED: Verdict.DENIED,
    Outcome.UNKNOWN: Verdict.UNKNOWN,
}


def _trust_line(grant: RoleGrant, why: str, outcome: Outcome, should: Verdict, group: str) -> Line:
    verdict = _OF_OUTCOME[outcome]
    is_wrong = verdict not in {should, Verdict.UNKNOWN}
    [statement] = portal_trust(grant.portal_principal_arn, grant.external_id)["Statement"]
    return Line(
        group,
        "sts:AssumeRole",
        grant.role_arn,
        should,
        verdict,
        "tried",
        why,
        Cause.RESOURCE_POLICY if verdict is Verdict.DENIED else None,
        todo="Let this be the only statement of the role's trust policy." if is_wrong else "",
        fix=dict(statement) if is_wrong else None,
    )
