"""Messages are due and expire by Redis's clock, whatever the clocks of the hosts that send and receive them say."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from celery.signals import before_task_publish
from django.utils import timezone

from portal import live, message_times
from portal.celery import app

REAL: Callable[[], datetime] = timezone.now
SKEWS = [(-60, 60), (60, -60), (-5, 5), (5, -5), (0, 60), (60, 60)]


@pytest.fixture
def on_host(clean_redis: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], datetime]:
    """Sets this host's clock so many seconds ahead, and returns its time."""

    def set_ahead(seconds: int) -> datetime:
        monkeypatch.setattr(timezone, "now", lambda: REAL() + timedelta(seconds=seconds))
        return timezone.now()

    return set_ahead


def sent(now: datetime) -> dict[str, Any]:
    """The headers of a message that is due in 10 s and expires in 30, as Celery sends them at a host's time."""
    headers: dict[str, Any] = {
        "eta": (now + timedelta(seconds=10)).isoformat(),
        "expires": (now + timedelta(seconds=30)).isoformat(),
        "id": "a",
    }
    before_task_publish.send(sender="x", headers=headers)
    return headers


@pytest.mark.parametrize(("sender", "receiver"), SKEWS)
def test_the_receiver_waits_as_long_as_the_sender_meant(
    on_host: Callable[[int], datetime], sender: int, receiver: int
) -> None:
    headers = sent(on_host(sender))
    now = on_host(receiver)
    found = message_times.received(headers)
    for name, seconds in (("eta", 10), ("expires", 30)):
        assert abs((datetime.fromisoformat(found[name]) - now).total_seconds() - seconds) < 1
    assert found["id"] == "a"


def test_a_message_without_times_and_one_of_an_earlier_version_stay_as_they_are(on_host) -> None:
    now = on_host(60)
    bare: dict[str, Any] = {"id": "a", "eta": None, "expires": None}
    before_task_publish.send(sender="x", headers=bare)
    assert bare == {"id": "a", "eta": None, "expires": None}
    old = {"id": "a", "eta": now.isoformat()}
    assert message_times.received(old) == old


def test_redis_is_asked_once_for_many_messages_and_again_when_a_clock_was_set(
    on_host: Callable[[int], datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    real = live.now
    monkeypatch.setattr(live, "now", lambda: asked.append(1) or real())
    monkeypatch.setattr(message_times._newest, "measured", None)
    for _ in range(20):
        message_times.received(sent(on_host(5)))
    assert len(asked) == 1
    sent(on_host(-60))
    assert len(asked) == 2
    monkeypatch.setattr(message_times, "_MEASURED_SECONDS", 0)
    sent(on_host(-60))
    assert len(asked) == 3


def test_without_redis_the_hosts_clocks_count(settings, monkeypatch) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    live.connect.cache_clear()
    monkeypatch.setattr(message_times._newest, "measured", None)
    try:
        headers = sent(timezone.now())
        assert set(headers) == {"id", "eta", "expires"}
        assert message_times.received(headers) == headers
    finally:
        live.connect.cache_clear()


def test_every_task_of_ours_is_received_so() -> None:
    app.loader.import_default_modules()
    ours = [task for name, task in app.tasks.items() if not name.startswith("celery.")]
    assert ours
    assert {task.Strategy for task in ours} == {"portal.message_times:strategy"}
