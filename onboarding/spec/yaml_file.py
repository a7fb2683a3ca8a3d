"""A spec in YAML: read with the line of everything wrong."""

from typing import Any

import yaml

from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.problem import Problem, SpecRefused
from onboarding.spec.validation import from_dict
from portal.messages.message import Message


class _Loader(yaml.SafeLoader):
    """Reads times as text, unchanged."""


_Loader.yaml_implicit_resolvers = {
    first: [resolver for resolver in resolvers if resolver[0] != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def from_yaml(text: str) -> IntegrationSpec:
    """Read a spec from YAML; raises SpecRefused with line and path of everything wrong."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = _Loader(text).get_single_data()
    except yaml.YAMLError as error:
        raise SpecRefused([_not_yaml(error)]) from error
    try:
        return from_dict(data)
    except SpecRefused as refused:
        raise SpecRefused(
            [Problem(problem.path, problem.message, _line(node, problem.path)) for problem in refused.problems]
        ) from refused


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
