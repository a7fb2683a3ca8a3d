"""One change of a declaration, as the plan, the review page and the service that starts a run read it."""

from dataclasses import dataclass
from enum import StrEnum

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
    """One field that differs: its path in the declaration, what it is called, both values, and the effect.

    With `loses`, records are lost permanently, so that someone has to confirm the change.
    """

    path: str
    label: Message
    was: Message
    becomes: Message
    verb: Verb
    effect: Message
    loses: bool = False


NONE = Message("value.none")
EMPTY = Message("value.empty")


def text(value: object) -> Message:
    """Return a value that is read as it is, such as a name, an ARN or a number."""
    return Message("value.text", value=str(value))


def joined(first: Message, *others: Message) -> Message:
    """Return messages as one: their sentences follow each other."""
    whole = first
    for message in others:
        whole = Message("change.two_effects", first=whole, second=message)
    return whole


def on_or_off(value: bool) -> Message:
    """Return the value of a switch."""
    return Message("value.on") if value else Message("value.off")
