"""The report of a role whose answers a test gives: simulated, tried, or left without a verdict."""

from dataclasses import replace
from typing import Any

import pytest

from portal.aws.permissions.checks import MUST_BE_DENIED, OPTED_OUT, PermissionCheck, checks_of
from portal.aws.permissions.denials import DenialCause
from portal.aws.permissions.example_resources import ExampleResources, Examples
from portal.aws.permissions.probes import can_probe, probe
from portal.aws.permissions.report import permission_report
from portal.aws.permissions.report_lines import Line, Verdict
from portal.aws.permissions.simulation import MOST_ACTIONS, simulate
from portal.aws.policies.chosen_permissions import ChosenPermissions
from portal.aws.policies.statements import Arn
from portal.aws.role_grant import RoleGrant
from portal.aws.sts import Outcome, TrustReport
from portal.messages.message import Message
from tests.portal.aws.permissions.test_deployed import GRANT
from tests.portal.aws.stubbed import stubbed

GROUP = Message("permissions.data_streams")
TRUSTED = TrustReport(Outcome.ALLOWED, Outcome.REFUSED, Outcome.REFUSED, GRANT.account_id, "")
STREAM = "arn:aws:kinesis:eu-west-1:111122223333:stream/sluice-a"


def check(action: str, resource: str = STREAM, *, is_allowed: bool = True, **fields: Any) -> PermissionCheck:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return PermissionCheck(GROUP, action, resource, is_allowed, statement=statement, **fields)


def answer(*decisions: tuple[str, str], more: str = "") -> dict[str, Any]:
    rows = [{"EvalActionName": action, "EvalDecision": decision} for action, decision in decisions]
    return {"EvaluationResults": rows, "IsTruncated": bool(more), **({"Marker": more} if more else {})}


def test_checks_of_one_resource_and_context_are_asked_together_in_any_case() -> None:
    context = (("iam:PassedToService", "firehose.amazonaws.com"),)
    put, get = check("kinesis:PutRecord"), check("kinesis:GetRecords", is_allowed=False)
    passed = check("iam:PassRole", "arn:role", context=context)
    with stubbed("iam") as (aws, answers):
        actions = ["kinesis:GetRecords", "kinesis:PutRecord"]
        asked = {"PolicySourceArn": GRANT.role_arn, "ActionNames": actions, "ResourceArns": [STREAM]}
        answers.add_response(
            "simulate_principal_policy",
            answer(("kinesis:putrecord", "allowed"), ("kinesis:GETRECORDS", "explicitDeny")),
            asked,
        )
        entry = {"ContextKeyName": context[0][0], "ContextKeyValues": [context[0][1]], "ContextKeyType": "string"}
        answers.add_response(
            "simulate_principal_policy",
            answer(("iam:PassRole", "implicitDeny")),
            {
                "PolicySourceArn": GRANT.role_arn,
                "ActionNames": ["iam:PassRole"],
                "ResourceArns": ["arn:role"],
                "ContextEntries": [entry],
            },
        )
        found = simulate(aws, GRANT.role_arn, [put, passed, get])
    assert found is not None
    assert [found[row].is_allowed for row in (put, get, passed)] == [True, False, False]
    assert [found[row].is_explicit for row in (put, get, passed)] == [False, True, False]
    assert found[put].cause is None


def test_more_actions_than_iam_takes_are_asked_in_parts_and_over_all_pages() -> None:
    checks = [check(f"kinesis:Action{number:03}") for number in range(MOST_ACTIONS + 1)]
    with stubbed("iam") as (aws, answers):
        first = [(row.action, "allowed") for row in checks[:MOST_ACTIONS]]
        answers.add_response("simulate_principal_policy", answer(*first[:20], more="m"))
        answers.add_response("simulate_principal_policy", answer(*first[20:]))
        answers.add_response("simulate_principal_policy", answer((checks[-1].action, "allowed")))
        found = simulate(aws, GRANT.role_arn, checks)
    assert found is not None
    assert len(found) == MOST_ACTIONS + 1


def test_an_action_that_iam_does_not_answer_has_no_decision() -> None:
    with stubbed("iam") as (aws, answers):
        answers.add_response("simulate_principal_policy", answer(("kinesis:Other", "allowed")))
        assert simulate(aws, GRANT.role_arn, [check("kinesis:PutRecord")]) == {}


def simulated(decision: str, trust: TrustReport = TRUSTED, grant: RoleGrant = GRANT) -> tuple[Line, ...]:
    """The lines of a report where IAM decides the same of everything."""
    groups: dict[object, list[str]] = {}
    for row in checks_of(grant, Examples()):
        groups.setdefault((row.resource, row.context), []).append(row.action)
    with stubbed("iam") as (aws, answers):
        for actions in groups.values():
            answers.add_response("simulate_principal_policy", answer(*((action, decision) for action in actions)))
        report = permission_report(aws, grant, trust, Examples())
    assert report.is_simulated
    return report.lines


def test_a_role_that_may_do_everything_fails_where_it_must_be_denied() -> None:
    lines = simulated("allowed", grant=replace(GRANT, optional=ChosenPermissions(deletion=False)))
    assert {line.passed for line in lines if line.should is Verdict.ALLOWED} == {True}
    excess = [line for line in lines if line.passed is False]
    assert {line.group for line in excess} == {MUST_BE_DENIED, OPTED_OUT}
    assert {line.fix["Effect"] for line in excess if line.fix} == {"Deny"}
    by_choice = {line.todo for line in excess if line.group == OPTED_OUT}
    assert by_choice == {Message("permissions.remove_opted_out")}


@pytest.mark.parametrize("decision", ["implicitDeny", "explicitDeny"])
def test_a_role_that_may_do_nothing_fails_where_it_should_be_allowed(decision: str) -> None:
    lines = simulated(decision)
    failing = [line for line in lines if line.passed is False]
    assert {line.should for line in failing} == {Verdict.ALLOWED}
    assert {line.cause for line in failing} == {DenialCause.IDENTITY_POLICY}
    is_explicit = decision == "explicitDeny"
    assert {"Condition" in line.fix and "Effect" not in line.fix for line in failing if line.fix} == {is_explicit}


@pytest.mark.parametrize(
    ("trust", "passed", "has_fix"),
    [
        (TRUSTED, [True, True, True], False),
        (TrustReport(Outcome.REFUSED, Outcome.ALLOWED, Outcome.ALLOWED, None, ""), [False, False, False], True),
        (TrustReport(Outcome.UNKNOWN, Outcome.UNKNOWN, Outcome.UNKNOWN, None, ""), [None, None, None], False),
    ],
)
def test_the_three_attempts_to_assume_the_role_are_lines(
    trust: TrustReport, passed: list[bool | None], has_fix: bool
) -> None:
    lines = simulated("allowed", trust)[:3]
    assert [line.passed for line in lines] == passed
    assert [line.action for line in lines] == ["sts:AssumeRole"] * 3
    assert [line.fix is not None for line in lines] == [has_fix] * 3


NAMED = "arn:aws:kinesis:eu-west-1:111122223333:stream/permission-check"


@pytest.mark.parametrize(
    ("row", "is_harmless"),
    [
        (check("kinesis:DescribeStreamSummary"), True),
        (check("kinesis:PutRecord"), False),
        (check("iam:GetUser", "arn:aws:iam::1:user/sluice/x"), False),
        (check("iam:GetUser", "arn:aws:iam::1:user/x"), True),
        (check("kinesis:DeleteStream", is_allowed=False), False),
        (check("kinesis:DeleteStream", NAMED, is_allowed=False), True),
        (check("s3:ListAllMyBuckets", "*", is_allowed=False), True),
        (check("iam:DeletePolicyVersion", "arn:aws:iam::1:policy/B", is_allowed=False), True),
        (check("iam:CreateUser", "arn:aws:iam::1:user/permission-check", is_allowed=False), False),
    ],
)
def test_only_what_has_no_effect_is_tried(row: PermissionCheck, is_harmless: bool) -> None:
    assert can_probe(row) is is_harmless


def test_what_is_deleted_to_find_out_has_a_name_that_nothing_has() -> None:
    names: list[str] = []
    with stubbed("kinesis") as (aws, answers):
        for _ in range(2):
            answers.add_client_error("delete_stream", "ResourceNotFoundException")
        aws.client("kinesis").meta.events.register_first(
            "provide-client-params.kinesis.DeleteStream", lambda params, **_: names.append(params["StreamName"])
        )
        for _ in range(2):
            probe(aws, check("kinesis:DeleteStream", NAMED, is_allowed=False))
    assert all(name.startswith("permission-check-") and len(name) > 30 for name in names)
    assert len(set(names)) == 2


PLACES = ExampleResources(GRANT, Examples("eu-west-1", stream="sluice-sensors", bucket="sluice-b"))


@pytest.mark.parametrize(
    ("pattern", "arn"),
    [
        ("*", "*"),
        ("arn:aws:kinesis:*:1:stream/sluice-*", "arn:aws:kinesis:eu-west-1:1:stream/sluice-sensors"),
        ("arn:aws:logs:*:1:log-group:sluice-*", "arn:aws:logs:eu-west-1:1:log-group:sluice-permission-check"),
        ("arn:aws:s3:::sluice-*/*", "arn:aws:s3:::sluice-b/permission-check"),
        ("arn:aws:kms:*:1:key/*", "arn:aws:kms:eu-west-1:1:key/00000000-0000-4000-8000-000000000000"),
        ("arn:aws:iam::1:user/sluice/*", "arn:aws:iam::1:user/sluice/permission-check"),
    ],
)  # fmt: skip
def test_a_pattern_becomes_a_resource_that_could_exist(pattern: str, arn: str) -> None:
    assert PLACES.arn(pattern) == arn
    assert "*" not in Arn.parse(arn).resource if arn != "*" else pattern == "*"


def test_a_condition_gets_values_that_meet_it() -> None:
    condition = {
        "StringLike": {"kms:ViaService": ["kinesis.*.amazonaws.com"]},
        "ArnLike": {"iam:PolicyARN": "arn:aws:iam::1:policy/sluice/*"},
    }
    assert dict(PLACES.context(condition)) == {
        "kms:ViaService": "kinesis.eu-west-1.amazonaws.com",
        "iam:PolicyARN": "arn:aws:iam::1:policy/sluice/permission-check",
    }
