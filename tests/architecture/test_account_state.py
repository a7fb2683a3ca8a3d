"""What is known of a client's account has one source: roles are assumed in one place."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tree import ROOT, modules

ASSUMING = {"assume_role", "assume_role_anew", "check_trust"}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield from (name.name for name in node.names)


def test_roles_of_clients_are_assumed_in_one_place() -> None:
    found = {path for path in modules("onboarding", "monitoring", "portal") if ASSUMING & set(imported(path))}
    sessions, sts = ROOT / "onboarding" / "connections" / "sessions.py", ROOT / "portal" / "aws" / "sts.py"
    assert found == {sessions, sts}, "elsewhere a denial would not degrade the connection"
