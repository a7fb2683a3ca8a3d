"""A spec in YAML: read with the line of everything wrong, and within limits.

A file comes from outside: aliases that multiply, nesting without end and numbers of a million digits cost more than
they look, so the parser's events are counted before anything is built of them.
"""

from collections.abc import Hashable
from typing import Any

import yaml
from yaml.constructor import ConstructorError

from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.problem import Problem, SpecRefused
from onboarding.spec.validation import from_dict
from portal.messages.message import Message

_TEXT = "tag:yaml.org,2002:str"
# Twenty deliveries, each with the longest prefixes and partition keys, are a quarter of it.
MOST_CHARACTERS = 512 * 1024
MOST_EVENTS = 20_000
MOST_DEPTH = 20
MOST_DIGITS = 100


class _Loader(yaml.SafeLoader):
    """Reads times as text, unchanged, and refuses keys that are not text: JSON has no others."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Return the mapping of a node; raises ConstructorError at the first key that is not text."""
        found = super().construct_mapping(node, deep=deep)
        for key, _ in node.value:
            if key.tag != _TEXT:
                raise ConstructorError(None, None, f"the key {key.value} is not text; put it in quotes", key.start_mark)
        return found


_Loader.yaml_implicit_resolvers = {
    first: [resolver for resolver in resolvers if resolver[0] != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def from_yaml(text: str) -> IntegrationSpec:
    """Read a spec from YAML; raises SpecRefused with line and path of everything wrong."""
    try:
        _check_limits(text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = _Loader(text).get_single_data()
    except yaml.YAMLError as error:
        raise SpecRefused([_not_yaml(error)]) from error
    except SpecRefused:
        raise
    except (ValueError, TypeError, OverflowError) as error:  # a value that its own tag does not allow
        raise SpecRefused([Problem("", Message("spec.unreadable"))]) from error
    try:
        return from_dict(data)
    except SpecRefused as refused:
        raise SpecRefused(
            [Problem(problem.path, problem.message, _line(node, problem.path)) for problem in refused.problems]
        ) from refused


def _check_limits(text: str) -> None:
    if len(text) > MOST_CHARACTERS:
        raise SpecRefused([Problem("", Message("spec.too_long", limit=MOST_CHARACTERS))])
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=yaml.SafeLoader)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        line = event.start_mark.line + 1 if event.start_mark else None
        if count > MOST_EVENTS or depth > MOST_DEPTH:
            raise SpecRefused([Problem("", Message("spec.too_many_values"), line)])
        if isinstance(event, yaml.AliasEvent):
            raise SpecRefused([Problem("", Message("spec.alias"), line)])
        if isinstance(event, yaml.ScalarEvent) and (message := _problem_of(event)):
            raise SpecRefused([Problem("", message, line)])


def _problem_of(event: yaml.ScalarEvent) -> Message | None:
    if len(event.value) > MOST_DIGITS and event.value.strip("+-").isdigit():
        return Message("spec.number_too_long", limit=MOST_DIGITS)
    if any(character == "\0" or "\ud800" <= character <= "\udfff" for character in event.value):
        return Message("spec.character_not_allowed")
    return None


def _not_yaml(error: yaml.YAMLError) -> Problem:
    mark, reason = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    message = Message("spec.not_yaml", reason=reason) if reason else Message("spec.unreadable")
    return Problem("", message, mark.line + 1 if mark else None)


def _line(node: Any, path: str) -> int | None:
    for part in [part for part in path.split(".") if part]:
        if isinstance(node, yaml.SequenceNode) and part.isdigit() and int(part) < len(node.value):
            node = node.value[int(part)]
        elif isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == part), node)
        else:
            break
    return node.start_mark.line + 1 if node is not None else None
