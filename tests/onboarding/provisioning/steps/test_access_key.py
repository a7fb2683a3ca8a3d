"""The IAM user of an attempt and its access key: one key, encrypted before it may do anything, or no key at all."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from onboarding.provisioning.answers import Refused, Waiting
from onboarding.provisioning.ledger_protocol import FenceLost
from onboarding.provisioning.plan import IAM_PATH
from onboarding.provisioning.steps import access_key
from onboarding.spec.remediation import Remediation, RemediationAction
from portal.aws.errors import AwsFault
from portal.aws.iam.access_keys import access_key_ids, set_access_key_status
from portal.aws.iam.users import create_user, get_user
from portal.messages.catalogue import text_of
from tests.onboarding.provisioning.steps.account import PLAN, THEIRS, Account, Answers, codes, done

USER = PLAN.user_name(1)


@pytest.fixture(autouse=True)
def boundary(account: Account, answers: Answers) -> None:
    # moto creates a user with its boundary, and leaves it out of GetUser.
    kept = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": PLAN.boundary_arn}
    answers.set("GetUser", "User", PermissionsBoundary=kept)
    answers.asked.clear()


def minted(account: Account, state: str = "ready") -> str:
    """The step's own user and key, in a state that the later steps give it."""
    done(access_key.apply(account.context()))
    assert account.rows.known is not None
    account.rows.known = replace(account.rows.known, state=state)
    return account.rows.known.access_key_id


def keys(account: Account, user: str = USER) -> list[str]:
    return [key.id for key in access_key_ids(account.aws, user)]


def test_the_title_counts_the_recipients() -> None:
    assert access_key.title(PLAN).params == {"recipient_count": 1}


def test_a_user_with_path_tags_and_boundary_gets_one_encrypted_key(account: Account, answers: Answers) -> None:
    answer = done(access_key.apply(account.context()))
    user = get_user(account.aws, USER)
    assert user is not None
    assert (user.arn, user.tags) == (answer.arn, PLAN.tags)
    assert answers.sent["CreateUser"]["PermissionsBoundary"] == PLAN.boundary_arn
    assert f"user{IAM_PATH}{USER}" in user.arn
    known = account.rows.known
    assert known is not None
    assert (known.state, keys(account)) == ("sealed", [known.access_key_id])
    assert codes(answer.did) == ["outcome.key_encrypted"]
    assert account.vault.is_holding


def test_a_user_that_iam_does_not_know_everywhere_yet_keeps_its_attempt(account: Account, answers: Answers) -> None:
    answers.refuse("CreateAccessKey", "AccessDenied", "no identity-based policy allows iam:CreateAccessKey")
    with pytest.raises(AwsFault):
        access_key.apply(account.context())
    answers.refusals.clear()
    answers.asked.clear()
    done(access_key.apply(account.context()))
    assert not {"CreateUser", "DeleteUser"} & set(answers.asked)
    assert account.rows.known is not None
    assert keys(account) == [account.rows.known.access_key_id]


def test_after_any_other_fault_another_user_takes_its_place(account: Account, answers: Answers) -> None:
    answers.refuse("CreateAccessKey", "ServiceFailure")
    with pytest.raises(AwsFault):
        access_key.apply(account.context())
    answers.refusals.clear()
    answers.asked.clear()
    done(access_key.apply(account.context()))
    assert {"CreateUser", "DeleteUser"} <= set(answers.asked)


def test_a_key_in_use_is_found_and_not_created_again(account: Account) -> None:
    key = minted(account)
    answer = done(access_key.apply(account.context()))
    assert (answer.did, codes(answer.found)) == (None, ["outcome.key_encrypted_before"])
    assert keys(account) == [key]


def test_a_key_that_was_never_proved_is_replaced_with_its_user(account: Account) -> None:
    first = minted(account, "sealed")
    account.rows.attempt = 2
    done(access_key.apply(account.context()))
    assert get_user(account.aws, USER) is None
    assert len(keys(account, PLAN.user_name(2))) == 1
    assert first not in keys(account, PLAN.user_name(2))


def test_a_ready_key_whose_user_was_deleted_is_replaced(account: Account, answers: Answers) -> None:
    minted(account)
    account.client("iam").delete_access_key(UserName=USER, AccessKeyId=keys(account)[0])
    account.client("iam").delete_user(UserName=USER)
    # IAM knows no path of a deleted user, so a role that is limited to a path is denied.
    answers.refuse("ListAccessKeys", "AccessDenied")
    account.rows.attempt = 2
    answer = done(access_key.apply(account.context()))
    assert answer.arn.endswith(PLAN.user_name(2))


def test_where_the_user_exists_that_denial_is_a_denial(account: Account, answers: Answers) -> None:
    minted(account)
    answers.refuse("ListAccessKeys", "AccessDenied")
    with pytest.raises(AwsFault) as fault:
        access_key.apply(account.context())
    assert fault.value.operation == "iam:ListAccessKeys"


def test_a_key_that_someone_added_stops_the_step(account: Account) -> None:
    minted(account)
    account.client("iam").create_access_key(UserName=USER)
    with pytest.raises(Refused) as refused:
        access_key.apply(account.context())
    assert refused.value.message.code == "refused.unknown_access_keys"
    assert len(keys(account)) == 2


def test_a_confirmed_repair_deletes_the_added_key_and_activates_ours(account: Account) -> None:
    own = minted(account)
    added = account.client("iam").create_access_key(UserName=USER)["AccessKey"]["AccessKeyId"]
    set_access_key_status(account.aws, USER, own, "Inactive")
    agreed = frozenset(
        {
            Remediation(RemediationAction.DELETE_KEY, USER, added),
            Remediation(RemediationAction.ACTIVATE_KEY, USER, own),
        }
    )
    answer = done(access_key.apply(account.context(remediations=agreed)))
    assert codes(answer.did) == ["outcome.access_key_deleted", "outcome.access_key_activated"]
    assert [(key.id, key.status) for key in access_key_ids(account.aws, USER)] == [(own, "Active")]


def test_recipients_that_have_no_copy_stop_the_step(account: Account) -> None:
    minted(account)
    account.plan = replace(account.plan, recipients=(replace(PLAN.recipients[0], fingerprint="B" * 40),))
    with pytest.raises(Refused) as refused:
        access_key.apply(account.context())
    assert refused.value.message.code == "refused.recipients_changed"


def test_a_worker_that_lost_the_run_deletes_the_user_it_created(account: Account) -> None:
    account.rows.lost_at = "present"
    with pytest.raises(FenceLost):
        access_key.apply(account.context())
    assert get_user(account.aws, USER) is None
    assert not account.vault.is_holding


def test_a_later_attempts_user_is_left_to_its_worker(account: Account) -> None:
    minted(account, "sealed")
    assert account.rows.known is not None
    account.rows.known = replace(account.rows.known, attempt=2)
    with pytest.raises(FenceLost):
        access_key.discard_newest(account.context())
    assert get_user(account.aws, USER) is not None
    assert (account.rows.known is not None, account.vault.is_holding) == (True, False)


def test_discarding_without_a_credential_only_forgets(account: Account, answers: Answers) -> None:
    access_key.discard_newest(account.context())
    assert (account.vault.forgotten, answers.asked) == (1, [])


def test_undo_revokes_and_deletes_although_the_role_may_not_delete_the_rest(account: Account) -> None:
    minted(account)
    answer = done(access_key.undo(account.context(may_delete=False)))
    assert answer.did is not None
    assert get_user(account.aws, USER) is None
    assert (account.rows.are_revoked, account.vault.is_holding) == (True, False)


@pytest.mark.parametrize(("tags", "code"), [(THEIRS, "kept.of_another_integration"), ({}, "kept.tag_removed")])
def test_undo_keeps_a_user_that_is_not_ours(account: Account, tags: dict[str, str], code: str) -> None:
    create_user(account.aws, USER, path=IAM_PATH, tags=tags, boundary_arn=None)
    account.rows.listed(access_key.KIND, USER, "arn")
    done(access_key.undo(account.context()))
    assert account.rows.why_kept[access_key.KIND, USER].code == code
    assert get_user(account.aws, USER) is not None


@pytest.mark.parametrize("is_new", [True, False])
def test_undo_waits_for_a_user_that_may_still_appear(account: Account, is_new: bool) -> None:
    more: dict[str, Any] = {"intended_at": datetime.now(UTC)} if is_new else {}
    account.rows.listed(access_key.KIND, USER, **more)
    answer = access_key.undo(account.context())
    assert isinstance(answer, Waiting) is is_new
    assert bool(account.rows.inventory(access_key.KIND)) is is_new


@pytest.mark.parametrize("is_gone", [True, False])
def test_a_denial_after_a_lost_answer_counts_only_once_the_user_is_gone(
    account: Account, answers: Answers, is_gone: bool
) -> None:
    minted(account)
    answers.refuse("DeleteUser", "AccessDenied")
    if is_gone:
        answers.changes["DeleteAccessKey"] = lambda _: answers.refuse("GetUser", "NoSuchEntity")
        assert done(access_key.undo(account.context())).did is not None
        return
    with pytest.raises(AwsFault):
        access_key.undo(account.context())
    assert account.rows.owned[access_key.KIND, USER].is_going


def test_without_a_credential_there_is_nothing_to_compare(account: Account, answers: Answers) -> None:
    assert access_key.check(account.context()) == []
    assert answers.asked == []


def test_a_user_just_created_does_not_differ_and_a_deleted_one_is_one_difference(account: Account) -> None:
    key = minted(account)
    assert access_key.check(account.context()) == []
    account.client("iam").delete_access_key(UserName=USER, AccessKeyId=key)
    account.client("iam").delete_user(UserName=USER)
    (difference,) = access_key.check(account.context())
    assert (difference.what.code, text_of(difference.found)) == ("resource.user", "deleted")


def test_what_was_changed_comes_with_what_would_repair_it(account: Account, answers: Answers) -> None:
    own = minted(account)
    client = account.client("iam")
    added = client.create_access_key(UserName=USER)["AccessKey"]["AccessKeyId"]
    set_access_key_status(account.aws, USER, own, "Inactive")
    answers.changes.pop("GetUser")  # as if it were removed
    boundary, both = access_key.check(account.context())
    assert boundary.remediations == (Remediation(RemediationAction.SET_BOUNDARY, USER, PLAN.boundary_arn),)
    assert [(repair.action, repair.name) for repair in both.remediations] == [
        (RemediationAction.DELETE_KEY, added),
        (RemediationAction.ACTIVATE_KEY, own),
    ]


def test_of_a_user_that_lost_our_tag_nothing_is_offered_for_repair(account: Account) -> None:
    minted(account)
    client = account.client("iam")
    client.untag_user(UserName=USER, TagKeys=list(PLAN.tags))
    client.create_access_key(UserName=USER)
    found = access_key.check(account.context())
    assert [row.what.code for row in found] == ["drift.tag", "drift.access_keys"]
    assert [row.remediations for row in found] == [(), ()]
