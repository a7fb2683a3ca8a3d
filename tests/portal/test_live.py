import json

import pytest
from redis import Redis

from portal import live


@pytest.fixture
def redis(clean_redis: str) -> Redis:
    return Redis.from_url(clean_redis)


def test_who_listens_hears_what_is_published(redis: Redis) -> None:
    with redis.pubsub(ignore_subscribe_messages=True) as pubsub:
        pubsub.subscribe("live:run:7")
        pubsub.get_message(timeout=2)
        live.publish("run:7", "changed", "<p>a</p>")
        message = pubsub.get_message(timeout=2) or pubsub.get_message(timeout=2)
    assert message is not None
    assert json.loads(message["data"]) == {"event": "changed", "data": "<p>a</p>"}


def test_the_newest_event_is_kept_for_a_minute(redis: Redis) -> None:
    live.publish("run:7", "changed", "first")
    live.publish("run:7", "changed", "second", replay="all of it")
    assert json.loads(redis.get("last:run:7:changed"))["data"] == "all of it"
    assert 0 < redis.ttl("last:run:7:changed") <= 60
    assert redis.smembers("events:run:7") == {b"changed"}
    assert redis.ttl("events:run:7") > 0


def test_publishing_without_redis_is_not_an_error(settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    live.connect.cache_clear()
    try:
        live.publish("run:7", "changed")
        live.hold({"run:7": 1})
        live.release("run:7")
        assert live.watchers("run:7") == 0
        assert live.watched("run:") == set()
    finally:
        live.connect.cache_clear()


def test_watchers_are_counted_over_all_processes(redis: Redis) -> None:
    live.hold({"stream:a:clear": 3}, process="web-1")
    live.hold({"stream:a:clear": 2, "board:all": 1}, process="web-2")
    assert live.watchers("stream:a:clear") == 5
    assert live.watched("stream:") == {"stream:a:clear"}
    assert 0 < redis.ttl("watch:stream:a:clear") <= 20


def test_a_topic_is_watched_until_the_last_process_lets_go(redis: Redis) -> None:
    live.hold({"stream:a:clear": 1}, process="web-1")
    live.hold({"stream:a:clear": 1}, process="web-2")
    live.release("stream:a:clear", process="web-1")
    assert live.watched("stream:") == {"stream:a:clear"}
    live.release("stream:a:clear", process="web-2")
    assert live.watched("stream:") == set()
    assert live.watchers("stream:a:clear") == 0


def test_a_process_that_died_is_forgotten(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    live.hold({"stream:a:clear": 4}, process="dead")
    later = live.time.time() + live.WATCH_SECONDS + 1
    monkeypatch.setattr(live.time, "time", lambda: later)
    assert live.watchers("stream:a:clear") == 0
    assert live.watched("stream:") == set()


def test_nothing_stays_in_redis_for_good(redis: Redis) -> None:
    live.hold({"stream:a:clear": 1})
    live.publish("stream:a:clear", "records", "x")
    assert all(redis.ttl(key) > 0 for key in redis.keys("*"))
