"""Files stay small, and nothing is left for later in them."""

import re
from pathlib import Path

import pytest

from tests.architecture.tree import CODE, ROOT, modules

LONGEST = 400
LEFT_FOR_LATER = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b(?!\s*=)")
NOQA_WITHOUT_REASON = re.compile(r"#\s*(?:noqa|type:\s*ignore)(?!.*(?:\(|#).*\w{4,}.*$)", re.MULTILINE)
STATE_NAME = re.compile(r"\b\w+\.TODO\b|^\s*TODO = ", re.MULTILINE)
by_module = pytest.mark.parametrize("path", modules(*CODE), ids=lambda path: str(path.relative_to(ROOT)))


@by_module
def test_a_file_stays_readable(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST


@by_module
def test_nothing_is_left_for_later(path: Path) -> None:
    # A step that is "to do" is a state, not a note.
    assert LEFT_FOR_LATER.findall(STATE_NAME.sub("", path.read_text())) == []


@by_module
def test_a_check_is_switched_off_with_a_reason_only(path: Path) -> None:
    assert NOQA_WITHOUT_REASON.findall(path.read_text()) == []


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
