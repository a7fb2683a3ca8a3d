"""Filters of the live records with a real Redis, moto's stream and decoder processes."""

import json
from collections.abc import Callable

import pytest
from redis import Redis

from monitoring.records.filter_counts import filter_counts
from monitoring.records.kept_records import find_row
from monitoring.records.sample_buffer import newest_rows
from monitoring.records.selection import MOST_SELECTIONS, Selection, keys_in_use, remember
from monitoring.records.stream_topics import topic_of
from monitoring.tap import row_news, selected_records
from monitoring.tap.source import Source
from monitoring.tap.tap import Tap
from portal import live
from portal.aws.session import AwsSession
from tests.monitoring.decode.test_decoder_chain import kpl
from tests.monitoring.poisoned import LONG_NUMBER
from tests.monitoring.tap.conftest import CLEAR, Moment, go, put
from tests.waiting import wait_for

pytestmark = pytest.mark.usefixtures("kinesis")


def watch(text: str, columns: str = "", *, viewers: int = 1, audience: str = "clear") -> str:
    """Let someone watch what a filter finds; return its key."""
    key = remember("abc", Selection(text, columns))
    live.hold({topic_of("abc", audience, key): viewers})
    return key


def event(redis: Redis, key: str, name: str = "records", audience: str = "clear") -> str:
    stored = redis.get(f"last:{topic_of('abc', audience, key)}:{name}")
    return " ".join(json.loads(stored)["data"].split()) if stored else ""


def go_until(tap: Tap, moment: Moment, is_there: Callable[[], bool]) -> None:
    def is_there_now() -> bool:
        go(tap, moment, 1)
        return is_there()

    wait_for(is_there_now)


def searched(key: str) -> tuple[int, int, int]:
    counts = filter_counts("abc", key)
    return (counts.matched, counts.read, counts.unsearched) if counts else (0, 0, 0)


def test_a_filter_shows_what_it_finds_and_says_of_how_many(tap: Tap, moment: Moment, kinesis, redis: Redis) -> None:
    key = watch("reading.celsius > 30")
    for celsius in (20, 31, 42):
        put(kinesis, b'{"reading": {"celsius": %d}}' % celsius)
    go_until(tap, moment, lambda: searched(key) == (2, 3, 0))
    rows = event(redis, key)
    assert ["31}}" in rows, "42}}" in rows, "20}}" in rows] == [True, True, False]
    assert "2 of 3 records matched" in event(redis, key, "record_counts")
    assert {row.clear.text for row in newest_rows(f"abc:{key}")} == {
        '{"reading": {"celsius": 31}}',
        '{"reading": {"celsius": 42}}',
    }


def test_a_filter_finds_what_was_decoded_before_it_was_used(tap: Tap, moment: Moment, kinesis, redis: Redis) -> None:
    live.hold({CLEAR: 1})
    for number in range(3):
        put(kinesis, b'{"n": %d}' % number)
    go_until(tap, moment, lambda: len(newest_rows("abc")) == 3)
    key = watch("n = 1")
    go_until(tap, moment, lambda: searched(key) == (1, 3, 0))
    counts = filter_counts("abc", key)
    assert counts is not None
    assert counts.covers_from == min(row.arrived_at for row in newest_rows("abc")) < counts.since
    assert "1}" in event(redis, key)
    assert len(newest_rows("abc")) == 3


def test_rows_have_the_same_name_with_and_without_a_filter(tap: Tap, moment: Moment, kinesis) -> None:
    live.hold({CLEAR: 1})
    key = watch("inside = 2")
    put(kinesis, kpl(*[("k", b'{"inside": %d}' % number) for number in range(5)]))
    go_until(tap, moment, lambda: searched(key) == (1, 5, 0))
    [found] = newest_rows(f"abc:{key}")
    opened = find_row("abc", found.key)
    assert opened is not None
    assert opened.clear.text == '{"inside": 2}'
    assert found.key in {row.key for row in newest_rows("abc")}


def test_what_cannot_be_decoded_is_said_to_be_not_searched(tap: Tap, moment: Moment, kinesis, redis: Redis) -> None:
    key = watch("not zone exists")
    for data in (b'{"a": 1}', LONG_NUMBER):
        put(kinesis, data)
    go_until(tap, moment, lambda: searched(key) == (1, 2, 1))
    assert "1 was not searched" in event(redis, key, "record_counts")


def test_two_hundred_viewers_of_two_filters_cause_the_calls_of_one_and_two_renders(
    tap: Tap, moment: Moment, kinesis, aws: AwsSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    renders: list[int] = []
    rendered = row_news.rows_html
    monkeypatch.setattr(row_news, "rows_html", lambda rows, *rest: renders.append(len(rows)) or rendered(rows, *rest))
    calls: list[str] = []
    aws.client("kinesis").meta.events.register(
        "before-call.kinesis.GetRecords", lambda **_kwargs: calls.append("GetRecords")
    )
    counted = []
    for viewers in (1, 100):
        renders.clear()
        calls.clear()
        keys = [watch(f"n = {number}", viewers=viewers) for number in (viewers, viewers + 1)]
        go(tap, moment, 2)
        for number in range(viewers, viewers + 2):
            put(kinesis, b'{"n": %d}' % number)
        go(tap, moment, 4)
        assert [searched(key)[0] for key in keys] == [1, 1]
        counted.append((len(calls), len(renders)))
        assert sum(live.watchers(topic_of("abc", "clear", key)) for key in keys) == 2 * viewers
    assert counted[0] == counted[1]
    assert counted[1][1] == 2


def test_no_more_than_eight_filters_are_applied_and_the_next_one_says_so(
    tap: Tap, moment: Moment, kinesis, redis: Redis
) -> None:
    keys = [watch(f"n = {number}") for number in range(MOST_SELECTIONS)]
    go(tap, moment, 2)
    late = watch("n = 99")
    put(kinesis, b'{"n": 99}')
    go_until(tap, moment, lambda: all(searched(key)[1] == 1 for key in keys))
    assert event(redis, late) == ""
    assert "Too many different filters" in event(redis, late, "record_counts")
    live.release(topic_of("abc", "clear", keys[0]))
    go_until(tap, moment, lambda: searched(late) == (1, 1, 0))
    assert keys_in_use("abc") == {*keys[1:], late}


def test_what_someone_could_find_out_by_a_filter_is_never_sent_to_those_who_see_records_masked(
    kinesis, aws: AwsSession, redis: Redis, moment: Moment
) -> None:
    source = Source("sluice-sensors", lambda: aws, allowed=frozenset({"unit"}))
    tap = Tap(open_source=lambda uid: source, clock=moment)
    secret, free = (watch(text, audience="masked") for text in ("badge = 4711", "unit = 'C'"))
    own = watch("badge = 4711")
    put(kinesis, b'{"badge": 4711, "unit": "C"}')
    go_until(tap, moment, lambda: searched(free)[0] == 1 and searched(own)[0] == 1)
    tap.close()
    assert "4711" in event(redis, own)
    for name in ("records", "record_counts"):
        assert event(redis, secret, name, "masked") == ""
    assert "&quot;unit&quot;: &quot;C&quot;" in event(redis, free, audience="masked")
    assert "4711" not in event(redis, free, audience="masked")


def test_a_filter_that_no_one_uses_any_more_costs_nothing(
    tap: Tap, moment: Moment, kinesis, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.hold({CLEAR: 1})
    key = watch("n = 1")
    put(kinesis, b'{"n": 1}')
    go_until(tap, moment, lambda: searched(key) == (1, 1, 0))
    live.release(topic_of("abc", "clear", key))
    go(tap, moment, 2)
    monkeypatch.setattr(selected_records, "store_filter_counts", lambda *_: pytest.fail("a filter without viewers"))
    put(kinesis, b'{"n": 1}')
    go_until(tap, moment, lambda: len(newest_rows("abc")) == 2)
    assert newest_rows(f"abc:{key}") == []


def test_columns_are_sent_with_and_without_a_filter_and_masked_as_their_rows_are(
    kinesis, aws: AwsSession, redis: Redis, moment: Moment
) -> None:
    source = Source("sluice-sensors", lambda: aws, allowed=frozenset({"unit"}))
    tap = Tap(open_source=lambda uid: source, clock=moment)
    plain, filtered = watch("", "badge, unit"), watch("badge = 4711", "badge")
    masked = watch("", "badge, unit", audience="masked")
    put(kinesis, b'{"badge": 4711, "unit": "C"}')
    put(kinesis, b'{"badge": 4712, "unit": "F"}')
    go_until(tap, moment, lambda: searched(filtered)[0] == 1 and "4712" in event(redis, plain))
    tap.close()
    own = event(redis, plain)
    assert ['data-label="badge" class="break">4711</td>' in own, 'class="break">F</td>' in own] == [True, True]
    assert 'data-label="badge" class="break">4711</td>' in event(redis, filtered)
    assert "4712" not in event(redis, filtered)
    assert "2 records that arrived since" in event(redis, plain, "record_counts")
    theirs = event(redis, masked, audience="masked")
    assert 'data-label="unit" class="break">C</td>' in theirs
    assert ["471" in theirs, "•••</td>" in theirs] == [False, True]
