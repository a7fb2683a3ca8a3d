"""What a check reports: a difference where there is one, in words, whatever somebody wrote into the account."""

from typing import Any

import pytest

from onboarding.provisioning.differences import (
    NONE,
    OTHER_TAG,
    OWN_TAG,
    compare_documents,
    compare_tags,
    differing,
    value_of,
)
from portal.aws.policies.producer import producer_policy
from portal.messages.catalogue import text_of
from portal.messages.message import Message
from tests.onboarding.provisioning.steps.account import PLAN, THEIRS

ARN = "arn:aws:kinesis:eu-west-1:111122223333:stream/sluice-harbour"
OURS = producer_policy(ARN, None)


@pytest.mark.parametrize(
    "found",
    [
        {},
        {"Statement": [{"Effect": "Allow"}]},
        {"Statement": [{"Effect": "Allow", "NotAction": "*", "NotResource": "*"}]},
        {"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}},
        {"Statement": [{"Effect": "Allow", "Action": ["s3:*"], "Resource": {"a": 1}}]},
        {"Version": "2008-10-17"},
    ],
)
def test_a_document_of_another_author_differs_and_breaks_nothing(found: dict[str, Any]) -> None:
    expected, other = compare_documents(OURS, found)
    assert expected != other
    assert text_of(other)


def test_a_document_that_says_the_same_in_other_json_says_so() -> None:
    again = {**OURS, "Id": "added by hand"}
    expected, other = compare_documents(OURS, again)
    assert other.code == "drift.same_in_other_json"
    assert text_of(expected) in text_of(other)


def test_an_equal_document_does_not_differ_and_a_missing_one_does() -> None:
    assert len(set(compare_documents(OURS, dict(OURS)))) == 1
    assert compare_documents(OURS, None)[1] == NONE


@pytest.mark.parametrize(("tags", "found"), [(PLAN.tags, OWN_TAG), (THEIRS, OTHER_TAG), ({}, OTHER_TAG)])
def test_whose_a_resource_is_stands_in_its_tag(tags: dict[str, str], found: Message) -> None:
    assert compare_tags(PLAN, tags) == (OWN_TAG, found)


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "none"), ("", "none"), ([], "none"), (0, "0"), (False, "False"), (["a"], "['a']"), ("x", "x")],
)
def test_nothing_is_told_from_naught(value: object, text: str) -> None:
    assert text_of(value_of(value)) == text


def test_only_what_differs_is_reported() -> None:
    what, other = Message("drift.capacity_mode"), Message("drift.retention_period")
    rows = [(what, value_of(1), value_of("1")), (other, value_of(1), value_of(2))]
    assert [difference.what for difference in differing(rows)] == [other]
