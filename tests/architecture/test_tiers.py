"""Every test is in exactly one tier, and a target of the Makefile runs each tier."""

import itertools
import re

import pytest
from _pytest.mark.expression import Expression

from tests.architecture.tree import ROOT
from tests.faults.parts import MARKED_TESTS
from tests.tiers import ALL_ITEMS, MARKS

pytest_plugins = ["pytester"]
VARIABLES = {"test": "QUICK", "audit": "AUDIT"}


def selections() -> dict[str, Expression]:
    """Return which tests each target selects."""
    makefile = (ROOT / "Makefile").read_text()
    found = {"faults": Expression.compile(MARKED_TESTS)}
    for target, variable in VARIABLES.items():
        [recipe] = re.findall(rf"^{target}: .*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
        assert f"$({variable})" in recipe
        [expression] = re.findall(rf'^{variable} := -m "(.+)"$', makefile, re.MULTILINE)
        found[target] = Expression.compile(expression)
    return found


def tiers_of(marks: tuple[str, ...]) -> list[str]:
    """Return the targets that run a test with these marks."""
    return [target for target, chosen in selections().items() if chosen.evaluate(lambda name, **_: name in marks)]


@pytest.mark.parametrize("marks", [(), *((mark,) for mark in MARKS)])
def test_one_target_runs_what_has_these_marks(marks: tuple[str, ...]) -> None:
    assert len(tiers_of(marks)) == 1


def test_every_target_has_tests_of_its_own() -> None:
    assert {target for marks in [(), *((mark,) for mark in MARKS)] for target in tiers_of(marks)} == set(selections())


def test_every_collected_test_is_in_one_tier(request: pytest.FixtureRequest) -> None:
    found = request.config.stash[ALL_ITEMS]
    assert found
    assert {name: tiers_of(marks) for name, marks in found.items() if len(tiers_of(marks)) != 1} == {}


SAMPLED = """
import pytest
@pytest.mark.sampled(2, rest="faults")
@pytest.mark.parametrize("number", range(9))
def test(number): pass
"""


@pytest.mark.parametrize("seed", ["one commit", "another"])
def test_what_is_not_drawn_is_in_the_other_tier(pytester: pytest.Pytester, seed: str) -> None:
    pytester.makeini('[pytest]\nmarkers = ["faults", "sampled"]')
    pytester.makepyfile(tests_sampled=SAMPLED)
    plugins = (
        "-p",
        "no:django",
        "-p",
        "tests.sampling",
        "-p",
        "tests.tiers",
        f"--sample-seed={seed}",
        "tests_sampled.py",
    )
    drawn = pytester.inline_run(*plugins, "-m", "not audit and not faults").listoutcomes()[0]
    others = pytester.inline_run(*plugins, "-m", MARKED_TESTS).listoutcomes()[0]
    assert (len(drawn), len(others)) == (2, 7)
    assert len({report.nodeid for report in [*drawn, *others]}) == 9


def test_a_test_with_two_marks_is_refused(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(tests_in_two="import pytest\n@pytest.mark.audit\n@pytest.mark.faults\ndef test(): pass\n")
    assert [marks for marks in itertools.permutations(MARKS) if len(tiers_of(marks)) == 1] == []
    done = pytester.runpytest_inprocess("-p", "tests.tiers", "tests_in_two.py")
    done.stderr.fnmatch_lines(["*in two tiers: tests_in_two.py::test*"])
