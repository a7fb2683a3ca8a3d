"""Heartbeats of beat, workers and taps: sent from the loop that works, and forgotten after a while."""

import pytest
from celery.signals import heartbeat_sent, worker_shutdown
from redis import Redis

from monitoring.tap.tap import Tap
from portal import heartbeats, live
from portal.beat import Scheduler
from portal.celery import app
from portal.lanes import LANES, METRICS, VERIFICATION


@pytest.fixture(autouse=True)
def fresh(clean_redis: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeats, "_sent_at", {})


def test_a_worker_beats_with_its_consumer_and_signs_off() -> None:
    heartbeat_sent.send(sender=None)
    assert heartbeats.seen("worker").alive == 1
    assert [heartbeats.seen("worker", lane).alive for lane in LANES] == [1] * len(LANES)
    worker_shutdown.send(sender=None)
    assert heartbeats.seen("worker") == heartbeats.Seen(0, ())
    assert [heartbeats.seen("worker", lane).alive for lane in LANES] == [0] * len(LANES)


def test_a_worker_with_queues_beats_for_their_lanes_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.amqp.queues, "_consume_from", None)
    app.amqp.queues.select([METRICS, VERIFICATION])
    heartbeat_sent.send(sender=None)
    assert {lane for lane in LANES if heartbeats.seen("worker", lane).alive} == {METRICS, VERIFICATION}


def test_beat_beats_at_every_tick_and_ticks_often_enough(tmp_path) -> None:
    assert app.conf.beat_scheduler == "portal.beat:Scheduler"
    scheduler = Scheduler(app, schedule_filename=str(tmp_path / "beat"), lazy=True)
    scheduler.setup_schedule()
    assert scheduler.tick() <= heartbeats.BEAT_SECONDS
    assert heartbeats.seen("beat").alive == 1
    scheduler.close()
    assert heartbeats.seen("beat").alive == 0


def test_a_tap_beats_while_it_ticks_and_signs_off() -> None:
    tap = Tap()
    tap.tick()
    assert heartbeats.seen("tap").alive == 1
    tap.close()
    assert heartbeats.seen("tap").alive == 0


def test_one_that_falls_silent_is_missed_and_then_forgotten(clean_redis: str) -> None:
    heartbeats.beat("tap", "a")
    live.connect().zincrby("heartbeats:tap", -20, "a")
    seen = heartbeats.seen("tap")
    assert (seen.alive, round(seen.silent_seconds[0])) == (0, 20)
    live.connect().zincrby("heartbeats:tap", -600, "a")
    assert heartbeats.seen("tap") == heartbeats.Seen(0, ())
    assert 0 < Redis.from_url(clean_redis).ttl("heartbeats:tap") <= heartbeats.REMEMBER_SECONDS


def test_heartbeats_are_not_sent_more_often_than_needed() -> None:
    heartbeats.beat("tap", "a")
    live.connect().delete("heartbeats:tap")
    heartbeats.beat("tap", "a")
    assert heartbeats.seen("tap").alive == 0


def test_without_redis_nothing_is_raised(settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    live.connect.cache_clear()
    try:
        heartbeats.beat("tap", "b")
        heartbeats.sign_off("tap", "b")
    finally:
        live.connect.cache_clear()
