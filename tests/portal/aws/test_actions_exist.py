"""Every action that we write into a policy exists in AWS's Service Authorization Reference, letter for letter."""

import fnmatch
import json
from pathlib import Path
from typing import Any

import pytest
from policy_sentry.querying.all import get_all_actions

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.json"))


def actions(document: dict[str, Any]) -> set[str]:
    return {
        action
        for statement in document["Statement"]
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
        if not action.endswith(":*")
    }


def unknown(document: dict[str, Any]) -> set[str]:
    """Return the actions that AWS does not have; of a pattern at least one must exist."""
    existing = get_all_actions()
    return {action for action in actions(document) if not fnmatch.filter(existing, action)}


@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: file.stem)
def test_every_action_exists(file: Path) -> None:
    assert unknown(json.loads(file.read_text())) == set()


def test_a_misspelt_action_would_be_found() -> None:
    assert unknown({"Statement": [{"Action": ["kinesis:PutRecordz", "s3:GetObjectz*"]}]}) == {
        "kinesis:PutRecordz",
        "s3:GetObjectz*",
    }
