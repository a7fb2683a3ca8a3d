"""The rooms of onboarding are those that docs/architecture.md lists, and tests mirror the code."""

import re
from pathlib import Path

import pytest

from tests.architecture.tree import CODE, ROOT, modules

ONBOARDING = ROOT / "onboarding"
NOT_LISTED = {"migrations", "__init__.py", "apps.py"}
# Django imports these packages by name, so each imports its modules; names are imported from the modules themselves.
FOUND_BY_DJANGO = {"models", "admin"}


def listed() -> set[str]:
    """The first level of onboarding in the document's tree."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    tree = text.split("\nonboarding/", 1)[1].split("\nmonitoring/", 1)[0]
    names = [re.split(r"\s{2,}", line.strip())[0] for line in tree.splitlines()[1:]]
    return {name.rstrip("/") for group in names for name in group.split()}


def test_the_tree_in_the_document_is_that_of_the_folders() -> None:
    there = {path.name for path in ONBOARDING.iterdir() if path.name != "__pycache__"}
    assert listed() == there - NOT_LISTED


def test_the_order_of_the_tree_is_that_of_the_contract() -> None:
    contract = (ROOT / "pyproject.toml").read_text().split('name = "Rooms of onboarding', 1)[1].split("]\n", 1)[0]
    layers = re.findall(r'"(onboarding\.[^"]+)"', contract)
    rooms = [name.removeprefix("onboarding.") for layer in layers for name in layer.split(" | ")]
    assert set(rooms) == {name.removesuffix(".py") for name in listed()} - {"templatetags"}


def test_no_package_hands_on_what_is_inside() -> None:
    for path in modules("onboarding"):
        if path.name == "__init__.py":
            package = ".".join(path.parent.relative_to(ROOT).parts)
            own = rf"(?!import {re.escape(package)}\.)" if path.parent.name in FOUND_BY_DJANGO else ""
            assert not re.search(rf"^{own}(from|import) ", path.read_text(), re.MULTILINE), path


def test_only_the_activity_page_reads_the_audit_log() -> None:
    readers = {path for path in modules("onboarding", "monitoring") if "AuditEvent" in path.read_text()}
    activity = {ONBOARDING / "integrations" / "selectors.py", ONBOARDING / "views" / "integrations" / "activity.py"}
    assert readers == activity, "what the product must know is in rows of its own"


def folders() -> list[Path]:
    tests = ROOT / "tests"
    return sorted({path.parent for app in CODE for path in (tests / app).rglob("test_*.py")})


@pytest.mark.parametrize("folder", folders(), ids=lambda path: str(path.relative_to(ROOT)))
def test_tests_stand_where_their_code_stands(folder: Path) -> None:
    code = ROOT / folder.relative_to(ROOT / "tests")
    assert code.is_dir() or code.with_suffix(".py").is_file()
