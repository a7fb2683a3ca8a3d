import json
from datetime import timedelta

import pytest
from redis import Redis

from monitoring.records.read_counts import ReadCounts, read_counts
from monitoring.records.sample_buffer import FRESH_SECONDS, MAX_ROWS, SampleBuffer, newest_rows
from monitoring.records.tap_status import TapStatus, tap_status
from monitoring.tap.publisher import RecordPublisher
from monitoring.tap.row_news import ROWS_PER_EVENT
from portal import live
from portal.aws.records import DataRecord
from portal.messages.message import Message
from tests.monitoring.conftest import NOW
from tests.monitoring.poisoned import rows_of
from tests.monitoring.tap.conftest import CLEAR, MASKED

STATUS = TapStatus(shards=2)
COUNTS = ReadCounts(NOW)


@pytest.fixture
def publisher(redis: Redis) -> RecordPublisher:
    live.hold({CLEAR: 1})
    return RecordPublisher("abc", SampleBuffer("abc", redis))


def rows(*numbers: int):
    records = [
        DataRecord(str(number), NOW + timedelta(seconds=number), "k", b'{"n": %d}' % number, "shardId-000000000000")
        for number in numbers
    ]
    return [row for record in records for row in rows_of(record)]


def event(redis: Redis, topic: str, name: str) -> str | None:
    stored = redis.get(f"last:{topic}:{name}")
    return json.loads(stored)["data"] if stored else None


def numbers_in(html: str | None) -> list[int]:
    parts = (html or "").split("{&quot;n&quot;: ")[1:]
    return [int(part.split("}")[0]) for part in parts]


def test_rows_go_to_the_buffer_and_to_the_page_newest_first(publisher: RecordPublisher, redis: Redis) -> None:
    publisher.publish(rows(1, 3, 2), STATUS, COUNTS, 0.0)
    assert [row.sequence_number for row in newest_rows("abc")] == ["3", "2", "1"]
    assert numbers_in(event(redis, CLEAR, "records")) == [3, 2, 1]


def test_an_event_has_a_bounded_number_of_rows_and_the_buffer_too(publisher: RecordPublisher, redis: Redis) -> None:
    publisher.publish(rows(*range(MAX_ROWS + 100)), STATUS, COUNTS, 0.0)
    assert len(newest_rows("abc")) == MAX_ROWS
    shown = numbers_in(event(redis, CLEAR, "records"))
    assert shown == list(range(MAX_ROWS + 99, MAX_ROWS + 99 - ROWS_PER_EVENT, -1))


def test_a_page_that_opens_later_gets_the_rows_of_several_events(publisher: RecordPublisher, redis: Redis) -> None:
    publisher.publish(rows(1), STATUS, COUNTS, 0.0)
    publisher.publish(rows(2), STATUS, COUNTS, 1.0)
    assert numbers_in(event(redis, CLEAR, "records")) == [2, 1]


def test_rows_that_are_too_old_are_not_repeated(publisher: RecordPublisher, redis: Redis) -> None:
    publisher.publish(rows(1), STATUS, COUNTS, 0.0)
    publisher.publish(rows(2), STATUS, COUNTS, FRESH_SECONDS)
    assert numbers_in(event(redis, CLEAR, "records")) == [2]


def test_an_audience_without_viewers_gets_status_and_counts_but_no_rows(
    publisher: RecordPublisher, redis: Redis
) -> None:
    publisher.publish(rows(1), STATUS, COUNTS, 0.0)
    assert event(redis, MASKED, "records") is None
    assert event(redis, MASKED, "tap_status") is not None
    assert event(redis, MASKED, "record_counts") is not None


def test_the_first_viewer_of_an_audience_gets_the_rows_that_came_while_it_connected(
    publisher: RecordPublisher, redis: Redis
) -> None:
    publisher.publish(rows(1), STATUS, COUNTS, 0.0)
    subscription = redis.pubsub(ignore_subscribe_messages=True)
    subscription.subscribe(live.channel(MASKED))
    subscription.get_message(timeout=5)  # that it is subscribed
    live.hold({MASKED: 1})
    publisher.publish((), STATUS, COUNTS, 1.0)
    publisher.publish((), STATUS, COUNTS, 2.0)
    sent = []
    while message := subscription.get_message(timeout=0.5):
        sent.append(json.loads(message["data"]))
    subscription.close()
    assert [news["event"] for news in sent].count("records") == 1
    assert {row.sequence_number for row in newest_rows("abc")} == {"1"}
    [html] = [news["data"] for news in sent if news["event"] == "records"]
    assert html.count("<tr") == 1


def test_what_has_not_changed_is_not_sent_again(publisher: RecordPublisher, redis: Redis) -> None:
    publisher.publish((), STATUS, COUNTS, 0.0)
    redis.delete(f"last:{CLEAR}:tap_status", f"last:{CLEAR}:record_counts")
    publisher.publish((), STATUS, COUNTS, 1.0)
    assert event(redis, CLEAR, "tap_status") is None
    assert event(redis, CLEAR, "record_counts") is None
    publisher.publish((), TapStatus(error=Message("stream.missing")), COUNTS.plus(5, 1), 2.0)
    assert "There is no data stream to read." in (event(redis, CLEAR, "tap_status") or "")
    assert 'data-record-total="5"' in (event(redis, CLEAR, "record_counts") or "")


def test_status_and_counts_are_stored_for_a_page_that_is_loaded(publisher: RecordPublisher) -> None:
    publisher.publish((), STATUS, COUNTS.plus(7, 2), 0.0)
    assert tap_status("abc") == STATUS
    assert read_counts("abc") == ReadCounts(NOW, 7, 2)
