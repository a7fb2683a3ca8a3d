"""Where a problem is, as a person and a log read it."""

import pytest

from onboarding.problem_texts import line_of
from onboarding.spec.problem import Problem, SpecRefused
from portal.messages.message import Message

MESSAGE = Message("spec.shards_missing")
SENTENCE = "A provisioned stream requires a number of shards."


@pytest.mark.parametrize(
    ("path", "line", "place"),
    [
        ("stream.shards", 4, "line 4, stream.shards: "),
        ("stream.shards", None, "stream.shards: "),
        ("", 1, "line 1: "),
        ("", None, ""),
    ],
)
def test_a_place_names_what_is_known_of_it(path: str, line: int | None, place: str) -> None:
    problem = Problem(path, MESSAGE, line)
    assert line_of(problem) == f"{place}{SENTENCE}"
    assert str(problem) == f"{place}spec.shards_missing"


def test_a_refusal_names_all_its_problems_for_the_log() -> None:
    refused = SpecRefused([Problem("stream.shards", MESSAGE, 4), Problem("", Message("spec.unreadable"))])
    assert str(refused) == "line 4, stream.shards: spec.shards_missing; spec.unreadable"
