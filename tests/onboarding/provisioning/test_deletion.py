"""Deletion of a kind of resource: each outcome is committed at once, and what is not ours stays with a reason."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from onboarding.provisioning.answers import Done, Waiting
from onboarding.provisioning.context import Context, Terms
from onboarding.provisioning.deletion import (
    COMMANDS,
    ROLE_MAY_NOT_DELETE,
    SETTLING,
    Kept,
    Removal,
    Removed,
    by_hand,
    is_settling,
    remove_all,
    stranger,
)
from onboarding.provisioning.ledger_protocol import Owned
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.messages.message import Message
from tests.onboarding.provisioning.steps.account import PLAN, THEIRS, codes
from tests.onboarding.provisioning.steps.rows import OpenVault, Rows

KIND = "log group"
REASON = Message("kept.tag_removed", tag="sluice:integration")


def context_of(rows: Rows, **terms: object) -> Context:
    return Context(PLAN, None, rows, OpenVault(), Terms(**terms))


@pytest.fixture
def rows() -> Rows:
    found = Rows()
    for name in ("a", "b", "c"):
        found.listed(KIND, name, f"arn:{name}")
    found.listed("IAM role", "a", "arn:role")
    return found


def test_every_outcome_is_told_and_none_of_another_kind(rows: Rows) -> None:
    answers: dict[str, Removal] = {"a": Removed(), "b": Removed(by_us=False), "c": Kept(REASON)}
    answer = remove_all(context_of(rows, may_delete=True), KIND, lambda _, owned: answers[owned.name])
    assert isinstance(answer, Done)
    assert codes(answer.found) == ["outcome.already_deleted", "outcome.kept"]
    assert codes(answer.did) == ["outcome.deleted"]
    assert [name for kind, name in rows.owned if kind == KIND] == ["c"]
    assert rows.why_kept[KIND, "c"] == REASON
    assert ("IAM role", "a") in rows.owned


def test_what_was_removed_before_a_wait_is_not_removed_twice(rows: Rows) -> None:
    asked: list[str] = []

    def remove(_: Context, owned: Owned) -> Removal:
        asked.append(owned.name)
        return Waiting(1, Message("waiting.aws")) if asked == ["a", "b"] else Removed()

    context = context_of(rows, may_delete=True)
    assert isinstance(remove_all(context, KIND, remove), Waiting)
    assert isinstance(remove_all(context, KIND, remove), Done)
    assert asked == ["a", "b", "b", "c"]


def test_what_is_still_wanted_is_not_looked_at(rows: Rows) -> None:
    context = context_of(rows, may_delete=True, wanted=frozenset({(KIND, "a"), (KIND, "b"), ("IAM role", "c")}))
    asked: list[str] = []

    def remove(_: Context, owned: Owned) -> Removal:
        asked.append(owned.name)
        return Removed()

    remove_all(context, KIND, remove)
    assert asked == ["c"]


def test_without_the_permission_nothing_is_asked_of_aws(rows: Rows) -> None:
    def never(_: Context, owned: Owned) -> Removal:
        raise AssertionError(owned.name)

    answer = remove_all(context_of(rows, may_delete=False), KIND, never)
    assert isinstance(answer, Done)
    assert codes(answer.found) == ["outcome.kept"] * 3
    assert set(rows.why_kept.values()) == {ROLE_MAY_NOT_DELETE}


def test_what_needs_no_permission_goes_all_the_same(rows: Rows) -> None:
    answer = remove_all(context_of(rows, may_delete=False), KIND, lambda *_: Removed(), needs_permission=False)
    assert isinstance(answer, Done)
    assert codes(answer.did) == ["outcome.deleted"]


@pytest.mark.parametrize(
    ("tags", "code"),
    [(PLAN.tags, None), (THEIRS, "kept.of_another_integration"), ({"managed-by": "sluice"}, "kept.tag_removed")],
)
def test_a_stranger_is_kept_with_the_reason(tags: dict[str, str], code: str | None) -> None:
    kept = stranger(context_of(Rows()), tags)
    assert (kept.reason.code if kept else None) == code


def test_only_what_was_never_seen_may_still_appear() -> None:
    now = datetime.now(UTC)
    young = Owned(KIND, "a", "", now, is_seen=False, age=timedelta(0))
    assert is_settling(young)
    assert not is_settling(replace(young, is_seen=True))
    assert not is_settling(replace(young, age=SETTLING + timedelta(seconds=1)))


@pytest.mark.parametrize("kind", COMMANDS)
def test_the_command_by_hand_names_the_resource_and_leaves_nothing_open(kind: str) -> None:
    command = by_hand(kind, "sluice-name", "arn:aws:x", "eu-west-1")
    begins = "aws ", "for key in $(aws iam list-access-keys", "policy=$(aws kinesis get-resource-policy"
    assert command.startswith(begins)
    assert "sluice-name" in command or "arn:aws:x" in command
    assert not re.search(r"\{\w+\}", command)
    assert by_hand("carrier pigeon", "a", "b", "c") == ""


def test_a_fault_of_aws_ends_the_step_and_keeps_what_was_done(rows: Rows) -> None:
    fault = AwsFault(FaultKind.THROTTLED, "ThrottlingException", "logs:DeleteLogGroup", "slow down")

    def remove(_: Context, owned: Owned) -> Removal:
        if owned.name == "b":
            raise fault
        return Removed()

    with pytest.raises(AwsFault):
        remove_all(context_of(rows, may_delete=True), KIND, remove)
    assert [name for kind, name in rows.owned if kind == KIND] == ["b", "c"]
