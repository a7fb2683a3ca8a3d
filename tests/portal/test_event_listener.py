"""One browser in the fan-out: what it is sent, what it loses when it is slow, and how its stream ends."""

import asyncio
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal import event_access
from portal.event_listener import Listener, Owner, frame
from portal.events import EventStreams

OWNER = Owner(1, "s")
LINES = st.lists(st.text("ab: \u00e9", max_size=5), min_size=1, max_size=4)


@settings(max_examples=60, deadline=None)
@given(LINES, st.sampled_from(["\n", "\r\n", "\r"]))
def test_a_browser_reads_every_line_of_an_event_and_no_other_field(lines: list[str], end: str) -> None:
    sent = frame("changed", end.join(lines)).decode()
    assert sent.endswith("\n\n")
    head, *fields = sent.removesuffix("\n\n").split("\n")
    assert head == "event: changed"
    assert [field.removeprefix("data: ") for field in fields] == lines
    assert all(field.startswith("data: ") for field in fields)


def test_data_cannot_begin_an_event_of_its_own() -> None:
    hostile = "x\n\nevent: forged\ndata: y\rid: 7\r\nretry: 1"
    fields = frame("changed", hostile).decode().split("\n")
    assert [field for field in fields if field and not field.startswith("data: ")] == ["event: changed"]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 6), st.lists(st.binary(min_size=1, max_size=2), max_size=14))
def test_a_slow_browser_keeps_the_newest_events_and_counts_the_lost(room: int, events: list[bytes]) -> None:
    listener = Listener("run:7", OWNER, room=room)
    for event in events:
        listener.offer(event)
    kept = [listener.queue.get_nowait() for _ in range(listener.queue.qsize())]
    assert kept == events[-room:]
    assert listener.dropped == len(events) - len(kept)


def ended(listener: Listener, *, seconds: float, close_first: bool = False) -> tuple[float, bool]:
    """How long a stream that never ends by itself ran, and whether it was cancelled."""
    cancelled: list[bool] = []

    async def stream() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    async def run() -> None:
        if close_first:
            listener.close()
        else:
            asyncio.get_running_loop().call_later(0.01, listener.close)
        await listener.run(stream(), seconds=seconds)

    began = time.monotonic()
    asyncio.run(asyncio.wait_for(run(), 5))
    return time.monotonic() - began, bool(cancelled)


def test_a_listener_that_is_closed_ends_its_stream_at_once() -> None:
    listener = Listener("run:7", OWNER)
    took, was_cancelled = ended(listener, seconds=60)
    assert took < 4
    assert (listener.is_closed, was_cancelled) == (True, True)


@pytest.mark.parametrize("seconds", [60, 0, -5])
def test_a_listener_that_was_closed_before_or_whose_session_is_over_sends_nothing(seconds: float) -> None:
    listener = Listener("run:7", OWNER)
    ended(listener, seconds=seconds, close_first=True)
    assert listener.is_closed


def test_closing_twice_or_after_the_end_does_nothing_more() -> None:
    listener = Listener("run:7", OWNER)

    async def run() -> None:
        await listener.run(asyncio.sleep(0), seconds=60)
        assert not listener.is_closed
        listener.close()
        listener.close()

    asyncio.run(run())
    assert listener.is_closed


def test_an_error_of_the_stream_is_the_error_of_the_run() -> None:
    listener = Listener("run:7", OWNER)

    async def stream() -> None:
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        asyncio.run(listener.run(stream(), seconds=60))
    assert not listener.is_closed


def test_two_listeners_are_never_the_same() -> None:
    assert Listener("run:7", OWNER) != Listener("run:7", OWNER)


def test_an_event_counts_as_sent_to_who_reads_only_a_part_of_it() -> None:
    listener = Listener("run:7", OWNER)
    listener.offer(frame("rows", "a record", {"records": 1}))

    async def send(message: Any) -> None:
        if b"a record" in message["body"]:
            raise TimeoutError

    async def run() -> None:
        events = EventStreams(access=event_access, redis_url="redis://127.0.0.1:1", most=1, each_person=1)
        with suppress(TimeoutError):
            await events._stream(listener, send)
        await events.close()

    asyncio.run(run())
    assert listener.take_notes() == [{"records": 1}]
