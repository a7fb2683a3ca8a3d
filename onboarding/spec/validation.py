"""Specs from plain JSON: the published JSON Schema first, then AWS's rules. The schema is integration.schema.json."""

import json
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from onboarding.deliveries.kinds import completed
from onboarding.spec.integration_spec import IntegrationSpec, from_row
from onboarding.spec.problem import Problem, SpecRefused
from onboarding.spec.rules import check
from portal.messages.message import Message

MOST_PROBLEMS, MOST_NAMES, MOST_SHOWN = 100, 20, 300  # of one answer: the rest is seen when those are fixed
SCHEMA_FILE = Path(__file__).resolve().parent / "integration.schema.json"


@cache
def schema() -> dict[str, Any]:
    """Return the JSON Schema of a spec (2020-12)."""
    loaded: dict[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return loaded


def from_dict(data: Any) -> IntegrationSpec:
    """Read a spec from plain JSON; raises SpecRefused with the path of everything wrong."""
    spec = of_schema(data)
    if problems := check(spec):
        raise SpecRefused(problems)
    return spec


def of_schema(data: Any) -> IntegrationSpec:
    """Read a spec that follows the schema, whether AWS would accept it or not; raises SpecRefused if it does not."""
    if not _has_text_keys(data):
        raise SpecRefused([Problem("", Message("spec.text_keys_only"))])
    problems = [
        Problem(".".join(str(part) for part in error.absolute_path), _message_of(error))
        for error in islice(Draft202012Validator(schema()).iter_errors(data), MOST_PROBLEMS)
    ]
    if problems:
        raise SpecRefused(list(dict.fromkeys(problems)))  # for each missing key the schema reports all of them
    return from_row({**data, "deliveries": [completed(delivery) for delivery in data.get("deliveries") or ()]})


def _has_text_keys(data: Any) -> bool:
    if isinstance(data, dict):
        return all(isinstance(name, str) for name in data) and all(map(_has_text_keys, data.values()))
    return all(map(_has_text_keys, data)) if isinstance(data, list) else True


def _message_of(error: ValidationError) -> Message:
    instance: Any = error.instance
    if error.validator == "additionalProperties":
        known: dict[str, Any] = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
        unknown = sorted(name[:MOST_SHOWN] for name in set(instance) - set(known))
        return Message("spec.unknown_fields", unknown=unknown[:MOST_NAMES], known=list(known))
    if error.validator == "required":
        missing = [key for key in _required(error) if key not in instance]
        return Message("spec.missing_fields", missing=missing)
    return Message("spec.schema_violated", reason=error.message[:MOST_SHOWN])


def _required(error: ValidationError) -> list[str]:
    required: Any = error.validator_value
    return list(required)
