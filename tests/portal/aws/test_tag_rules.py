"""Tags of a data stream: AWS's rules and Sluice's own tags, each with its message."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.aws.tag_rules import MOST_OWN_TAGS, MOST_TAGS, OUR_TAGS, tag_problems
from portal.messages.catalogue import entries


def codes(tags: dict[str, str]) -> list[str]:
    return [problem.code.removeprefix("tag.") for problem in tag_problems(tags)]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("cost-centre", "4711"),
        ("Geb\u00e4ude", "H\u00f6he 3"),
        ("a" * 128, "b" * 256),
        ("key", ""),
        ("a.b:c/d=e+f-g@h_i", " "),
        ("my-aws:key", "x"),
        ("Managed-By", "us"),
    ],
)
def test_a_tag_that_aws_takes(key: str, value: str) -> None:
    assert codes({key: value}) == []


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("", "x", "key_missing"),
        ("a" * 129, "x", "key_too_long"),
        ("a", "x" * 257, "value_too_long"),
        ("aws:x", "x", "reserved_by_aws"),
        ("AWS:x", "x", "reserved_by_aws"),
        *((key, "x", "set_by_sluice") for key in OUR_TAGS),
        ("sluice:anything", "x", "set_by_sluice"),
        ("a*b", "x", "characters"),
        ("a", "x;y", "characters"),
        ("a", "\U0001f600", "characters"),
        ("a", "x\0", "characters"),
    ],
)
def test_a_tag_that_aws_refuses_or_sluice_sets(key: str, value: str, code: str) -> None:
    assert codes({key: value}) == [code]


def test_sluice_leaves_room_for_its_own_tags() -> None:
    most = {f"key-{number}": "" for number in range(MOST_OWN_TAGS)}
    assert codes(most) == []
    assert len(most) + len(OUR_TAGS) == MOST_TAGS
    [problem] = tag_problems({**most, "one-more": ""})
    assert (problem.code, problem.params["given"]) == ("tag.too_many", MOST_OWN_TAGS + 1)


def test_every_tag_gets_its_problem_in_their_order() -> None:
    assert codes({"aws:a": "", "fine": "", "sluice:b": "", "": ""}) == [
        "reserved_by_aws",
        "set_by_sluice",
        "key_missing",
    ]


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(st.text(max_size=130), st.text(max_size=260), max_size=3))
def test_any_tags_get_at_most_one_problem_each_with_a_sentence(tags: dict[str, str]) -> None:
    problems = tag_problems(tags)
    assert len(problems) <= len(tags)
    assert all(problem.code in entries() for problem in problems)
    assert all(len(str(problem.params.get("key", ""))) <= 40 for problem in problems)
