"""docs/asvs.md has every requirement of ASVS 5.0.0 of levels 1 and 2 once, and what it names exists."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, parsed

DOCUMENT = ROOT / "docs" / "asvs.md"
REQUIREMENTS = Path(__file__).with_name("asvs.txt")
STATES = {"holds", "in part", "does not hold", "does not apply"}
NO_TEST = "no test"
CODE = re.compile(r"`([^`]+)`")
PLACE = re.compile(r"(?:portal|onboarding|monitoring|templates|static|docs|tests)/[\w./-]+(?:::\w+)?")


@dataclass(frozen=True)
class Row:
    """A row of the document: one requirement, or several of which all is said at once."""

    ids: str
    asks: str
    state: str
    where: str
    test: str

    def __str__(self) -> str:
        return self.ids


def rows_of(text: str) -> list[Row]:
    lines = [line for line in text.splitlines() if re.match(r"\| \d+\.\d", line)]
    return [Row(*(cell.strip() for cell in line.strip("|").split("|"))) for line in lines]


def numbers(ids: str) -> Iterator[str]:
    """Yield the numbers of `1.2.6–1.2.8, 1.3.1`."""
    for part in ids.split(", "):
        first, _, last = part.partition("–")
        section, _, begin = first.rpartition(".")
        end = last.rpartition(".") if last else (section, ".", begin)
        assert end[0] == section, f"{part} is of two sections"
        yield from (f"{section}.{number}" for number in range(int(begin), int(end[2]) + 1))


def faults_of(row: Row) -> list[str]:
    """Return what is wrong with a row."""
    is_shown = row.state in {"holds", "in part"}
    found = [] if row.state in STATES else [f"no such state: {row.state}"]
    found += [] if row.asks else ["asks nothing"]
    found += ["neither where nor why"] if not row.where else []
    found += ["names no test"] if is_shown and not (named_tests(row) or NO_TEST in row.test) else []
    return found + [name for name in places(f"{row.where} {row.test}") if not is_there(name)]


def named_tests(row: Row) -> list[str]:
    return [name for name in places(row.test) if name.startswith("tests/")]


def places(text: str) -> list[str]:
    return [name for name in CODE.findall(text) if PLACE.fullmatch(name)]


def is_there(name: str) -> bool:
    path, _, test = name.partition("::")
    return (ROOT / path).exists() and (not test or test in functions(ROOT / path))


@cache
def functions(path: Path) -> frozenset[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in ast.walk(parsed(path.read_text())) if isinstance(node, kinds))


ROWS = rows_of(DOCUMENT.read_text())


def test_every_requirement_is_there_once() -> None:
    lines = [line for line in REQUIREMENTS.read_text().splitlines() if not line.startswith("#")]
    levels = dict(line.split() for line in lines)
    assert Counter(levels.values()) == {"1": 70, "2": 183}  # as the standard counts them
    listed = Counter(number for row in ROWS for number in numbers(row.ids))
    assert [number for number, count in listed.items() if count > 1 or number not in levels] == []
    assert [number for number in levels if number not in listed] == []


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_row_says_what_holds_where_and_by_which_test(row: Row) -> None:
    assert faults_of(row) == []


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"state": "holds mostly"}, "no such state: holds mostly"),
        ({"where": ""}, "neither where nor why"),
        ({"test": ""}, "names no test"),
        ({"where": "`portal/no_such_file.py`"}, "portal/no_such_file.py"),
        (
            {"test": "`tests/portal/test_env.py::test_that_is_not_there`"},
            "tests/portal/test_env.py::test_that_is_not_there",
        ),
    ],
)
def test_a_row_that_is_wrong_would_be_found(changed: dict[str, str], fault: str) -> None:
    good = {"ids": "1.1.1", "asks": "x", "state": "holds", "where": "`portal/env.py`", "test": "no test"}
    assert faults_of(Row(**good)) == []
    assert faults_of(Row(**{**good, **changed})) == [fault]


def test_what_does_not_hold_is_summed_up() -> None:
    begin = DOCUMENT.read_text().split("## Does not hold")[1].split("## ")[0]
    assert [row.ids for row in ROWS if row.state == "does not hold" and row.ids not in begin] == []
