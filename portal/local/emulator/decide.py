"""`python -m portal.local.emulator.decide`: what MiniStack's evaluator decides about requests, for tests of policies.

Each line of standard input is one request as JSON: {"policy": …, "context": {…}}, where the context has the fields of
MiniStack's EvalContext. The line of standard output that answers it is "Allow", "Deny" or "ImplicitDeny".
"""

import json
import sys
from collections.abc import Mapping
from typing import Any

from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document

from portal.local.emulator import network


def decision(policy: Mapping[str, Any], context: Mapping[str, Any]) -> str:
    """Return what a single identity policy means for a single request."""
    return str(evaluate(EvalContext(**context), [parse_policy_document(dict(policy))]).decision)


network.install()

if __name__ == "__main__":
    for line in sys.stdin:
        print(decision(**json.loads(line)), flush=True)
