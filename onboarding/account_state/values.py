"""The three things that can be said about an account: requested, seen in AWS with the time, unknown since a time."""

from dataclasses import dataclass
from datetime import datetime

from portal.messages.message import Message


@dataclass(frozen=True, slots=True)
class UnknownSince:
    """Since when AWS cannot be asked; what was seen before may have changed."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting by its name: requested, and in AWS as seen at a time; None where AWS was never asked.

    `unknown_since` is set while AWS cannot be asked, so that what was seen is only the last that is known.
    """

    label: Message
    requested: Message
    in_aws: Message | None = None
    seen_at: datetime | None = None
    unknown_since: UnknownSince | None = None

    @property
    def is_applied(self) -> bool:
        """Return whether AWS has what was requested, or was never asked."""
        return self.in_aws is None or self.in_aws == self.requested

    @property
    def shown(self) -> Message:
        """Return what is in AWS, or what was requested where AWS was never asked."""
        return self.requested if self.in_aws is None else self.in_aws
