"""A role within a boundary, decided from two documents that someone may have written by hand."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.aws.policies.boundary_check import OutsideBoundary, outside_boundary

PUT, STREAM = "kinesis:PutRecord", "arn:aws:kinesis:eu-west-1:111122223333:stream/sluice-a"
WANTED = OutsideBoundary(PUT, STREAM)


def statement(effect: str = "Allow", **fields: Any) -> dict[str, Any]:
    return {"Effect": effect, **({"Action": PUT} if "NotAction" not in fields else {}), "Resource": STREAM, **fields}


def outside(*limits: dict[str, Any], policy: dict[str, Any] | None = None) -> list[OutsideBoundary]:
    return outside_boundary({"Statement": [policy or statement()]}, {"Statement": list(limits)})


def test_a_statement_alone_needs_no_list() -> None:
    assert outside_boundary({"Statement": statement()}, {"Statement": statement()}) == []
    assert outside_boundary({"Statement": statement()}, {"Version": "2012-10-17"}) == [WANTED]


def test_each_action_on_each_resource_is_judged_in_the_order_of_the_policy() -> None:
    asked = statement(Action=["kinesis:PutRecords", PUT], Resource=["arn:b", STREAM])
    assert outside(statement(), policy=asked) == [
        OutsideBoundary("kinesis:PutRecords", "arn:b"),
        OutsideBoundary("kinesis:PutRecords", STREAM),
        OutsideBoundary(PUT, "arn:b"),
    ]


@pytest.mark.parametrize(
    "limit",
    [
        statement(Action="KINESIS:putrecord"),
        statement(Action=["s3:GetObject", "kinesis:Put*"]),
        statement(Action="*", Resource="*"),
        statement(Resource=["arn:b", "arn:aws:kinesis:*:*:stream/sluice-*"]),
    ],
)
def test_a_limit_that_covers_it_is_enough(limit: dict[str, Any]) -> None:
    assert outside(statement(Resource="arn:c"), limit) == []


@pytest.mark.parametrize(
    "limit",
    [
        statement(Action="kinesis:PutRecords"),
        statement(Action="kinesis:PutRecor?"),
        statement(Resource="arn:aws:kinesis:eu-west-1:111122223333:stream/SLUICE-A"),
        statement(Resource="arn:aws:kinesis:eu-west-1:111122223333:stream/sluice-"),
        statement(NotAction="iam:*", Resource="*"),
        statement(Action="*", NotResource="arn:b") | {"Resource": []},
        statement("Deny"),
    ],
)
def test_what_does_not_surely_cover_it_is_not_enough(limit: dict[str, Any]) -> None:
    assert outside(limit) == [WANTED]


def test_all_actions_but_some_are_outside_any_list_of_actions() -> None:
    everything = statement(NotAction="iam:*", Resource="*")
    assert outside(statement(), policy=everything) == [OutsideBoundary("*", "*")]
    assert outside(statement(Action="*", Resource="*"), policy=everything) == []


@pytest.mark.parametrize(
    ("deny", "is_outside"),
    [
        ({}, True),
        ({"Action": "kinesis:*", "Resource": "*"}, True),
        ({"Resource": "arn:aws:kinesis:*:stream/*-a"}, True),
        ({"Resource": "arn:aws:kinesis:*:stream/sluice-?"}, True),
        ({"NotAction": "s3:*", "Resource": "*"}, True),
        ({"Resource": "arn:aws:kinesis:*:stream/sluice-b"}, False),
        ({"Resource": "arn:aws:s3:*"}, False),
        ({"Action": "kinesis:PutRecords"}, False),
        ({"Condition": {"Bool": {"aws:SecureTransport": "false"}}}, False),
    ],
)
def test_a_deny_of_the_boundary_counts_where_it_may_apply(deny: dict[str, Any], is_outside: bool) -> None:
    found = outside(statement(Action="*", Resource="*"), statement("Deny", **deny))
    assert found == ([WANTED] if is_outside else [])


def test_a_deny_of_a_part_takes_the_whole() -> None:
    names = statement(Resource="arn:aws:kinesis:eu-west-1:111122223333:stream/sluice-*")
    part = statement("Deny", Resource="arn:aws:kinesis:eu-west-1:*:stream/sluice-payroll")
    assert outside(statement(Resource="*"), part, policy=names) == [OutsideBoundary(PUT, names["Resource"])]
    elsewhere = statement("Deny", Resource="arn:aws:kinesis:us-east-1:*")
    assert outside(statement(Resource="*"), elsewhere, policy=names) == []


TAG, VPC = "aws:ResourceTag/owner", "aws:SourceVpce"


@pytest.mark.parametrize(
    ("held", "wanted", "is_within"),
    [
        ({}, {}, True),
        ({"StringEquals": {TAG: "a"}}, {}, True),
        ({}, {"StringEquals": {TAG: "a"}}, False),
        ({"StringEquals": {TAG: "a"}}, {"StringEquals": {TAG: ["a", "b"]}}, True),
        ({"StringEquals": {TAG: ["a", "c"]}}, {"StringEquals": {TAG: ["a", "b"]}}, False),
        ({"StringEquals": {TAG.upper(): "a"}}, {"StringEquals": {TAG: "a"}}, True),
        ({"StringEquals": {TAG: "ab"}}, {"StringLike": {TAG: "a*"}}, True),
        ({"StringLike": {TAG: "ab*"}}, {"StringLike": {TAG: "a*"}}, True),
        ({"StringLike": {TAG: "a*"}}, {"StringLike": {TAG: "ab*"}}, False),
        ({"StringEquals": {TAG: "ab"}}, {"StringEquals": {TAG: "a*"}}, False),
        ({"StringLike": {TAG: "a*"}}, {"StringEquals": {TAG: "a*"}}, False),
        ({"StringEquals": {TAG: "a"}}, {"StringNotEquals": {TAG: "a"}}, False),
        ({"StringNotEquals": {TAG: "a"}}, {"StringNotEquals": {TAG: "a"}}, True),
        ({"StringNotEquals": {TAG: "a"}}, {"StringEquals": {TAG: "a"}}, False),
        ({"StringEqualsIfExists": {TAG: "a"}}, {"StringEquals": {TAG: "a"}}, False),
        ({"ForAnyValue:StringEquals": {TAG: "a"}}, {"StringEquals": {TAG: "a"}}, False),
        ({"Bool": {VPC: "true"}}, {"Bool": {VPC: "true"}}, True),
        ({"StringEquals": {VPC: "true"}}, {"Null": {VPC: "true"}}, False),
        ({"StringEquals": {TAG: "a"}}, {"StringEquals": {TAG: "a", VPC: "b"}}, False),
        ({"StringEquals": {TAG: "a", VPC: "b"}}, {"StringEquals": {TAG: "a"}, "StringLike": {VPC: "*"}}, True),
    ],
)
def test_a_condition_is_within_one_that_every_such_request_meets(
    held: dict[str, Any], wanted: dict[str, Any], is_within: bool
) -> None:
    found = outside(statement(Condition=wanted), policy=statement(Condition=held))
    assert found == ([] if is_within else [WANTED])


def test_what_is_outside_can_be_written_as_a_statement() -> None:
    condition = {"StringEquals": {TAG: "a"}}
    [found] = outside(policy=statement(Condition=condition))
    assert found.statement == statement(Condition=condition)
    assert WANTED.statement == statement()


PIECES = st.lists(st.sampled_from(["a", "b", "*"]), max_size=4).map("".join)
LIMITS = st.lists(st.tuples(PIECES, PIECES), max_size=3)


def is_covered(pattern: str, text: str) -> bool:
    """Whether every text of `text`, in which “*” stands for any letters, has the pattern; by trying short ones."""
    fillings = ("", "a", "b", "ab", "ba")
    return all(_has(pattern, text.replace("*", filling)) for filling in fillings)


def _has(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(_has(pattern[1:], text[at:]) for at in range(len(text) + 1))
    return bool(text) and text[0] == pattern[0] and _has(pattern[1:], text[1:])


@settings(max_examples=150, deadline=None)
@given(st.tuples(PIECES, PIECES), LIMITS, LIMITS)
def test_nothing_is_called_within_that_the_boundary_denies(
    asked: tuple[str, str], allowed: list[tuple[str, str]], denied: list[tuple[str, str]]
) -> None:
    limits = [statement(Action=action, Resource=resource) for action, resource in allowed]
    limits += [statement("Deny", Action=action, Resource=resource) for action, resource in denied]
    found = outside(*limits, policy=statement(Action=asked[0], Resource=asked[1]))
    if found:
        return
    assert any(is_covered(action, asked[0]) and is_covered(resource, asked[1]) for action, resource in allowed)
    exact = (asked[0].replace("*", "a"), asked[1].replace("*", "b"))
    assert not any(_has(action, exact[0]) and _has(resource, exact[1]) for action, resource in denied)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(PIECES, PIECES), min_size=1, max_size=4))
def test_a_policy_is_within_itself(allowed: list[tuple[str, str]]) -> None:
    document = {"Statement": [statement(Action=action, Resource=resource) for action, resource in allowed]}
    assert outside_boundary(document, document) == []


def test_a_pattern_of_many_stars_is_decided_at_once() -> None:
    text, pattern = "a" * 1_000, "*a" * 500
    policy = {"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": text}}
    for last, found in (("", 0), ("b", 1)):
        limit = {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": f"{pattern}{last}"}}
        assert len(outside_boundary(policy, limit)) == found
