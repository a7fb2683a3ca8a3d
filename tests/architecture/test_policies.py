"""Every right that Sluice asks for or gives stands in portal/aws/policies, and nowhere else."""

import ast
from pathlib import Path

import pytest

from tests.architecture.tree import CODE, ROOT, modules, parsed

VERSION = "2012-10-17"
HOME = ROOT / "portal" / "aws" / "policies"
# They play AWS, the vendor and the client, whose policies are not Sluice's.
STAND_INS = (ROOT / "portal" / "local", ROOT / "portal" / "demo")


def policy_literals(source: str) -> list[int]:
    """Return the lines on which an IAM document is written out."""
    return [
        node.lineno
        for node in ast.walk(parsed(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and VERSION in node.value
    ]


def outside() -> list[Path]:
    return [path for path in modules(*CODE) if not any(place in path.parents for place in (HOME, *STAND_INS))]


@pytest.mark.parametrize("path", outside(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_policy_is_written_elsewhere(path: Path) -> None:
    assert policy_literals(path.read_text()) == []


def test_one_would_be_found() -> None:
    assert policy_literals('a = 1\nb = {"Version": "2012-10-17"}') == [2]
    assert any(policy_literals(path.read_text()) for path in HOME.glob("*.py"))
