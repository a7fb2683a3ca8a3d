"""The KMS key of a stream: found again after a lost answer, never another's, and compared with its plan."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from onboarding.provisioning import lost_keys
from onboarding.provisioning.answers import Refused, Waiting
from onboarding.provisioning.ledger_protocol import FenceLost
from onboarding.provisioning.steps import key
from portal.aws import kms
from portal.aws.errors import AwsFault
from portal.messages.catalogue import text_of
from tests.onboarding.provisioning.steps.account import PLAN, THEIRS, Account, Answers, codes, done

ALIAS = PLAN.key_alias


def made(
    account: Account, tags: dict[str, str] | None = None, *, alias: str = "", description: str = PLAN.key_description
) -> str:
    """A key in the account, as CreateKey leaves it, or with tags."""
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": "*"}]}
    found = kms.create_key(account.aws, description=description if not tags else "", policy=policy)
    if tags:
        kms.tag_key(account.aws, found.arn, tags)
    if alias:
        kms.create_alias(account.aws, alias, found.arn)
    return found.arn


def all_keys(account: Account) -> list[str]:
    return [found["KeyArn"] for found in account.client("kms").list_keys()["Keys"]]


def states(account: Account) -> list[str]:
    return [account.client("kms").describe_key(KeyId=arn)["KeyMetadata"]["KeyState"] for arn in all_keys(account)]


def test_the_title_names_the_alias() -> None:
    assert ALIAS in text_of(key.title(PLAN))


def test_a_key_is_created_with_alias_rotation_and_policy_and_then_left_alone(account: Account) -> None:
    first = done(key.apply(account.context()))
    assert codes(first.did) == [
        "outcome.created", "outcome.tagged", "outcome.alias_created", "outcome.rotation_enabled"
    ]  # fmt: skip
    found = kms.describe_key(account.aws, ALIAS)
    assert found is not None
    assert (found.arn, kms.rotates(account.aws, found.arn)) == (first.arn, True)
    assert kms.key_tags(account.aws, found.arn) == PLAN.tags
    assert account.rows.owned[key.KIND, ALIAS].arn == first.arn
    again = done(key.apply(account.context()))
    assert (again.arn, again.did, codes(again.found)) == (first.arn, None, ["outcome.as_specified"])
    assert all_keys(account) == [first.arn]


def test_a_key_is_created_without_tags_because_no_right_to_tag_it_exists_yet(
    account: Account, answers: Answers
) -> None:
    key.apply(account.context())
    assert set(answers.sent["CreateKey"]) == {"Description", "Policy"}


def test_a_key_whose_answer_was_lost_is_found_by_its_description(account: Account, answers: Answers) -> None:
    account.rows.listed(key.KIND, ALIAS)
    made(account, description="another")
    arn = made(account)
    answer = done(key.apply(account.context()))
    assert answer.arn == arn
    assert codes(answer.did) == [
        "outcome.tagged", "outcome.alias_created", "outcome.rotation_enabled", "outcome.key_policy_set"
    ]  # fmt: skip
    assert "CreateKey" not in answers.asked[2:]


def test_no_other_key_of_the_account_is_asked_about_unless_an_answer_was_lost(
    account: Account, answers: Answers
) -> None:
    others = [made(account, description="another") for _ in range(3)]
    answers.asked.clear()
    key.apply(account.context())
    key.apply(account.context())
    key.check(account.context())
    assert "ListKeys" not in answers.asked
    assert others[0] not in str(answers.sent)


def test_a_search_asks_a_page_of_keys_in_each_turn(
    account: Account, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lost_keys, "PAGE", 2)
    account.rows.listed(key.KIND, ALIAS)
    [made(account, description="another") for _ in range(4)]
    arn = made(account)
    turns = [key.apply(account.context()) for _ in range(3)]
    waiting = [turn for turn in turns if isinstance(turn, Waiting)]
    assert [turn.reason.params["left"] for turn in waiting] == [3, 1]
    assert done(turns[-1]).arn == arn
    assert answers.asked.count("DescribeKey") <= 3 + 5 + 2


def test_of_two_such_keys_every_worker_chooses_the_same(account: Account) -> None:
    account.rows.listed(key.KIND, ALIAS)
    arns = {made(account), made(account)}
    assert done(key.apply(account.context())).arn == min(arns)


def test_a_key_that_aws_created_a_moment_ago_and_does_not_know_yet_is_not_created_again(account: Account) -> None:
    absent = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-4000-8000-000000000000"
    account.rows.listed(key.KIND, ALIAS, absent, intended_at=datetime.now(UTC) - timedelta(minutes=4))
    answer = key.apply(account.context())
    assert isinstance(answer, Waiting)
    assert all_keys(account) == []
    account.rows.listed(key.KIND, ALIAS, absent, intended_at=datetime.now(UTC) - timedelta(minutes=6))
    assert codes(done(key.apply(account.context())).did)[0] == "outcome.created"


def test_a_key_intended_a_moment_ago_may_still_appear(account: Account) -> None:
    account.rows.listed(key.KIND, ALIAS, intended_at=datetime.now(UTC))
    answer = key.apply(account.context())
    assert isinstance(answer, Waiting)
    assert answer.reason.code == "waiting.kms_key_not_listed"
    assert all_keys(account) == []


def test_a_key_that_never_appeared_is_created(account: Account) -> None:
    account.rows.listed(key.KIND, ALIAS)
    assert codes(done(key.apply(account.context())).did)[0] == "outcome.created"


@pytest.mark.parametrize(("tags", "code"), [(THEIRS, "of_another_integration"), ({}, "not_created_by_sluice")])
def test_an_alias_of_another_key_is_refused(account: Account, tags: dict[str, str], code: str) -> None:
    arn = made(account, tags, alias=ALIAS, description="")
    with pytest.raises(Refused) as refused:
        key.apply(account.context())
    assert refused.value.message.code == f"refused.{code}"
    assert all_keys(account) == [arn]


def test_tags_that_may_not_be_read_mean_that_the_key_is_not_ours(account: Account, answers: Answers) -> None:
    made(account, alias=ALIAS, description="")
    answers.refuse("ListResourceTags", "AccessDeniedException")
    with pytest.raises(Refused) as refused:
        key.apply(account.context())
    assert refused.value.message.code == "refused.not_created_by_sluice"


@pytest.mark.parametrize("operation", ["ListResourceTags", "TagResource", "CreateAlias", "EnableKeyRotation"])
def test_a_denial_on_our_own_key_waits_for_its_policy(account: Account, answers: Answers, operation: str) -> None:
    account.rows.listed(key.KIND, ALIAS, made(account))
    answers.refuse(operation, "AccessDeniedException", f"not authorized to perform: kms:{operation}")
    answer = key.apply(account.context())
    assert isinstance(answer, Waiting)
    assert answer.reason.code == "waiting.kms_key_rights"
    assert f"not authorized to perform: kms:{operation}" in answer.detail
    answers.refusals.clear()
    done(key.apply(account.context()))


def test_a_denial_on_a_key_created_a_moment_ago_waits_and_creates_no_second_one(
    account: Account, answers: Answers
) -> None:
    answers.refuse("TagResource", "AccessDeniedException")
    assert isinstance(key.apply(account.context()), Waiting)
    answers.refusals.clear()
    assert [done(key.apply(account.context())).arn] == all_keys(account)


def test_a_denial_of_the_creation_itself_is_a_denial(account: Account, answers: Answers) -> None:
    answers.refuse("CreateKey", "AccessDeniedException")
    with pytest.raises(AwsFault) as fault:
        key.apply(account.context())
    assert fault.value.operation == "kms:CreateKey"


def test_a_tag_that_its_owner_removed_is_not_added_again(account: Account) -> None:
    arn = done(key.apply(account.context())).arn
    account.client("kms").untag_resource(KeyId=arn, TagKeys=list(PLAN.tags))
    with pytest.raises(Refused) as refused:
        key.apply(account.context())
    assert refused.value.message.code == "refused.not_created_by_sluice"


def test_a_client_who_excluded_deletion_gets_a_key_that_sluice_may_not_delete(account: Account) -> None:
    account.plan = replace(PLAN, may_delete=False)
    arn = done(key.apply(account.context())).arn
    assert "kms:ScheduleKeyDeletion" not in str(kms.key_policy(account.aws, arn))
    account.plan = PLAN
    assert codes(done(key.apply(account.context())).did) == ["outcome.key_policy_set"]
    assert "kms:ScheduleKeyDeletion" in str(kms.key_policy(account.aws, arn))


@pytest.mark.parametrize("state", ["Disabled", "PendingDeletion"])
def test_a_key_that_cannot_be_used_is_refused_with_its_state(account: Account, state: str) -> None:
    arn = made(account, alias=ALIAS)
    account.rows.listed(key.KIND, ALIAS, arn)
    if state == "Disabled":
        account.client("kms").disable_key(KeyId=arn)
    else:
        kms.schedule_deletion(account.aws, arn)
    with pytest.raises(Refused) as refused:
        key.apply(account.context())
    assert refused.value.message.params == {"state": state, "arn": arn}


def test_an_alias_that_was_moved_is_refused(account: Account) -> None:
    account.rows.listed(key.KIND, ALIAS, made(account))
    made(account, THEIRS, alias=ALIAS)
    with pytest.raises(Refused) as refused:
        key.apply(account.context())
    assert refused.value.message.code == "refused.of_another_integration"


def test_a_paused_workers_key_stays_while_the_new_owner_can_find_it(account: Account) -> None:
    account.rows.lost_at = "present"
    with pytest.raises(FenceLost):
        key.apply(account.context())
    assert states(account) == ["Enabled"]


def test_a_paused_workers_key_goes_when_the_new_owner_has_one(account: Account, answers: Answers) -> None:
    theirs = "arn:aws:kms:eu-west-1:111122223333:key/theirs"
    answers.changes["CreateKey"] = lambda _: account.rows.listed(key.KIND, ALIAS, theirs)
    account.rows.lost_at = "present"
    with pytest.raises(FenceLost):
        key.apply(account.context())
    assert states(account) == ["PendingDeletion"]


def test_a_fence_is_lost_even_where_that_key_cannot_be_deleted(account: Account, answers: Answers) -> None:
    answers.changes["CreateKey"] = lambda _: account.rows.listed(key.KIND, ALIAS, "arn:aws:kms:::key/theirs")
    answers.refuse("ScheduleKeyDeletion", "AccessDeniedException")
    account.rows.lost_at = "present"
    with pytest.raises(FenceLost):
        key.apply(account.context())
    assert "ScheduleKeyDeletion" in answers.asked


def seen(account: Account) -> dict[str, tuple[str, str]]:
    return {row.what.code: (text_of(row.expected), text_of(row.found)) for row in key.check(account.context())}


def test_a_key_that_was_never_created_is_not_compared(account: Account) -> None:
    assert key.check(account.context()) == []
    account.rows.listed(key.KIND, ALIAS)
    assert key.check(account.context()) == []


def test_a_key_just_created_does_not_differ(account: Account) -> None:
    key.apply(account.context())
    assert key.check(account.context()) == []


def changed(account: Account, arn: str, what: str) -> None:
    client: Any = account.client("kms")
    if what == "drift.tag":
        client.untag_resource(KeyId=arn, TagKeys=list(PLAN.tags))
    elif what == "drift.status":
        client.disable_key(KeyId=arn)
    elif what == "drift.alias":
        client.delete_alias(AliasName=ALIAS)
    elif what == "drift.rotation":
        client.disable_key_rotation(KeyId=arn)
    else:
        document = json.dumps({"Version": "2012-10-17", "Statement": []})
        client.put_key_policy(KeyId=arn, PolicyName="default", Policy=document)


@pytest.mark.parametrize("what", ["drift.tag", "drift.status", "drift.alias", "drift.rotation", "drift.policy"])
def test_a_changed_key_differs_in_that_alone(account: Account, what: str) -> None:
    arn = done(key.apply(account.context())).arn
    changed(account, arn, what)
    found = seen(account)
    assert list(found) == [what]
    assert found[what][0] != found[what][1]


def test_of_a_key_that_is_not_ours_neither_rotation_nor_policy_is_read(account: Account, answers: Answers) -> None:
    arn = done(key.apply(account.context())).arn
    changed(account, arn, "drift.tag")
    answers.asked.clear()
    key.check(account.context())
    assert not {"GetKeyPolicy", "GetKeyRotationStatus"} & set(answers.asked)


@pytest.mark.parametrize("found", ["deleted", "being deleted"])
def test_a_key_that_is_gone_or_going_is_one_difference(account: Account, found: str) -> None:
    arn = done(key.apply(account.context())).arn
    kms.schedule_deletion(account.aws, arn)
    if found == "deleted":
        gone = replace(account.rows.owned[key.KIND, ALIAS], arn=arn[:-1] + ("0" if arn[-1] != "0" else "1"))
        account.rows.owned[key.KIND, ALIAS] = gone
    assert seen(account)["resource.kms_key"] == ("exists", found)
