"""One browser in the fan-out: whose it is, what it has not been sent yet, and how its event stream is ended at once."""

import asyncio
import re
from collections.abc import Collection, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

_LINE = re.compile(r"\r\n|\r|\n")
MOST_NOTES = 1000


class Frame(bytes):
    """An event as it goes over the wire; `note` says what it shows, where someone wants to know who was sent it."""

    note: Mapping[str, Any] | None = None


def frame(event: str, data: str, note: Mapping[str, Any] | None = None) -> Frame:
    """Return the event as it goes over the wire (HTML standard, section 9.2, server-sent events)."""
    lines = "".join(f"data: {line}\n" for line in _LINE.split(data))
    framed = Frame(f"event: {event}\n{lines}\n".encode())
    framed.note = note
    return framed


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose event stream it is: the person, and the digest of the session's key."""

    user_id: int
    session: str


@dataclass(slots=True, eq=False)
class Listener:
    """One event stream: a bounded queue that drops its oldest event for the newest."""

    topic: str
    owner: Owner
    room: int = 32
    dropped: int = 0
    is_closed: bool = False
    queue: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)
    notes: list[Mapping[str, Any]] = field(default_factory=list)
    _limit: asyncio.Timeout | None = None

    def offer(self, event: bytes) -> None:
        """Add an event; a slow browser loses the oldest."""
        if self.queue.qsize() >= self.room:
            self.queue.get_nowait()
            self.dropped += 1
        self.queue.put_nowait(event)

    def was_sent(self, event: bytes) -> None:
        """Keep the note of an event that is sent, until it is taken."""
        note = event.note if isinstance(event, Frame) else None
        if note is not None:
            self.keep_notes([note])

    def take_notes(self) -> list[Mapping[str, Any]]:
        """Return the notes of what was sent since the last call."""
        taken, self.notes = self.notes, []
        return taken

    def keep_notes(self, notes: Collection[Mapping[str, Any]]) -> None:
        """Keep notes for the next call, the newest thousand at most."""
        self.notes = [*self.notes, *notes][-MOST_NOTES:]

    def close(self) -> None:
        """End the event stream now, even while its browser reads nothing; events in the queue are dropped."""
        self.is_closed = True
        if self._limit is not None:
            self._limit.reschedule(0)
            self._limit = None

    async def run(self, stream: Coroutine[None, None, None], *, seconds: float) -> None:
        """Run the stream until it ends by itself, is closed, or `seconds` are over."""
        try:
            async with asyncio.timeout(seconds) as limit:
                self._limit = limit
                if self.is_closed:
                    self.close()
                await stream
        except TimeoutError:
            self.is_closed = True
        finally:
            self._limit = None
