"""What event streams sent is written down, later if it cannot be at once."""

import asyncio
from collections.abc import Sequence

import pytest
from django.db import OperationalError

from portal import event_access
from portal.event_access import Registration, Sent, note_sent
from portal.event_listener import Listener, Owner, frame
from portal.event_notes import MOST_ENDED, EventNotes


class Paper:
    """What was written, except for topics that cannot be, or nothing while it is away."""

    def __init__(self) -> None:
        self.written: list[tuple[str, list[int]]] = []
        self.refused: set[str] = set()
        self.is_away = False

    async def write(self, sent: Sequence[Sent]) -> Sequence[Sent]:
        if self.is_away:
            raise ConnectionError
        self.written += [
            (each.topic, [note["records"] for note in each.notes]) for each in sent if each.topic not in self.refused
        ]
        return [each for each in sent if each.topic in self.refused]


def listener(topic: str, *records: int) -> Listener:
    found = Listener(topic, Owner(7, "digest"))
    for count in records:
        found.was_sent(frame("records", "", {"records": count}))
    return found


def test_what_was_sent_at_the_end_of_a_stream_is_written_when_the_database_is_back() -> None:
    async def ended_while_away() -> list[tuple[str, list[int]]]:
        paper = Paper()
        notes = EventNotes(paper.write)
        ended, other = listener("stream:1", 1, 2), listener("stream:2", 3)
        paper.is_away = True
        await notes.write([other])
        ended.close()
        await notes.write([ended])
        assert notes.has_more
        paper.is_away = False
        await notes.write([other])
        assert not notes.has_more
        await notes.write([other, ended])
        return paper.written

    assert asyncio.run(ended_while_away()) == [("stream:1", [1, 2]), ("stream:2", [3])]


def test_what_cannot_be_written_holds_up_no_other() -> None:
    async def refused() -> list[tuple[str, list[int]]]:
        paper = Paper()
        paper.refused = {"stream:1"}
        bad, good = listener("stream:1", 1), listener("stream:2", 2)
        await EventNotes(paper.write).write([bad, good])
        assert bad.take_notes() == [{"records": 1}]
        return paper.written

    assert asyncio.run(refused()) == [("stream:2", [2])]


def test_what_is_kept_of_ended_streams_is_bounded() -> None:
    async def kept() -> int:
        paper = Paper()
        paper.is_away = True
        notes = EventNotes(paper.write)
        for number in range(MOST_ENDED + 5):
            ended = listener(f"stream:{number}", number)
            ended.close()
            await notes.write([ended])
        paper.is_away = False
        await notes.write([])
        return len(paper.written)

    assert asyncio.run(kept()) == MOST_ENDED


@pytest.mark.parametrize(("error", "tried"), [(ValueError("a fault of ours"), [1, 2, 3]), (OperationalError(), [1, 2])])
def test_one_note_that_fails_keeps_no_other_from_being_written(
    monkeypatch: pytest.MonkeyPatch, error: Exception, tried: list[int]
) -> None:
    seen: list[int] = []

    def note(sent: Sent) -> None:
        seen.append(sent.user_id)
        if sent.user_id == 2:
            raise error

    registration = Registration(event_access.re.compile(".*"), lambda *_: True, note)
    monkeypatch.setitem(event_access.REGISTERED, "paper", registration)
    sent = [Sent("paper:1", user_id, "digest", [{}]) for user_id in (1, 2, 3)]
    failed = note_sent(sent)
    assert seen == tried
    assert [each.user_id for each in failed] == ([2] if len(tried) == 3 else [2, 3])
