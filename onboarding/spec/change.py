"""One change of a declaration, as the plan, the review page and the service that starts a run read it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.messages.message import Message


class Verb(StrEnum):
    """What happens to a field."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    REMOVE = "remove"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs: its path in the declaration, both values as people read them, and the effect.

    With `loses`, records are lost permanently, so that someone has to confirm the change.
    """

    path: str
    label: str
    was: str
    becomes: str
    verb: Verb
    effect: Message
    loses: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON."""
        return {
            "path": self.path,
            "label": self.label,
            "was": self.was,
            "becomes": self.becomes,
            "verb": str(self.verb),
            "effect": self.effect.as_json(),
            "loses": self.loses,
        }


def joined(first: Message, *others: Message) -> Message:
    """Return messages as one: their sentences follow each other."""
    whole = first
    for message in others:
        whole = Message("change.two_effects", first=whole, second=message)
    return whole


def on_or_off(value: bool) -> str:
    """Return a switch as people read it."""
    return "on" if value else "off"
