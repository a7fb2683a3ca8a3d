"""A web process that is asked to stop ends its event streams itself, so that it has nothing to wait for."""

import asyncio
import logging
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
import uvicorn
from django.conf import settings as django_settings

from portal import event_access
from portal.events import with_events
from portal.local import ports
from portal.stop_signals import on_stop
from tests.portal.test_events import SESSION, Guard, Served, assert_ends, serving
from tests.waiting import wait_for


@pytest.fixture
def served(clean_redis: str) -> Iterator[Served]:
    with serving(clean_redis) as server:
        yield server


@contextmanager
def ignored(number: signal.Signals) -> Iterator[list[int]]:
    """Count a signal in place of what it does by default: uvicorn raises it again when it has ended."""
    arrived: list[int] = []
    before = signal.signal(number, lambda received, _frame: arrived.append(received))
    try:
        yield arrived
    finally:
        signal.signal(number, before)


def test_a_stream_opened_while_the_process_stops_is_no_error(served: Served) -> None:
    served.events.end_all()
    with served.stream("/events/run/7/") as stream:
        assert stream.answer.status_code == 200
        assert next(stream.lines).startswith("retry: ")
        assert_ends(stream, seconds=5)


def test_uvicorn_ends_at_once_although_no_time_limit_is_set(
    clean_redis: str, settings: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    guard = Guard()
    monkeypatch.setattr(event_access, "viewer_of", guard.viewer_of)
    settings.REDIS_URL = clean_redis
    port, ended = ports.free_port(), list[float]()
    server = uvicorn.Server(uvicorn.Config(with_events(None), port=port, lifespan="on", log_config=None))
    browser = threading.Thread(target=watch_and_stop, args=(server, port, ended))
    with ignored(signal.SIGTERM) as arrived, caplog.at_level(logging.INFO):
        browser.start()
        server.run()
        took = time.monotonic() - ended[0]
    browser.join(10)
    assert arrived == [signal.SIGTERM]
    assert took < 8
    assert len(ended) == 2
    assert not [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def watch_and_stop(server: uvicorn.Server, port: int, ended: list[float]) -> None:
    """Open an event stream, send SIGTERM, note when, and note when the stream has ended."""
    wait_for(lambda: server.started)
    cookies = {django_settings.SESSION_COOKIE_NAME: SESSION}
    with httpx.Client(cookies=cookies, timeout=10) as client:
        with client.stream("GET", f"http://127.0.0.1:{port}/events/run/7/") as answer:
            lines = answer.iter_lines()
            next(lines)
            ended.append(time.monotonic())
            os.kill(os.getpid(), signal.SIGTERM)
            # Without an end the server would wait for this browser for ever, and the test for the server.
            stop = threading.Timer(5, server.__setattr__, ("force_exit", True))
            stop.start()
            for _ in lines:
                pass
        ended.append(time.monotonic())
        stop.cancel()


def test_the_action_runs_before_a_handler_that_is_set_already() -> None:
    done: list[str] = []

    async def stopped() -> None:
        signal.signal(signal.SIGTERM, lambda _number, _frame: done.append("handler"))
        on_stop(lambda: done.append("action"))
        signal.raise_signal(signal.SIGTERM)
        await asyncio.sleep(0)

    with ignored(signal.SIGTERM):
        asyncio.run(stopped())
    assert sorted(done) == ["action", "handler"]


def test_a_signal_without_a_handler_keeps_its_effect() -> None:
    async def unchanged() -> object:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        on_stop(lambda: None)
        return signal.getsignal(signal.SIGTERM)

    with ignored(signal.SIGTERM):
        assert asyncio.run(unchanged()) is signal.SIG_DFL
