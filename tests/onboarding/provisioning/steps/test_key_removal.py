"""Removal of a stream's KMS key: only when that was confirmed and nothing needs the key any more."""

from datetime import UTC, datetime

import pytest

from onboarding.provisioning.answers import Waiting
from onboarding.provisioning.steps import key, key_removal
from portal.aws import kms
from tests.onboarding.provisioning.steps.account import PLAN, THEIRS, Account, codes, done
from tests.onboarding.provisioning.steps.test_key import ALIAS, made, states


def test_undo_schedules_every_key_with_the_tag(account: Account) -> None:
    key.apply(account.context())
    made(account)  # of a paused worker
    stranger = made(account, THEIRS)
    answer = done(key_removal.undo(account.context(delete_data=True)))
    assert answer.did is not None
    assert answer.did.params == {"names": [ALIAS]}
    assert sorted(states(account)) == ["Enabled", "PendingDeletion", "PendingDeletion"]
    assert kms.describe_key(account.aws, stranger) == kms.Key(stranger, enabled=True, manager="CUSTOMER")
    assert account.rows.inventory(key.KIND) == []


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
    account.rows.listed(key.KIND, ALIAS, made(account, tags, alias=ALIAS))
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
