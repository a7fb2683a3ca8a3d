"""YAML that was not meant kindly, or was typed in a hurry: each is refused by line, and none ends in a stack trace."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onboarding.problem_texts import lines_of
from onboarding.spec import yaml_file
from onboarding.spec.problem import SpecRefused
from onboarding.spec.validation import MOST_NAMES, MOST_PROBLEMS, MOST_SHOWN
from tests.onboarding.spec.test_integration_spec import GOOD as FULL

GOOD = """\
name: sensors
connection: production
recipients: ["0123456789ABCDEF0123456789ABCDEF01234567"]
stream:
  name: sluice-sensors
  region: eu-west-1
"""


def refusals(text: str) -> list[str]:
    with pytest.raises(SpecRefused) as refused:
        yaml_file.from_yaml(text)
    return lines_of(refused.value)


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ("1: a\nother: b\n", 7),
        ("null: a\n", 7),
        ("true: a\nother: b\n", 7),
        ("  tags:\n    team: a\n    3: b\n", 9),
        ("  tags: {on: b}\n", 7),
        ("? [a, b]\n: c\n", 7),
    ],
)
def test_a_key_that_is_not_text_is_refused_by_its_line(more: str, line: int) -> None:
    [expected] = refusals(GOOD + more)
    assert expected.startswith(f"line {line}: This is not YAML: ")


def test_a_key_in_quotes_is_text() -> None:
    found = yaml_file.from_yaml(f"{GOOD}  tags: {{'3': b, 'on': c}}\n")
    assert found.stream.tags == {"3": "b", "on": "c"}


@pytest.mark.parametrize(
    "text",
    [
        "name: !!python/object/apply:os.system [ls]",
        "stream: &a {name: *a}",
        "recipients: &a [*a, *a]",
        "a: *unknown",
        "---\na: 1\n---\nb: 2",
        "\x00",
        "a: \ud800",
        "%YAML 3.0\n---\na: b",
        "<<: [1, 2]",
        "stream: {<<: {name: a}}",
    ],
)
def test_yaml_of_an_ill_will_is_refused(text: str) -> None:
    assert refusals(text)


@given(st.text(alphabet=" \n-:?[]{}&*!|>'\"#%@`~,abc10.", max_size=40))
@settings(max_examples=80, deadline=None)
def test_no_text_ends_otherwise_than_in_a_refusal(text: str) -> None:
    assert refusals(text)


def test_a_time_is_read_as_it_is_written() -> None:
    made = "2026-03-07T04:05:06+00:00"
    more = (
        f"  adopt: true\n  creation_timestamp: {made}\n  mode: ON_DEMAND\n  retention_hours: 24\n"
        "  shard_level_metrics: false\n  kms_key: none\n  max_record_kib: 1024\n"
    )
    found = yaml_file.from_yaml(GOOD + more)
    assert found.stream.creation_timestamp == made
    assert yaml_file.from_yaml(found.as_yaml()) == found


def test_an_adopted_stream_states_every_setting() -> None:
    made = "  adopt: true\n  creation_timestamp: '2026-03-07T04:05:06+00:00'\n"
    [expected] = refusals(GOOD + made)
    assert expected == "line 5, stream: Missing: mode, retention_hours, shard_level_metrics, kms_key, max_record_kib."


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("  creation_timestamp: 2026-03-07T04:05:06Z\n", "stream.creation_timestamp"),
        ("  mode: ON_DEMAND\n  shards: 1\n", "stream.shards"),
        ("  shards: null\n", "stream.shards"),
        ("  kms_key: mine\n", "stream.kms_key"),
        ("  shards: true\n", "stream.shards"),
        ("  shards: 1.5\n", "stream.shards"),
    ],
)
def test_what_the_schema_or_aws_refuses_stands_at_its_field(more: str, expected: str) -> None:
    [line] = refusals(GOOD + more)
    assert line.startswith(f"line {6 + len(more.splitlines())}, {expected}: ")


def test_tags_with_dots_in_their_keys_are_found_in_the_file() -> None:
    [expected] = refusals(f"{GOOD}  tags:\n    cost.centre: 4711\n")
    assert "stream.tags.cost.centre: 4711 is not of type 'string'" in expected


BOMB = "\n".join(["a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40))])
FILES = {
    "too long": ("# " + "x" * yaml_file.MOST_CHARACTERS, "spec.too_long"),
    "aliases that multiply": (BOMB, "spec.alias"),
    "nested without end": ("[" * 5000, "spec.too_many_values"),
    "very many values": ("[" + "a, " * yaml_file.MOST_EVENTS + "a]", "spec.too_many_values"),
    "5,000 digits": (FULL.replace("shards: 2", f"shards: {'9' * 5000}"), "spec.number_too_long"),
    "a surrogate": (FULL.replace("eu-west-1", '"\\ud800"'), "spec.character_not_allowed"),
    "an escaped NUL": (FULL.replace("eu-west-1", '"\\0"'), "spec.character_not_allowed"),
    "a NUL": ("name: a\0b", "spec.unreadable"),
    "a value that its tag does not allow": ("!!int x", "spec.unreadable"),
    "a name that is a number": ("1: a\nb: c", "spec.not_yaml"),
    "a name that is a list": ("? [a]\n: b", "spec.not_yaml"),
    "two documents": ("a: b\n---\na: b", "spec.not_yaml"),
    "nothing": ("", "spec.schema_violated"),
    "text": ("hello", "spec.schema_violated"),
}


@pytest.mark.parametrize(("text", "code"), FILES.values(), ids=FILES)
def test_a_file_that_cannot_be_a_spec_is_refused_soon(text: str, code: str) -> None:
    began = time.monotonic()
    with pytest.raises(SpecRefused) as refused:
        yaml_file.from_yaml(text)
    assert refused.value.problems[0].message.code == code
    assert time.monotonic() - began < 20


def test_the_line_of_a_limit_is_named() -> None:
    with pytest.raises(SpecRefused) as refused:
        yaml_file.from_yaml("name: &a x\nconnection: *a")
    assert refused.value.problems[0].line == 2


def test_what_is_said_of_many_mistakes_is_bounded() -> None:
    names = "\n".join(f"{'n' * 1000}{number}: 1" for number in range(300))
    recipients = ", ".join("x" * 1000 for _ in range(10))
    with pytest.raises(SpecRefused) as refused:
        yaml_file.from_yaml(f"{names}\nrecipients: [{recipients}]")
    found = {problem.message.code: problem.message for problem in refused.value.problems}
    assert len(found["spec.unknown_fields"].params["unknown"]) == MOST_NAMES
    assert all(len(name) <= MOST_SHOWN for name in found["spec.unknown_fields"].params["unknown"])
    assert len(found["spec.schema_violated"].params["reason"]) <= MOST_SHOWN


def test_the_problems_of_one_answer_are_bounded() -> None:
    with pytest.raises(SpecRefused) as refused:
        yaml_file.from_yaml("recipients: [" + ", ".join(f"x{number}" for number in range(300)) + "]")
    assert len(refused.value.problems) <= MOST_PROBLEMS


def test_a_spec_has_a_limit_of_recipients() -> None:
    many = "\n".join(f"  - {number:040X}" for number in range(21))
    with pytest.raises(SpecRefused):
        yaml_file.from_yaml(FULL.partition("recipients:")[0] + f"recipients:\n{many}\n")
