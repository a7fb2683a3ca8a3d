import pytest
from redis import Redis, RedisError

from monitoring.records import selection as stored
from monitoring.records.access import Audience
from monitoring.records.live_filter import live_filter
from monitoring.records.selection import MOST_SELECTIONS, Selection, is_too_many, keys_in_use, remember, remembered
from monitoring.records.stream_topics import parts_of, topic_of, topics_of
from portal import live


@pytest.fixture(autouse=True)
def redis(clean_redis: str) -> Redis:
    return Redis.from_url(clean_redis)


def test_filters_that_say_the_same_share_a_key_which_does_not_show_them() -> None:
    key = Selection("zone=3 and(door='a')").key("abc")
    assert key == Selection('zone = 3 and door = "a"').key("abc")
    assert key != Selection("zone = 3 and door = 'b'").key("abc")
    assert key != Selection("zone=3 and(door='a')").key("other")
    assert len(key) == 16
    assert Selection("  ").key("abc") == ""
    assert len({Selection(wanted, columns).key("abc") for wanted in ("", "n = 1") for columns in ("", "a", "a,b")}) == 6
    assert Selection("", "a , b").key("abc") == Selection("", "a,b,a").key("abc")


def test_a_selection_is_known_to_its_stream_for_five_minutes_after_it_was_asked_for(redis: Redis) -> None:
    key = remember("abc", Selection("zone = 3"))
    redis.expire(f"selection:abc:{key}", 7)
    assert remembered("abc", key) == Selection("zone = 3")
    assert redis.ttl(f"selection:abc:{key}") > 200
    assert remembered("other", key) is None
    assert remembered("abc", "0" * 16) is None
    redis.set(f"selection:abc:{key}", "[]")
    assert remembered("abc", key) is None


def test_a_filter_is_one_too_many_while_eight_others_are_watched() -> None:
    keys = [remember("abc", Selection(f"n = {number}")) for number in range(MOST_SELECTIONS)]
    for key in keys:
        live.hold({topic_of("abc", "masked", key): 1, topic_of("abc", "clear", key): 1})
    live.hold({topic_of("abc", "clear"): 1, topic_of("abcd", "clear", "f" * 16): 1})
    assert keys_in_use("abc") == set(keys)
    assert not is_too_many("abc", keys[0])
    assert is_too_many("abc", "f" * 16)
    assert not is_too_many("abc", "")
    late = live_filter("abc", "n = 99", Audience.CLEAR, ())
    assert (late.is_too_many, late.is_refused, late.key) == (True, True, "")
    assert live_filter("abc", "n=1", Audience.CLEAR, ()).key == keys[1]
    live.release(topic_of("abc", "masked", keys[0]))
    assert live_filter("abc", "n = 99", Audience.CLEAR, ()).is_too_many
    live.release(topic_of("abc", "clear", keys[0]))
    assert not live_filter("abc", "n = 99", Audience.CLEAR, ()).is_too_many


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("zone = north", "filter.quotes_missing"),
        ("zone = \0", "filter.character"),
        ("'\x1b[31m", "filter.text_not_closed"),
        ("x = 1 or " * 100, "filter.too_long"),
        ("(" * 400, "filter.nested_too_deep"),
        (".*" * 100, "filter.character"),
    ],
)
def test_what_is_no_filter_is_refused_with_its_place_and_kept(typed: str, code: str, redis: Redis) -> None:
    found = live_filter("abc", typed, Audience.CLEAR, ())
    assert found.is_refused
    assert found.problem is not None
    assert found.problem.params["problem"].code == code
    assert found.typed == typed.strip()[:501]
    assert redis.keys("selection:*") == []


def test_whoever_sees_records_masked_filters_by_what_is_not_masked() -> None:
    assert live_filter("abc", "badge = 1", Audience.MASKED, {"unit"}).problem is not None
    assert live_filter("abc", "unit = 'C'", Audience.MASKED, {"unit"}).key
    assert live_filter("abc", "badge = 1", Audience.CLEAR, ()).key


def test_without_redis_nothing_is_shown_rather_than_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise RedisError

    monkeypatch.setattr("monitoring.records.live_filter.remember", away)
    found = live_filter("abc", "n = 1", Audience.CLEAR, ())
    assert found.problem is not None
    assert (found.problem.code, found.is_refused) == ("filter.no_redis", True)


def test_a_streams_topics_are_those_of_its_audiences_and_of_filters_that_someone_watches() -> None:
    filtered = topic_of("abc", "clear", "f" * 16)
    live.hold({filtered: 1, "stream:abcd:clear": 1})
    assert topics_of("abc") == {"stream:abc:clear", "stream:abc:masked", filtered}
    assert topics_of("abc", {"board:all"}) == {"stream:abc:clear", "stream:abc:masked"}
    assert parts_of(filtered) == ("abc", "clear", "f" * 16)
    assert stored.keys_in_use("abcd") == set()
