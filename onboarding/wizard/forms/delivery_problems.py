"""What the rules of a spec say about a delivery that is being typed, each problem at its field."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from onboarding.models.connection import Connection
from onboarding.problem_texts import sentence_of
from onboarding.spec.problem import Problem, SpecRefused
from onboarding.spec.rules import check
from onboarding.spec.validation import of_schema
from onboarding.wizard.forms.fields import PLACEHOLDER_STREAM, prefix_of

_REGION = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:([a-z]+-[a-z0-9-]+):")


def region_in(values: Mapping[str, Any]) -> str:
    """Return the Region of the first ARN among the values, until the stream has a Region of its own."""
    matches = (_REGION.search(str(value)) for value in values.values())
    return next((match[1] for match in matches if match), PLACEHOLDER_STREAM.region)


def problems_of(
    delivery: dict[str, Any], others: list[dict[str, Any]], connection: Connection | None, region: str
) -> Iterator[tuple[str, str]]:
    """Yield (path within the delivery, sentence) for what the rules refuse in a delivery beside the others."""
    start = f"deliveries.{len(others)}."
    for problem in _problems([*others, delivery], connection, region):
        if problem.path.startswith(start):
            yield from _at_fields(problem.path.removeprefix(start), problem)


def _problems(deliveries: list[dict[str, Any]], connection: Connection | None, region: str) -> list[Problem]:
    stream = {"name": f"{prefix_of(connection)}stream", "region": region}
    whole = {"name": "a", "connection": "a", "stream": stream, "deliveries": deliveries, "recipients": ["A" * 40]}
    try:
        spec = of_schema(whole)
    except SpecRefused as refused:
        return refused.problems
    account_id = connection.account_id if connection else None
    return check(spec, name_prefix=prefix_of(connection), account_id=account_id)


def _at_fields(path: str, problem: Problem) -> Iterator[tuple[str, str]]:
    # The schema reports missing fields at what should contain them; the page reports each at its own field.
    message = problem.message
    if message.code != "spec.missing_fields":
        yield path, sentence_of(problem)
        return
    missing = message.params["missing"]
    for name in missing if isinstance(missing, list) else []:
        yield f"{path}.{name}", "This field is required."
