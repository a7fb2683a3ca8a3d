"""Removal of a stream's KMS key: only when that was confirmed and nothing needs the key any more."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from onboarding.provisioning.answers import Waiting
from onboarding.provisioning.steps import key, key_removal
from portal.aws import kms
from tests.onboarding.provisioning.steps.account import PLAN, THEIRS, Account, Answers, codes, done
from tests.onboarding.provisioning.steps.test_key import ALIAS, made, states


def test_undo_schedules_the_key_in_the_ledger_and_asks_about_no_other(account: Account, answers: Answers) -> None:
    key.apply(account.context())
    stranger = made(account, THEIRS)
    answers.asked.clear()
    answer = done(key_removal.undo(account.context(delete_data=True)))
    assert answer.did is not None
    assert answer.did.params == {"names": [ALIAS]}
    assert "ListKeys" not in answers.asked
    assert sorted(states(account)) == ["Enabled", "PendingDeletion"]
    assert kms.describe_key(account.aws, stranger) == kms.Key(stranger, enabled=True, manager="CUSTOMER")
    assert account.rows.inventory(key.KIND) == []


def test_undo_schedules_the_key_of_a_lost_answer_too(account: Account) -> None:
    account.rows.listed(key.KIND, ALIAS)
    key.apply(account.context())  # no key was found, so another was created
    made(account)  # it appeared later
    made(account, THEIRS)
    done(key_removal.undo(account.context(delete_data=True)))
    assert sorted(states(account)) == ["Enabled", "PendingDeletion", "PendingDeletion"]


def test_undo_waits_for_the_right_to_delete_our_own_key(account: Account, answers: Answers) -> None:
    account.plan = replace(PLAN, may_delete=False)
    arn = done(key.apply(account.context())).arn
    account.plan = PLAN
    answers.refuse("ScheduleKeyDeletion", "AccessDeniedException", "no resource-based policy allows it")
    answer = key_removal.undo(account.context(delete_data=True))
    assert isinstance(answer, Waiting)
    assert (answer.reason.code, "no resource-based policy" in answer.detail) == ("waiting.kms_key_rights", True)
    assert "kms:ScheduleKeyDeletion" in str(kms.key_policy(account.aws, arn))
    answers.refusals.clear()
    done(key_removal.undo(account.context(delete_data=True)))
    assert states(account) == ["PendingDeletion"]


def test_undo_never_takes_a_denial_on_our_own_key_for_a_removed_tag(account: Account, answers: Answers) -> None:
    key.apply(account.context())
    answers.refuse("ListResourceTags", "AccessDeniedException")
    assert isinstance(key_removal.undo(account.context(delete_data=True)), Waiting)
    assert account.rows.why_kept == {}


@pytest.mark.parametrize(
    ("tags", "delete_data", "has_stream", "code"),
    [
        (THEIRS, True, False, "kept.of_another_integration"),
        ({}, True, False, "kept.tag_removed"),
        (PLAN.tags, True, True, "kept.stream_needs_key"),
        (PLAN.tags, False, False, "kept.key_deletion_not_confirmed"),
    ],
)
def test_undo_keeps_a_key(
    account: Account, tags: dict[str, str], delete_data: bool, has_stream: bool, code: str
) -> None:
    account.rows.listed(key.KIND, ALIAS, made(account, tags, alias=ALIAS, description=""))
    if has_stream:
        account.rows.listed("data stream", "sluice-harbour", "arn")
    answer = done(key_removal.undo(account.context(delete_data=delete_data)))
    assert (answer.did, codes(answer.found)) == (None, ["outcome.kept"])
    assert account.rows.why_kept[key.KIND, ALIAS].code == code
    assert states(account) == ["Enabled"]


def test_undo_finds_a_key_whose_answer_was_lost(account: Account) -> None:
    made(account)
    account.rows.listed(key.KIND, ALIAS)
    done(key_removal.undo(account.context(delete_data=True)))
    assert states(account) == ["PendingDeletion"]


def test_undo_waits_for_a_key_that_may_still_appear(account: Account) -> None:
    account.rows.listed(key.KIND, ALIAS, intended_at=datetime.now(UTC))
    answer = key_removal.undo(account.context(delete_data=True))
    assert isinstance(answer, Waiting)
    assert account.rows.inventory(key.KIND)


def test_undo_of_a_key_that_never_appeared_removed_nothing(account: Account) -> None:
    account.rows.listed(key.KIND, ALIAS)
    answer = done(key_removal.undo(account.context(delete_data=True)))
    assert (answer.did, codes(answer.found)) == (None, ["outcome.already_deleted"])


@pytest.mark.parametrize("is_going", [True, False])
def test_undo_after_a_crash_says_who_deleted_the_key(account: Account, is_going: bool) -> None:
    arn = made(account, alias=ALIAS)
    kms.schedule_deletion(account.aws, arn)
    account.rows.listed(key.KIND, ALIAS, arn, is_going=is_going)
    answer = done(key_removal.undo(account.context(delete_data=True)))
    assert (answer.did is not None, answer.found is not None) == (is_going, not is_going)
