"""What is known of a client's account has one source: roles are assumed in one place, states are read in one room."""

import re
from pathlib import Path

import pytest

from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from tests.architecture.tree import ROOT, modules

ASSUMING = re.compile(r"\b(?:assume_role|assume_role_anew|check_trust)\(")


def test_roles_of_clients_are_assumed_in_one_place() -> None:
    aws = ROOT / "portal" / "aws"
    outside = [path for path in modules("onboarding", "monitoring", "portal") if aws not in path.parents]
    found = [path for path in outside if ASSUMING.search(path.read_text())]
    sessions = ROOT / "onboarding" / "connections" / "sessions.py"
    assert found == [sessions], "elsewhere a denial would not degrade the connection"


SHOWING = (
    "onboarding/views",
    "onboarding/management",
    "onboarding/admin",
    "onboarding/wizard",
    "onboarding/templatetags",
)
READ = re.compile(r"\b(?:connection|integration|chosen)\.(?:state|state_since)\b(?! = )")
IN_TEMPLATES = re.compile(r"\b(?:connection|integration|chosen)\.(?:state|status|get_state_display|state_since)\b")


def showing() -> list[Path]:
    """The modules that show something: pages, commands, the admin, and all of monitoring."""
    rooms = [path for path in modules("onboarding") if str(path.relative_to(ROOT)).startswith(SHOWING)]
    return [path for path in (*rooms, *modules("monitoring")) if ".state" in path.read_text()]


def states_read(text: str) -> list[str]:
    """The places that read the state of a connection or an integration from its row; a state that is set is none."""
    return [match.group() for match in READ.finditer(text)]


@pytest.mark.parametrize("path", showing(), ids=lambda path: str(path.relative_to(ROOT)))
def test_pages_and_commands_read_states_through_the_room(path: Path) -> None:
    assert not states_read(path.read_text()), "ask onboarding.account_state: it knows what is unknown, and since when"


def test_templates_read_states_through_the_room() -> None:
    found = [path.name for path in (ROOT / "templates").rglob("*.html") if IN_TEMPLATES.search(path.read_text())]
    assert found == [], "use the filter account_status"


def test_rows_have_no_shortcut_around_the_room() -> None:
    assert not hasattr(Connection, "status")
    assert not hasattr(Integration, "status")


def test_the_check_finds_a_state_that_is_read_from_its_row() -> None:
    assert states_read("x = integration.connection.state") == ["connection.state"]
    assert states_read("connection.state = 1; run.state; connection.stateful") == []
