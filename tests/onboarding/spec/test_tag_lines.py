"""Tags as people type them, and what AWS takes."""

import time

import pytest
from hypothesis import example as case
from hypothesis import given, settings
from hypothesis import strategies as st

from onboarding.spec import tag_lines
from portal.aws.tag_rules import tag_problems
from portal.messages.catalogue import text_of


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("", {}),
        ("a=b", {"a": "b"}),
        ("cost centre = 47 11\n\n  floor=3 ", {"cost centre": "47 11", "floor": "3"}),
        ("lonely", {"lonely": ""}),
        ("a=b = c=d", {"a=b": "c=d"}),
        ("a = 1\na = 2", {"a": "2"}),
    ],
)
def test_a_line_is_a_tag(text: str, tags: dict[str, str]) -> None:
    assert tag_lines.read(text) == tags
    assert tag_lines.read(tag_lines.written(tags)) == tags


def test_an_empty_value_survives_a_key_with_an_equals_sign() -> None:
    assert tag_lines.read(tag_lines.written({"a=b": ""})) == {"a=b": ""}


def test_a_key_that_stands_twice_is_found() -> None:
    assert tag_lines.repeated("a = 1\nb = 2\na = 3") == ["a"]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"": "x"}, "needs a key"),
        ({"k" * 129: "x"}, "at most 128"),
        ({"k": "x" * 257}, "at most 256"),
        ({"AWS:x": "1"}, "AWS's own"),
        ({"sluice:tenant": "1"}, "Sluice sets"),
        ({"managed-by": "me"}, "Sluice sets"),
        ({"a*b": "1"}, "letters, digits"),
        ({f"k{n}": "" for n in range(48)}, "you can set 47"),
    ],
)
def test_each_rule_has_its_sentence(tags: dict[str, str], expected: str) -> None:
    [problem] = tag_problems(tags)
    assert expected in text_of(problem)


def test_what_aws_takes_passes() -> None:
    assert tag_problems({"k" * 128: "v" * 256, "Gebäude: _.:/=+-@ 7": ""}) == []


def test_repeated_keys_are_counted_in_one_pass() -> None:
    many = "\n".join(f"key{number} = value" for number in range(50_000))
    started = time.process_time()
    assert tag_lines.repeated(f"{many}\nkey7 = again") == ["key7"]
    assert time.process_time() - started < 2  # comparing each with each took 19 s


@given(
    st.dictionaries(
        st.text("ab=: \u2028\u00a0", min_size=1, max_size=8), st.text("ab=: \u2028\u00a0", max_size=8), max_size=4
    )
)
@case({"a = b": "c"})
@case({"a =": "b", "= a": ""})
@case({" a": "b "})
@case({"a": "x\u2028y"})
@settings(max_examples=80, deadline=None)
def test_every_tag_that_aws_takes_is_read_back(tags: dict[str, str]) -> None:
    assert tag_problems(tags) == [], "they are ones that AWS takes"
    typed = tag_lines.written(tags)
    assert tag_lines.read(typed) == tags
    assert tag_lines.repeated(typed) == []


@pytest.mark.parametrize(
    ("line", "tag"),
    [
        ('{"a = b": "c"}', ("a = b", "c")),
        (' {"a": " c"} ', ("a", " c")),
        ('{"a": 1}', ('{"a": 1}', "")),
        ('{"a": "b", "c": "d"}', ('{"a": "b", "c": "d"}', "")),
        ("{a = b", ("{a", "b")),
        ("{}", ("{}", "")),
    ],
)
def test_a_tag_may_be_typed_as_json(line: str, tag: tuple[str, str]) -> None:
    assert list(tag_lines.read(line).items()) == [tag]
