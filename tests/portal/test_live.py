import json
from collections.abc import Iterator

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
    later = live.now() + live.WATCH_SECONDS + 1
    monkeypatch.setattr(live, "now", lambda: later)
    assert live.watchers("stream:a:clear") == 0
    assert live.watched("stream:") == set()


def test_nothing_stays_in_redis_for_good(redis: Redis) -> None:
    live.hold({"stream:a:clear": 1})
    live.publish("stream:a:clear", "records", "x")
    assert all(redis.ttl(key) > 0 for key in redis.keys("*"))


@pytest.fixture
def away(settings) -> Iterator[None]:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    live.connect.cache_clear()
    yield
    live.connect.cache_clear()


@pytest.mark.usefixtures("away")
def test_without_redis_streams_are_not_ended_and_nothing_is_raised(caplog: pytest.LogCaptureFixture) -> None:
    live.end_streams(user_id=1)
    live.end_streams(session_key="a-secret-key")
    assert caplog.text.count("live.end_failed") == 2
    assert "a-secret-key" not in caplog.text
    assert live.is_away()


def test_redis_that_answers_is_not_away_and_another_broker_says_nothing(redis: Redis) -> None:
    assert not live.is_away()
    assert not live.is_away("amqp://guest@127.0.0.1//")
    assert live.is_away("redis://127.0.0.1:1/0")


def test_topics_are_found_by_the_beginning_of_their_name(redis: Redis) -> None:
    live.hold({"stream:a": 1, "stream:b:clear": 1, "streams": 1, "run:stream:": 1})
    assert live.watched("stream:") == {"stream:a", "stream:b:clear"}
    assert live.watched("") == {"stream:a", "stream:b:clear", "streams", "run:stream:"}


def test_a_process_that_counts_anew_replaces_its_count(redis: Redis) -> None:
    for count in (3, 1, 2):
        live.hold({"run:7": count}, process="web-1")
        assert live.watchers("run:7") == count
    live.hold({}, process="web-1")
    assert live.watchers("run:7") == 2


def test_each_event_of_a_topic_is_kept_by_itself_and_without_a_replay_as_it_was_sent(redis: Redis) -> None:
    live.publish("run:7", "changed", "<p>é</p>\n")
    live.publish("run:7", "ended")
    assert redis.smembers("events:run:7") == {b"changed", b"ended"}
    kept = [json.loads(redis.get(f"last:run:7:{event}"))["data"] for event in ("changed", "ended")]
    assert kept == ["<p>é</p>\n", ""]


def test_a_session_is_named_by_its_digest_which_does_not_give_the_key_back() -> None:
    assert live.digest("a") == live.digest("a") != live.digest("b")
    assert "secret" not in live.digest("secret")
    assert len(live.digest("")) == 64
