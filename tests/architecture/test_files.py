"""Files stay small, nothing is left for later in them, and a check is switched off only with its reason."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.architecture.tree import CODE, ROOT, modules

LONGEST = 400
LEFT_FOR_LATER = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b(?!\s*=)")
NOQA_WITHOUT_REASON = re.compile(r"#\s*(?:noqa|type:\s*ignore)(?!.*(?:\(|#).*\w{4,}.*$)", re.MULTILINE)
BROAD_WITHOUT_REASON = re.compile(r"except Exception\b[^:\n]*:(?!\s*#.*\w{4,})[^\n]*")
STATE_NAME = re.compile(r"\b\w+\.TODO\b|^\s*TODO = ", re.MULTILINE)
by_module = pytest.mark.parametrize("path", modules(*CODE), ids=lambda path: str(path.relative_to(ROOT)))


@by_module
def test_a_file_stays_readable(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST


@by_module
def test_nothing_is_left_for_later(path: Path) -> None:
    # A step that is "to do" is a state, not a note.
    assert LEFT_FOR_LATER.findall(STATE_NAME.sub("", path.read_text())) == []


@pytest.mark.parametrize("path", modules(*CODE, "tests"), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_check_is_switched_off_with_a_reason_only(path: Path) -> None:
    if path != Path(__file__):  # it holds the examples below
        assert NOQA_WITHOUT_REASON.findall(path.read_text()) == []


def test_every_rule_switched_off_for_many_files_has_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    settings = tomllib.loads(text)["tool"]["ruff"]["lint"]
    off = {*settings["ignore"], *(code for codes in settings["per-file-ignores"].values() for code in codes)}
    assert off
    assert _without_reason(text, off) == []


def _without_reason(text: str, codes: set[str]) -> list[str]:
    named = [
        line for line in text.splitlines() if any(f'"{code}"' in line for code in codes) and "select =" not in line
    ]
    return [line for line in named if not re.search(r"#\s+\S+(?:\s\S+){2}", line)]


def test_a_rule_without_its_reason_would_be_found() -> None:
    text = '"S603",\n"E501",  # see below\n"DJ001",  # null means "not known"\n'
    assert _without_reason(text, {"S603", "E501", "DJ001"}) == ['"S603",', '"E501",  # see below']


@pytest.mark.parametrize(
    ("line", "is_fine"),
    [
        ("x = 1  # noqa: S105", False),
        ("x = 1  # noqa: S105  (no secret)", True),
        ("x = 1  # type: ignore[assignment]", False),
        ("x = 1  # type: ignore[assignment]  # the address is the name", True),
    ],
)
def test_the_rule_itself(line: str, is_fine: bool) -> None:
    assert (NOQA_WITHOUT_REASON.search(line) is None) is is_fine


@by_module
def test_every_exception_is_caught_with_a_reason_only(path: Path) -> None:
    assert BROAD_WITHOUT_REASON.findall(path.read_text()) == []


@pytest.mark.parametrize(
    ("lines", "is_fine"),
    [
        ("except Exception:\n    pass", False),
        ("except Exception as error:\n    log()  # logged", False),
        ("except Exception as error:  # its library raises anything", True),
        ("except Exception:\n    # Its library raises anything.\n    log()", True),
        ("except ValueError:\n    pass", True),
    ],
)
def test_a_broad_exception_without_its_reason_would_be_found(lines: str, is_fine: bool) -> None:
    assert (BROAD_WITHOUT_REASON.search(lines) is None) is is_fine
