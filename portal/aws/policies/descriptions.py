"""Describes IAM documents in plain English, one sentence for each statement.

The sentences are composed from the document, so they are not messages with codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from portal.aws.policies.action_verbs import PUBLISH_METRICS, VERBS
from portal.aws.policies.description_terms import CONDITIONS, NEGATED_CONDITIONS, NOUNS, PRINCIPALS
from portal.aws.policies.statements import Arn, statements_of

_ANYTHING = "anything in the account"
# Services whose resources are written kind:name, where others are kind/name.
_WITH_COLONS = {"logs", "secretsmanager", "lambda"}
# Services with resources for everything in another: domain/NAME/*, table/DATABASE/*, function:NAME:*
_WITH_PATHS = {"es", "glue", "lambda"}


def describe_policy(document: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each statement of a policy; that of the last Allow ends with "Nothing else."."""
    statements = statements_of(document)
    sentences = [_sentence(statement) for statement in statements]
    last_allowed = max((i for i, statement in enumerate(statements) if statement["Effect"] == "Allow"), default=None)
    if last_allowed is not None and "Principal" not in statements[last_allowed]:
        sentences[last_allowed] += " Nothing else."
    return sentences


def _sentence(statement: Mapping[str, Any]) -> str:
    who = _principal(statement.get("Principal"))
    may = "may" if statement["Effect"] == "Allow" else "may never"
    subject = f"{who} {may}" if who else may.capitalize()
    actions = _listed(dict.fromkeys(_verb(action) for action in _many(statement["Action"])))
    if statement.get("Resource"):
        actions = actions.replace("assume this role", "assume")  # without a resource it is the role's own policy
    things = _listed(dict.fromkeys(_thing(arn) for arn in _many(statement.get("Resource", []))))
    if actions == PUBLISH_METRICS:
        things = things.replace(_ANYTHING, "the account")  # a metric is no resource
    parts = [subject, actions, things, *_conditions(statement.get("Condition", {}))]
    return " ".join(part for part in parts if part) + "."


def _verb(action: str) -> str:
    return VERBS.get(action, f"use {action} on")


def _thing(arn: str) -> str:
    if arn == "*":
        return _ANYTHING
    parts = Arn.parse(arn)
    kind, _, name = _kind_and_name(parts)
    noun = NOUNS.get((parts.service, kind))
    if noun is None:
        return arn
    consumer = parts.resource.rpartition("/")[2].partition(":")[0]
    if kind == "consumer" and consumer != "*":
        return f"the registered consumer {consumer} of the data stream {name}{_where(parts.region)}"
    return f"{_called(noun, name)}{_where(parts.region)}"


def _kind_and_name(parts: Arn) -> tuple[str, str, str]:
    if parts.service == "s3":
        bucket, slash, key = parts.resource.partition("/")
        return ("object" if slash else "bucket", slash, f"{bucket}/{key}" if slash else bucket)
    for part in ("consumer", "index"):
        if f"/{part}/" in parts.resource:
            return part, "/", parts.resource.split("/")[1]
    kind, mark, name = parts.resource.partition(":" if parts.service in _WITH_COLONS else "/")
    name = name.removesuffix(":log-stream:*").removesuffix(":*" if parts.service == "logs" else "")
    if parts.service in _WITH_PATHS and name[-2:-1] in {"/", ":"}:
        return "path", mark, f"{name[:-2]}/*"
    return kind, mark, name


def _called(noun: tuple[str, str, str], name: str) -> str:
    singular, plural, prefix = noun
    if name == "*":
        return plural
    if name.endswith("*"):
        return f"{plural} {prefix} “{name.removesuffix('/*').removesuffix('*')}”" if prefix else plural
    return f"{singular} {name}".strip()


def _where(region: str) -> str:
    return {"": "", "*": " in every Region"}.get(region, f" in {region}")


def _principal(principal: Any) -> str:
    if principal is None:
        return ""
    named = principal if principal == "*" else next(iter(principal.values()))
    if named == "*":
        return "Everyone"
    return _listed([PRINCIPALS.get(principal, principal) for principal in _many(named)])


def _conditions(condition: Mapping[str, Mapping[str, Any]]) -> list[str]:
    return [
        _condition_text(operator, key).format(_listed((_readable(text) for text in _many(value)), "or"))
        for operator, keys in condition.items()
        for key, value in keys.items()
    ]


def _condition_text(operator: str, key: str) -> str:
    if operator == "StringNotEquals":
        return NEGATED_CONDITIONS.get(key, f"only where {key} is not {{}}")
    return CONDITIONS.get(key, f"only where {key} is {{}}")


def _readable(value: str) -> str:
    if value.startswith("arn:"):
        resource = Arn.parse(value).resource
        return resource.partition("/")[2] if resource.startswith("policy/") else value
    return PRINCIPALS.get(value, value)


def _many(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _listed(parts: Iterable[str], word: str = "and") -> str:
    known = list(parts)
    if len(known) < 2:
        return "".join(known)
    return f"{', '.join(known[:-1])} {word} {known[-1]}"
