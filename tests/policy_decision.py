"""What MiniStack's policy evaluator decides, asked of a process in the emulator's own environment."""

import atexit
import json
import subprocess
from collections.abc import Mapping
from functools import cache
from typing import Any

from portal.local import ministack


def decided(policy: Mapping[str, Any], **context: Any) -> str:
    """Return "Allow", "Deny" or "ImplicitDeny" for one request under one policy."""
    evaluator = _evaluator()
    assert evaluator.stdin and evaluator.stdout  # noqa: PT018  (both are pipes)
    evaluator.stdin.write(json.dumps({"policy": policy, "context": context}) + "\n")
    evaluator.stdin.flush()
    decision = evaluator.stdout.readline().strip()
    assert decision, "the evaluator ended; its traceback is on standard error"
    return decision


@cache
def _evaluator() -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [ministack.interpreter(), "-m", "portal.local.emulator.decide"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=ministack.import_environment(),
    )
    atexit.register(process.communicate)  # the end of its input ends it
    return process
