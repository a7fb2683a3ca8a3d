"""The KMS key of a stream: found again after a lost answer, never another's, and compared with its plan."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from onboarding.provisioning.answers import Refused, Waiting
from onboarding.provisioning.ledger_protocol import FenceLost
from onboarding.provisioning.steps import key
from portal.aws import kms
from portal.aws.errors import AwsFault
from portal.messages.catalogue import text_of
from tests.onboarding.provisioning.steps.account import PLAN, THEIRS, Account, Answers, codes, done

ALIAS = PLAN.key_alias


def made(account: Account, tags: dict[str, str] | None = None, *, alias: str = "") -> str:
    """A key in the account, as CreateKey leaves it."""
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": "*"}]}
    found = kms.create_key(account.aws, description="", policy=policy, tags=PLAN.tags if tags is None else tags)
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
    assert codes(first.did) == ["outcome.created", "outcome.alias_created", "outcome.rotation_enabled"]
    found = kms.describe_key(account.aws, ALIAS)
    assert found is not None
    assert (found.arn, kms.rotates(account.aws, found.arn)) == (first.arn, True)
    assert account.rows.owned[key.KIND, ALIAS].arn == first.arn
    again = done(key.apply(account.context()))
    assert (again.arn, again.did, codes(again.found)) == (first.arn, None, ["outcome.as_specified"])
    assert all_keys(account) == [first.arn]


def test_a_key_whose_answer_was_lost_is_found_by_its_tag(account: Account) -> None:
    account.rows.listed(key.KIND, ALIAS)
    arn = made(account)
    answer = done(key.apply(account.context()))
    assert answer.arn == arn
    assert codes(answer.did) == ["outcome.alias_created", "outcome.rotation_enabled", "outcome.key_policy_set"]
    assert all_keys(account) == [arn]


def test_of_two_such_keys_every_worker_chooses_the_same(account: Account) -> None:
    account.rows.listed(key.KIND, ALIAS)
    arns = {made(account), made(account)}
    assert done(key.apply(account.context())).arn == min(arns)


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
    arn = made(account, tags, alias=ALIAS)
    with pytest.raises(Refused) as refused:
        key.apply(account.context())
    assert refused.value.message.code == f"refused.{code}"
    assert all_keys(account) == [arn]


def test_tags_that_may_not_be_read_mean_that_the_key_is_not_ours(account: Account, answers: Answers) -> None:
    made(account, alias=ALIAS)
    answers.refuse("ListResourceTags", "AccessDeniedException")
    with pytest.raises(Refused) as refused:
        key.apply(account.context())
    assert refused.value.message.code == "refused.not_created_by_sluice"


def test_of_our_own_key_that_denial_is_a_denial(account: Account, answers: Answers) -> None:
    account.rows.listed(key.KIND, ALIAS, made(account, alias=ALIAS))
    answers.refuse("ListResourceTags", "AccessDeniedException")
    with pytest.raises(AwsFault) as fault:
        key.apply(account.context())
    assert fault.value.operation == "kms:ListResourceTags"


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
