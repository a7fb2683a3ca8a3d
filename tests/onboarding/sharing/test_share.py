"""Shares as a spec declares them: with whom AWS shares a stream, and what could never be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.sharing.share import Share, share_problems
from portal.messages.catalogue import text_of, todo_of

OWN, OTHER = "111122223333", "444455556666"
READER = f"arn:aws:iam::{OTHER}:role/service-role/reader"


def problems(
    *shares: Share, kms_key: str = "none", account_id: str | None = OWN, partition: str = "aws"
) -> list[tuple[str, str]]:
    found = share_problems(shares, kms_key=kms_key, account_id=account_id, partition=partition)
    assert all(text_of(message) for _, message in found)
    found = share_problems(shares, kms_key=kms_key, account_id=account_id, partition=partition)
    return [(path, message.code) for path, message in found]


@pytest.mark.parametrize("principal", [READER, f"arn:aws:iam::{OTHER}:user/ada", OTHER])
def test_a_role_a_user_or_an_account_can_read(principal: str) -> None:
    assert problems(Share("analytics", principal)) == []


@pytest.mark.parametrize(
    ("principal", "code"),
    [
        ("*", "wildcard"),
        (f"arn:aws:iam::{OTHER}:role/*", "wildcard"),
        (f"arn:aws:lambda:eu-west-1:{OTHER}:function:reader", "function"),
        (f"arn:aws:kinesis:eu-west-1:{OTHER}:stream/sensors", "stream"),
        ("lambda.amazonaws.com", "service"),
        (f"arn:aws:iam::{OTHER}:root", "root"),
        (f"arn:aws:sts::{OTHER}:assumed-role/reader/session", "session"),
        ("4444-5555-6666", "separated"),
        (f"arn:aws:iam::{OTHER}:group/readers", "unknown"),
        (f"arn:aws:iam::{OTHER}:saml-provider/idp", "unknown"),
        ("arn:aws:iam::4444:role/reader", "unknown"),
        ("", "unknown"),
        (f"{READER}\n", "unknown"),
        (f"arn:aws:iam::{OWN}:role/reader", "own_account"),
        (OWN, "own_account"),
        (f"arn:aws-cn:iam::{OTHER}:role/reader", "partition"),
    ],
)
def test_what_else_is_entered_is_refused_with_what_it_is(principal: str, code: str) -> None:
    assert problems(Share("analytics", principal)) == [("0.principal", f"share.principal_{code}")]


def test_the_aws_managed_key_cannot_be_shared_and_the_message_names_the_cure() -> None:
    assert problems(kms_key="aws") == []
    assert problems(Share("analytics", READER), kms_key="aws") == [("", "share.aws_managed_key")]
    [(_, message)] = share_problems([Share("a", READER)], kms_key="aws", account_id=OWN)
    assert "new KMS key" in todo_of(message)
    for kms_key in ("none", "new", f"arn:aws:kms:eu-west-1:{OWN}:key/1"):
        assert problems(Share("analytics", READER), kms_key=kms_key) == []


def test_labels_and_principals_are_listed_once() -> None:
    other = f"arn:aws:iam::{OTHER}:role/other"
    assert problems(Share("a", READER), Share("a", other)) == [("1.label", "share.label_twice")]
    assert problems(Share("a", READER), Share("b", READER)) == [("1.principal", "share.principal_twice")]
    for label in ("", "A", "-a", "a-", "a_b", "a" * 31):
        assert problems(Share(label, READER)) == [("0.label", "share.label")], label


LABELS = st.from_regex(r"[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])?", fullmatch=True)


@given(LABELS, LABELS)
def test_two_labels_never_have_one_statement(label: str, other: str) -> None:
    first, second = Share(label, READER).sid("5f0c2d9a1b3c"), Share(other, READER).sid("5f0c2d9a1b3c")
    assert first.isalnum()
    assert (first == second) == (label == other)
