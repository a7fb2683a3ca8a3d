"""A log group of a delivery: created once, with a retention period, and never one of another's."""

from dataclasses import replace

import pytest

from onboarding.provisioning.answers import Done
from onboarding.provisioning.steps import log_group as step
from portal.aws import logs
from portal.aws.errors import AwsFault
from portal.messages.catalogue import text_of
from tests.onboarding.provisioning.steps.account import DELIVERY, PLAN, THEIRS, Account, Answers, codes

GROUP = DELIVERY.log_group
WRITES = ("CreateLogGroup", "CreateLogStream", "PutRetentionPolicy", "DeleteRetentionPolicy")


def apply(account: Account, days: int | None = 30, **terms: bool) -> Done:
    return step.apply(account.context(**terms), replace(DELIVERY, log_retention_days=days))


def retention(account: Account) -> int:
    found = logs.describe_log_group(account.aws, GROUP)
    assert found is not None
    return found.retention_days


def drift(account: Account, days: int | None = 30, **terms: bool) -> list[tuple[str, str, str]]:
    found = step.check(account.context(**terms), replace(DELIVERY, log_retention_days=days))
    return [(text_of(row.what), text_of(row.expected), text_of(row.found)) for row in found]


def test_it_is_created_with_its_retention_period_and_then_left(account: Account, answers: Answers) -> None:
    assert codes(apply(account).did) == ["outcome.created", "outcome.log_retention_set"]
    assert (retention(account), account.rows.owned[step.KIND, GROUP].arn) == (30, PLAN.log_group_arn(DELIVERY))
    answers.asked.clear()
    again = apply(account)
    assert (codes(again.found), again.did) == (["outcome.as_specified"], None)
    assert [name for name in answers.asked if name in WRITES] == []
    assert drift(account) == []


@pytest.mark.parametrize(("days", "did"), [(7, "outcome.log_retention_set"), (0, "outcome.log_retention_removed")])
def test_a_retention_period_that_differs_is_drift_and_is_set(account: Account, days: int, did: str) -> None:
    apply(account)
    named = {7: "7", 0: "never expire"}[days]
    assert drift(account, days) == [(f"Log group {GROUP}: retention period in days", named, "30")]
    assert codes(apply(account, days).did) == [did]
    assert (retention(account), drift(account, days)) == (days, [])


def test_a_worker_that_died_before_the_retention_period_leaves_it_to_the_next(account: Account) -> None:
    account.rows.intend(step.KIND, GROUP)
    logs.ensure_log_group(account.aws, GROUP, PLAN.tags)
    assert codes(apply(account).did) == ["outcome.log_retention_set"]
    assert retention(account) == 30


def test_a_delivery_from_before_the_setting_leaves_the_retention_period_alone(account: Account) -> None:
    apply(account, None)
    assert retention(account) == 0
    logs.set_retention(account.aws, GROUP, 14)
    assert (apply(account, None).did, retention(account), drift(account, None)) == (None, 14, [])


@pytest.mark.parametrize("tags", [{}, THEIRS], ids=["without tags", "of another integration"])
def test_a_log_group_of_someone_else_keeps_its_events(account: Account, tags: dict[str, str]) -> None:
    logs.ensure_log_group(account.aws, GROUP, tags)
    for _ in range(2):
        assert codes(apply(account).found) == ["outcome.log_group_not_ours"]
    assert (retention(account), drift(account)) == (0, [])


def test_a_role_of_an_older_template_is_not_asked_for_it(account: Account, answers: Answers) -> None:
    answer = apply(account, may_set_log_retention=False)
    assert (codes(answer.did), codes(answer.found)) == (["outcome.created"], ["outcome.log_retention_not_allowed"])
    assert "PutRetentionPolicy" not in answers.asked
    assert drift(account, may_set_log_retention=False) == []
    assert drift(account) != [], "once the role is updated, a repair sets it"


def test_a_denial_does_not_stop_the_delivery(account: Account, answers: Answers) -> None:
    answers.refuse("PutRetentionPolicy", "AccessDeniedException")
    assert codes(apply(account).found) == ["outcome.log_retention_not_allowed"]
    answers.refuse("PutRetentionPolicy", "OperationAbortedException")
    with pytest.raises(AwsFault):
        apply(account)


def test_a_log_group_that_was_deleted_is_drift(account: Account) -> None:
    assert drift(account) == [(f"Log group {GROUP}", "exists", "deleted")]
