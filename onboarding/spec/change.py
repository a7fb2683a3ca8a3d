"""One change of a declaration, as the plan, the review page and the service that starts a run read it."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Verb(StrEnum):
    """What happens to a field."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    REMOVE = "remove"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs: its path in the declaration, both values as people read them, and what is done.

    `loses` tells that records are lost for good, so that somebody has to say that this is meant.
    """

    path: str
    label: str
    was: str
    becomes: str
    verb: Verb
    words: str
    loses: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON."""
        return {**asdict(self), "verb": str(self.verb)}


def on_or_off(value: bool) -> str:
    """Return a switch as people read it."""
    return "on" if value else "off"
