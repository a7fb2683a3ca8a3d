"""One security option: what it is, whether this stream has it, what it costs, and what to copy."""

from __future__ import annotations

from dataclasses import dataclass

from onboarding.connectors.connector import ConnectorFile, ConnectorPolicy
from portal.messages.message import Message


@dataclass(frozen=True, slots=True)
class SecurityOption:
    """An option by its key. `state` is what holds of this stream; `what` explains it and when it is worth it."""

    key: str
    title: Message
    state: Message
    what: tuple[Message, ...]
    cost: Message
    source: str
    files: tuple[ConnectorFile, ...] = ()
    policies: tuple[ConnectorPolicy, ...] = ()
