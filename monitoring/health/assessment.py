"""The result of the health rules: a state, and the one message that matters."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from monitoring.health.inputs import HealthInputs
from portal.messages.message import Message

StateName = Literal["healthy", "attention", "failing", "unknown"]


@dataclass(frozen=True, slots=True)
class Assessment:
    """The state of a stream, and the message that explains it and says what to do."""

    state: StateName
    message: Message


Rule = Callable[[HealthInputs], Assessment | None]
