"""What is known of a client's account has one source: roles are assumed in one place, states are read in one room."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from tests.architecture.tree import ROOT, modules

ASSUMING = {"assume_role", "assume_role_anew", "check_trust"}


def imported(path: Path) -> Iterator[str]:
    text = path.read_text()
    if not any(name in text for name in ASSUMING):
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom):
            yield from (name.name for name in node.names)


def test_roles_of_clients_are_assumed_in_one_place() -> None:
    found = {path for path in modules("onboarding", "monitoring", "portal") if ASSUMING & set(imported(path))}
    sessions, sts = ROOT / "onboarding" / "connections" / "sessions.py", ROOT / "portal" / "aws" / "sts.py"
    assert found == {sessions, sts}, "elsewhere a denial would not degrade the connection"


SHOWING = (
    "onboarding/views",
    "onboarding/management",
    "onboarding/admin",
    "onboarding/wizard",
    "onboarding/templatetags",
)
STATEFUL = {"connection", "integration", "chosen"}
IN_TEMPLATES = re.compile(r"\b(?:connection|integration|chosen)\.(?:state|status|get_state_display|state_since)\b")


def showing() -> list[Path]:
    """The modules that show something: pages, commands, the admin, and all of monitoring."""
    rooms = [path for path in modules("onboarding") if str(path.relative_to(ROOT)).startswith(SHOWING)]
    return [path for path in (*rooms, *modules("monitoring")) if ".state" in path.read_text()]


def states_read(tree: ast.AST) -> Iterator[int]:
    """The lines that read the state of a connection or an integration from its row."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"state", "state_since"} and isinstance(node.ctx, ast.Load):
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if owner in STATEFUL:
                yield node.lineno


@pytest.mark.parametrize("path", showing(), ids=lambda path: str(path.relative_to(ROOT)))
def test_pages_and_commands_read_states_through_the_room(path: Path) -> None:
    lines = list(states_read(ast.parse(path.read_text())))
    assert not lines, "ask onboarding.account_state: it knows what is unknown, and since when"


def test_templates_read_states_through_the_room() -> None:
    found = [path.name for path in (ROOT / "templates").rglob("*.html") if IN_TEMPLATES.search(path.read_text())]
    assert found == [], "use the filter account_status"


def test_rows_have_no_shortcut_around_the_room() -> None:
    assert not hasattr(Connection, "status")
    assert not hasattr(Integration, "status")


def test_the_check_finds_a_state_that_is_read_from_its_row() -> None:
    assert list(states_read(ast.parse("x = integration.connection.state"))) == [1]
    assert list(states_read(ast.parse("connection.state = 1; run.state"))) == []
