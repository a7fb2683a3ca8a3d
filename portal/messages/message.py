"""A message as lower layers and rows hold it: a code with parameters. It knows no Django and no language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeAlias, Union

Param: TypeAlias = Union[str, int, float, Sequence[str], "Message", Sequence["Message"]]


class Cause(StrEnum):
    """Whose side the cause of a failure is on; `portal.messages.catalogue` has the text."""

    CLIENT = "client"
    SLUICE = "sluice"
    AWS = "aws"
    NETWORK = "network"


class Message:
    """A code such as `aws.throttled` and its parameters: text, numbers, other messages, or lists of text or messages.

    `portal.messages.catalogue` has the English sentence of every code, docs/messages.md a heading for each.
    """

    __slots__ = ("code", "params")

    def __init__(self, code: str, /, **params: Param) -> None:
        self.code = code
        self.params: Mapping[str, Param] = params

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and self.as_json() == other.as_json()

    def __hash__(self) -> int:
        # Equal messages may hold a value in two forms, such as a list and a tuple, so values do not count.
        return hash((self.code, frozenset(self.params)))

    def __repr__(self) -> str:
        params = "".join(f", {name}={value!r}" for name, value in self.params.items())
        return f"Message({self.code!r}{params})"

    def with_params(self, **params: Param) -> Message:
        """Return the message with more parameters, or other values of those it has."""
        return Message(self.code, **{**self.params, **params})

    def as_json(self) -> dict[str, Any]:
        """Return the message as a row or an API keeps it: {"code": …, "params": {…}}."""
        return {"code": self.code, "params": {name: _plain(value) for name, value in self.params.items()}}


def from_json(stored: Mapping[str, Any]) -> Message:
    """Return the message that `as_json` gave; raises KeyError where there is no code."""
    params = {name: _param(value) for name, value in stored.get("params", {}).items()}
    return Message(stored["code"], **params)


def _plain(value: Param) -> Any:
    if isinstance(value, Message):
        return value.as_json()
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def _param(value: Any) -> Param:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [from_json(item) for item in value]
    return from_json(value) if isinstance(value, dict) else value
