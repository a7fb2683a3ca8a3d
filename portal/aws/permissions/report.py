"""The permission report: every check with its result, and with the cause and the fix where it fails."""

from __future__ import annotations

from collections.abc import Sequence

from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.permissions.checks import MUST_BE_DENIED, OPTED_OUT, PermissionCheck, checks_of
from portal.aws.permissions.denials import DenialCause, Remedy, denial_cause, excess_remedy, is_explicit, remedy_of
from portal.aws.permissions.example_resources import Examples
from portal.aws.permissions.probes import can_probe, probe
from portal.aws.permissions.report_lines import Line, PermissionReport, Verdict
from portal.aws.permissions.simulation import Decision, simulate
from portal.aws.policies.grant import portal_trust_policy
from portal.aws.role_grant import RoleGrant
from portal.aws.session import AwsSession
from portal.aws.sts import Outcome, TrustReport
from portal.messages.message import Message

Decisions = dict[PermissionCheck, Decision]

ASSUME_ROLE = Message("permissions.assume_role")


def permission_report(
    aws: AwsSession,
    grant: RoleGrant,
    trust: TrustReport,
    examples: Examples,
    *,
    is_new: bool = False,
    more: Sequence[Line] = (),
) -> PermissionReport:
    """Return the report of a role: simulated by IAM where the role may simulate, else tested by calls without effect.

    `aws` is a session of the role; `is_new` says that the role was created minutes ago, so that a denial may pass;
    `more` are lines that are known from elsewhere. Raises no AwsFault: a check that failed is a line without verdict.
    """
    checks = checks_of(grant, examples)
    simulated = _simulated(aws, grant.role_arn, checks)
    lines = [_line(aws, check, grant, simulated, is_new=is_new) for check in checks]
    return PermissionReport((*_trust_lines(grant, trust), *lines, *more), simulated is not None)


def _simulated(aws: AwsSession, role_arn: str, checks: Sequence[PermissionCheck]) -> Decisions | None:
    try:
        return simulate(aws, role_arn, checks)
    except AwsFault:
        return None  # a passing fault must not prevent the report; each line says how it is known


def _line(
    aws: AwsSession, check: PermissionCheck, grant: RoleGrant, simulated: Decisions | None, *, is_new: bool
) -> Line:
    decision = simulated.get(check) if simulated is not None else None
    if decision is not None:
        return _decided(check, grant, decision, how="asked IAM", detail="")
    if not can_probe(check):
        return _unknown(check, "not tried", Message("permissions.not_tested"))
    try:
        probe(aws, check)
    except AwsFault as fault:
        if fault.kind not in {FaultKind.DENIED, FaultKind.PROPAGATING}:
            return _unknown(check, "tried", fault.aws_text or fault.message)
        cause = denial_cause(fault, check.action, is_new=is_new)
        denied = Decision(False, cause, is_explicit=is_explicit(fault.aws_text))
        return _decided(check, grant, denied, how="tried", detail=fault.aws_text)
    return _decided(check, grant, Decision(True, None), how="tried", detail="")


def _decided(check: PermissionCheck, grant: RoleGrant, decision: Decision, *, how: str, detail: str) -> Line:
    should = Verdict.ALLOWED if check.is_allowed else Verdict.DENIED
    verdict = Verdict.ALLOWED if decision.is_allowed else Verdict.DENIED
    remedy = Remedy(None)
    if should is Verdict.ALLOWED and decision.cause is not None:
        remedy = remedy_of(
            decision.cause,
            check.statement,
            policy=check.policy,
            role_arn=grant.role_arn,
            is_explicit_deny=decision.is_explicit,
        )
    elif verdict is Verdict.ALLOWED and should is Verdict.DENIED:
        deny = {**check.statement, "Sid": "NeverSluice", "Effect": "Deny"}
        remedy = excess_remedy(deny, is_opted_out=check.group == OPTED_OUT)
    if decision.cause is DenialCause.PROPAGATING:
        verdict = Verdict.UNKNOWN
    return Line(
        check.group,
        check.action,
        check.resource,
        should,
        verdict,
        how,
        check.why,
        None if decision.is_allowed else decision.cause,
        detail,
        remedy.todo,
        remedy.statement,
    )


def _unknown(check: PermissionCheck, how: str, detail: Message | str) -> Line:
    should = Verdict.ALLOWED if check.is_allowed else Verdict.DENIED
    return Line(check.group, check.action, check.resource, should, Verdict.UNKNOWN, how, check.why, detail=detail)


def _trust_lines(grant: RoleGrant, trust: TrustReport) -> list[Line]:
    rows = (
        (Message("permissions.right_external_id"), trust.right, Verdict.ALLOWED, ASSUME_ROLE),
        (Message("permissions.wrong_external_id"), trust.wrong, Verdict.DENIED, MUST_BE_DENIED),
        (Message("permissions.no_external_id"), trust.missing, Verdict.DENIED, MUST_BE_DENIED),
    )
    return [_trust_line(grant, why, outcome, should, group) for why, outcome, should, group in rows]


_OF_OUTCOME = {
    Outcome.ALLOWED: Verdict.ALLOWED,
    Outcome.REFUSED: Verdict.DENIED,
    Outcome.UNKNOWN: Verdict.UNKNOWN,
}


def _trust_line(grant: RoleGrant, why: Message, outcome: Outcome, should: Verdict, group: Message) -> Line:
    verdict = _OF_OUTCOME[outcome]
    is_wrong = verdict not in {should, Verdict.UNKNOWN}
    [statement] = portal_trust_policy(grant.portal_principal_arn, grant.external_id)["Statement"]
    return Line(
        group,
        "sts:AssumeRole",
        grant.role_arn,
        should,
        verdict,
        "tried",
        why,
        DenialCause.RESOURCE_POLICY if verdict is Verdict.DENIED else None,
        todo=Message("permissions.fix_trust_policy") if is_wrong else None,
        fix=dict(statement) if is_wrong else None,
    )
