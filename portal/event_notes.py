"""The notes of what event streams sent (`live.publish`), until they are written down."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Sequence

from portal.event_access import Sent
from portal.event_listener import Listener

log = logging.getLogger(__name__)

MOST_ENDED = 1_000
NoteSent = Callable[[Sequence[Sent]], Awaitable[Sequence[Sent]]]


class EventNotes:
    """Has notes written down, and keeps those that could not be: by their listeners, or here once those have ended.

    They are in the memory of this process alone, and lost with it.
    """

    def __init__(self, note_sent: NoteSent) -> None:
        self._note_sent = note_sent
        self._ended: deque[Sent] = deque(maxlen=MOST_ENDED)
        self._lock = asyncio.Lock()

    @property
    def has_more(self) -> bool:
        """Return whether something is left of event streams that have ended."""
        return bool(self._ended)

    async def write(self, listeners: Collection[Listener]) -> None:
        """Have written down what was sent to the listeners, and what is left of ended ones; never raises."""
        async with self._lock:
            taken: list[tuple[Listener | None, Sent]] = [(None, each) for each in self._ended]
            self._ended.clear()
            taken += [(listener, sent) for listener in listeners if (sent := _sent_to(listener))]
            failed = {id(sent) for sent in await self._failed([sent for _, sent in taken])}
        for listener, sent in taken:
            if id(sent) in failed:
                self._keep(listener, sent)

    def _keep(self, listener: Listener | None, sent: Sent) -> None:
        if listener is None or listener.is_closed:
            self._ended.append(sent)
        else:
            listener.keep_notes(sent.notes)

    async def _failed(self, sent: Sequence[Sent]) -> Sequence[Sent]:
        if not sent:
            return ()
        try:
            return await self._note_sent(sent)
        except Exception:  # whatever it is, it must not end the check of who may still watch
            log.exception("events.notes_failed streams=%s", len(sent))
            return sent


def _sent_to(listener: Listener) -> Sent | None:
    owner, notes = listener.owner, listener.take_notes()
    return Sent(listener.topic, owner.user_id, owner.session, notes) if notes else None
