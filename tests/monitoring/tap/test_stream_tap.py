"""No error of one record, shard, stream or tenant holds up another, and what a page does not list is counted."""

import base64
import json
import re
import time
from dataclasses import replace
from threading import Event, Thread

import pytest
from django.db import OperationalError
from redis import Redis

from monitoring.records import refused_records
from monitoring.records.access_changes import report_change
from monitoring.records.read_counts import read_counts
from monitoring.records.sample_buffer import newest_rows
from monitoring.records.tap_status import TapStatus, tap_status
from monitoring.tap import stream_tap
from monitoring.tap.row_news import ROWS_PER_EVENT
from monitoring.tap.source import Source
from monitoring.tap.stream_tap import LIST_SHARDS_SECONDS, LISTING_VALID_SECONDS
from monitoring.tap.tap import LEASE_SECONDS, Tap
from portal import live
from portal.aws.errors import fault
from portal.aws.records import DataRecord
from portal.aws.session import AwsSession
from portal.messages.message import Message
from tests.monitoring.conftest import NOW
from tests.monitoring.decode.test_decoder_chain import kpl
from tests.monitoring.poisoned import LONG_NUMBER, MANY_VALUES, NEVER_RETURNS
from tests.monitoring.tap.conftest import CLEAR, MASKED, Moment, go, put
from tests.waiting import wait_for

FIRST_SHARD = "shardId-000000000000"


def status() -> TapStatus:
    found = tap_status("abc")
    assert found is not None
    return found


def texts() -> set[str]:
    return {row.clear.text for row in newest_rows("abc")}


def refuse_first_shard(aws: AwsSession, error: Exception) -> list[float]:
    """Let every read of the first shard fail; return the list of those calls, which grows."""
    calls: list[float] = []

    def refuse(params: dict, **_: object) -> None:
        # Moto's iterators hold the shard's ID.
        if FIRST_SHARD.encode() in base64.b64decode(params["ShardIterator"]):
            calls.append(time.monotonic())
            raise error

    aws.client("kinesis").meta.events.register("provide-client-params.kinesis.GetRecords", refuse)
    return calls


def test_the_timeout_of_one_shard_pauses_only_that_shard(tap: Tap, moment: Moment, kinesis, aws: AwsSession) -> None:
    live.hold({CLEAR: 1})
    go(tap, moment, 2)
    calls = refuse_first_shard(aws, fault("RequestTimeout", "kinesis:GetRecords", "Read timed out"))
    go(tap, moment, 2)
    for number in range(20):
        put(kinesis, json.dumps({"n": number}).encode(), key=str(number))
    go(tap, moment, 3)
    assert texts()
    assert (status().error, status().failing_shards, status().shards) == (None, 1, 2)
    assert status().failing_reason is not None
    go(tap, moment, 14)
    assert len(calls) <= 5, "each retry waits twice as long"


def test_a_shard_that_can_be_read_again_continues_where_it_was(
    tap: Tap, moment: Moment, kinesis, aws: AwsSession
) -> None:
    failing = [True]

    def refuse(**_: object) -> None:
        if failing[0]:
            raise fault("InternalFailure", "kinesis:GetRecords", "")

    live.hold({CLEAR: 1})
    go(tap, moment, 2)
    aws.client("kinesis").meta.events.register("provide-client-params.kinesis.GetRecords", refuse)
    go(tap, moment, 3)
    put(kinesis, b'{"n": 1}')
    assert status().error is not None, "no shard can be read"
    failing[0] = False
    go(tap, moment, 10)
    assert (status(), texts()) == (TapStatus(shards=2), {'{"n": 1}'})


def test_an_exception_that_no_one_expects_costs_one_shard(tap: Tap, moment: Moment, kinesis, aws: AwsSession) -> None:
    live.hold({CLEAR: 1})
    go(tap, moment, 2)
    refuse_first_shard(aws, ZeroDivisionError("a fault of ours"))
    go(tap, moment, 3)
    assert status().failing_reason is not None
    assert status().failing_reason.code == "tap.unexpected_error"


def test_a_changed_list_of_fields_applies_with_the_next_list_of_shards_and_drops_what_it_may_not_show(
    redis: Redis, moment: Moment, kinesis, aws: AwsSession
) -> None:
    allowed = [frozenset({"n"})]
    tap = Tap(open_source=lambda uid: Source("sluice-sensors", lambda: aws, allowed=allowed[0]), clock=moment)
    live.hold({CLEAR: 1})
    go(tap, moment, 2)
    put(kinesis, b'{"n": 1}')
    go(tap, moment, 2)
    assert [row.masked.text for row in newest_rows("abc")] == ['{"n": 1}']
    assert redis.exists(f"last:{CLEAR}:records")
    allowed[0] = frozenset()
    live.hold({CLEAR: 1})
    go(tap, moment, LIST_SHARDS_SECONDS + 2)
    assert not redis.exists(f"last:{CLEAR}:records"), "no one who connects now is sent what was masked before"
    put(kinesis, b'{"n": 2}')
    go(tap, moment, 2)
    assert newest_rows("abc")[0].masked.text == '{"•••1": "•••"}'
    tap.close()


def test_a_change_that_is_reported_applies_at_once(redis: Redis, moment: Moment, kinesis, aws: AwsSession) -> None:
    allowed, opened = [frozenset({"n"})], list[str]()

    def open_source(uid: str) -> Source:
        opened.append(uid)
        return Source("sluice-sensors", lambda: aws, owner="northwind", allowed=allowed[0])

    tap = Tap(open_source=open_source, clock=moment)
    live.hold({CLEAR: 1})
    go(tap, moment, 3)
    report_change("contoso")
    go(tap, moment, 3)
    assert len(opened) == 1, "the change of another tenant is none"
    allowed[0] = frozenset()
    report_change("northwind")
    go(tap, moment, 3)
    assert len(opened) == 2
    put(kinesis, b'{"n": 2}')
    go(tap, moment, 2)
    assert newest_rows("abc")[0].masked.text == '{"•••1": "•••"}'
    tap.close()


def test_postgresql_may_be_away_for_a_moment(redis: Redis, moment: Moment, kinesis, aws: AwsSession) -> None:
    away = [False]

    def opened(uid: str) -> Source:
        if away[0]:
            raise OperationalError("the database system is starting up")
        return Source("sluice-sensors", lambda: aws)

    tap = Tap(open_source=opened, clock=moment)
    live.hold({CLEAR: 1})
    go(tap, moment, 3)
    away[0] = True
    go(tap, moment, 70)
    live.hold({CLEAR: 1})
    put(kinesis, b'{"n": 1}')
    go(tap, moment, 3)
    assert (status().error, texts()) == (None, {'{"n": 1}'})
    for _ in range(int(LISTING_VALID_SECONDS / 15)):
        live.hold({CLEAR: 1})
        go(tap, moment, 15)
    assert status().error is not None, "who may be read is not known any more"
    assert status().error.code == "tap.database_unavailable"
    away[0] = False
    live.hold({CLEAR: 1})
    go(tap, moment, 32)
    assert status() == TapStatus(shards=2)
    tap.close()


def test_postgresql_away_from_the_start_is_shown_and_tried_again(redis: Redis, moment: Moment) -> None:
    def opened(uid: str) -> Source:
        raise OperationalError("connection refused")

    tap = Tap(open_source=opened, clock=moment)
    live.hold({CLEAR: 1})
    go(tap, moment, 2)
    assert status().error is not None
    assert status().error.code == "tap.database_unavailable"
    tap.close()


def test_a_fault_in_one_stream_leaves_the_others_alone(
    redis: Redis, moment: Moment, kinesis, aws: AwsSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    tap = Tap(open_source=lambda uid: Source("sluice-sensors", lambda: aws), clock=moment)
    live.hold({CLEAR: 1, "stream:broken:clear": 1})
    go(tap, moment, 2)
    tap.streams["broken"].publisher.buffer = None
    put(kinesis, b'{"n": 1}')
    go(tap, moment, 3)
    assert texts() == {'{"n": 1}'}
    assert set(tap.streams) == {"abc", "broken"}
    assert tap.streams["broken"].failure is not None
    tap.close()


def test_calls_that_hang_leave_threads_for_other_streams(redis: Redis, moment: Moment, aws: AwsSession) -> None:
    answer, hanging = Event(), []

    def session() -> AwsSession:
        hanging.append(1)
        answer.wait(30)
        raise fault("RequestTimeout", "sts:AssumeRole", "Read timed out")

    kinesis = aws.client("kinesis")
    kinesis.create_stream(StreamName="many", ShardCount=40)
    tap = Tap(open_source=lambda uid: Source("many", lambda: aws), clock=moment)
    live.hold({CLEAR: 1})
    go(tap, moment, 0.5)
    stream = tap.streams["abc"]
    stream._source = Source("many", session)
    try:
        for _ in range(40):
            moment.now += 0.25
            tap.tick()
        assert len(hanging) <= stream_tap.MOST_CALLS < 16
    finally:
        answer.set()
        tap.close()


def test_500_poisoned_records_and_a_decoder_that_does_not_return_stop_no_other_tenant(
    redis: Redis, kinesis, aws: AwsSession
) -> None:
    for name in ("poisoned", "endless"):
        kinesis.create_stream(StreamName=name, ShardCount=1)
    for _ in range(5):
        kinesis.put_records(
            StreamName="poisoned", Records=[{"Data": MANY_VALUES, "PartitionKey": "k"} for _ in range(100)]
        )
    put(kinesis, NEVER_RETURNS, stream="endless")
    names = {"abc": "sluice-sensors", "poisoned": "poisoned", "endless": "endless"}
    owners = {"abc": "northwind"}
    tap = Tap(open_source=lambda uid: Source(names[uid], lambda: aws, owners.get(uid, "contoso")))
    stop = Event()
    thread = Thread(target=tap.run, args=(stop,))
    live.hold({f"stream:{uid}:clear": 1 for uid in names})
    thread.start()
    try:
        wait_for(lambda: bool(newest_rows("poisoned")))
        for number in range(3):
            put(kinesis, b'{"n": %d}' % number)
            wait_for(lambda number=number: f'{{"n": {number}}}' in texts(), 20)
            assert all(redis.pttl(f"tap:{uid}") > 1000 * (LEASE_SECONDS - 4) for uid in names)
            live.hold({f"stream:{uid}:clear": 1 for uid in names})
        wait_for(lambda: bool(newest_rows("endless")), 10)
        assert {row.refusal.code for row in newest_rows("endless")} <= {"decode.stopped", "decode.no_answer"}
        assert {row.refusal.code for row in newest_rows("poisoned")} == {"decode.too_many_values"}
    finally:
        stop.set()
        thread.join(5)
    assert not redis.exists("tap:abc")


def test_a_long_number_does_not_end_the_tap(tap: Tap, moment: Moment, kinesis) -> None:
    live.hold({CLEAR: 1})
    put(kinesis, LONG_NUMBER)
    put(kinesis, b'{"n": 1}')
    go(tap, moment)
    refusals = {row.refusal.code for row in newest_rows("abc") if row.refusal}
    assert refusals == {"decode.number_too_long"}
    assert '{"n": 1}' in texts()


def test_a_record_that_ended_its_decoder_is_never_decoded_again(
    tap: Tap, moment: Moment, kinesis, redis: Redis, aws: AwsSession
) -> None:
    live.hold({CLEAR: 1})
    put(kinesis, NEVER_RETURNS)
    go(tap, moment)
    (row,) = newest_rows("abc")
    assert row.refusal.code in {"decode.stopped", "decode.no_answer"}  # the clock is faster on a busy machine
    assert len(refused_records.remembered(redis, "abc")) == 1
    tap.close()
    other = Tap(open_source=lambda uid: Source("sluice-sensors", lambda: aws), clock=moment)
    go(other, moment)
    assert [row.refusal.code for row in newest_rows("abc")] == ["decode.refused_before"]
    assert sum(decoder.ended for decoder in other.decoders._decoders) == 0
    other.close()


def counted() -> tuple[int, int]:
    counts = read_counts("abc")
    assert counts is not None
    return counts.total, counts.skipped


def rows_in(html: str) -> set[str]:
    return set(re.findall(r'id="r-(\w+)"', html))


def test_records_put_are_records_shown_and_records_said(tap: Tap, moment: Moment, kinesis, redis: Redis) -> None:
    live.hold({CLEAR: 1})
    go(tap, moment, 2)
    for number in range(10):
        put(kinesis, json.dumps({"single": number}).encode())
    put(kinesis, kpl(*[("k", b'{"inside": 1}')] * 1_000))
    go(tap, moment)
    event = json.loads(redis.get(f"last:{CLEAR}:records"))["data"]
    assert len(rows_in(event)) == ROWS_PER_EVENT
    assert event.count("&quot;single&quot;") == 10, "the aggregate does not push the others out"
    counts_html = json.loads(redis.get(f"last:{CLEAR}:record_counts"))["data"]
    assert 'data-record-total="1010"' in counts_html
    assert counted() == (1_010, 0)
    since = re.search(r'data-since="([\d.]+)"', counts_html)
    assert since is not None
    assert event.count(f'data-since="{since[1]}"') == ROWS_PER_EVENT


def test_of_a_burst_as_many_rows_as_a_page_keeps_are_listed_and_all_records_are_counted(
    tap: Tap, moment: Moment, kinesis
) -> None:
    live.hold({CLEAR: 1, MASKED: 1})
    go(tap, moment, 2)
    for _ in range(3):
        kinesis.put_records(
            StreamName="sluice-sensors", Records=[{"Data": b"{}", "PartitionKey": "one key"} for _ in range(500)]
        )
    go(tap, moment)
    assert counted() == (1_500, 0)
    assert 400 <= len(newest_rows("abc")) <= 500


def test_what_is_not_decoded_is_counted_as_well(tap: Tap, moment: Moment, kinesis, redis: Redis) -> None:
    live.hold({CLEAR: 1, MASKED: 1})
    go(tap, moment, 2)
    with tap.decoders._changed:
        tap.decoders._queue.put("abc", "abc", ())
        tap.decoders._queue._lanes["abc"].kept_share = 0.5
    kinesis.put_records(
        StreamName="sluice-sensors", Records=[{"Data": b"{}", "PartitionKey": "one key"} for _ in range(500)]
    )
    go(tap, moment)
    assert counted() == (500, 250)
    counts_html = json.loads(redis.get(f"last:{MASKED}:record_counts"))["data"]
    assert "250 of them were not decoded" in re.sub(r"\s+", " ", counts_html)


def test_reading_late_is_said_with_its_cause(tap: Tap, moment: Moment, kinesis, aws: AwsSession) -> None:
    def behind(parsed: dict, **_: object) -> None:
        parsed["MillisBehindLatest"] = 34_000

    live.hold({CLEAR: 1})
    go(tap, moment, 2)
    aws.client("kinesis").meta.events.register("after-call.kinesis.GetRecords", behind)
    go(tap, moment, 20)
    assert status().lateness is None, "a tap starts one minute back and catches up"
    live.hold({CLEAR: 1})
    go(tap, moment, 16)
    assert status().behind_seconds == 34
    assert status().lateness is not None
    assert status().lateness.code == "tap.behind"
    live.hold({CLEAR: 1})
    aws.client("kinesis").meta.events.unregister("after-call.kinesis.GetRecords", behind)
    go(tap, moment, 3)
    assert status().lateness is None


def test_a_reader_that_cannot_keep_up_skips_to_the_newest_records_and_says_what_it_skipped(
    tap: Tap, moment: Moment, kinesis, aws: AwsSession, redis: Redis
) -> None:
    def behind(parsed: dict, **_: object) -> None:
        parsed["MillisBehindLatest"] = 90_000

    live.hold({CLEAR: 1})
    go(tap, moment, 2)
    put(kinesis, b'{"n": 1}', key="one key")
    go(tap, moment, 2)
    (last,) = newest_rows("abc")
    client = aws.client("kinesis")
    client.meta.events.register("after-call.kinesis.GetRecords", behind)
    go(tap, moment, 12)
    live.hold({CLEAR: 1})
    assert status().lag_seconds is not None
    assert status().lag_seconds >= 90
    go(tap, moment, 12)
    client.meta.events.unregister("after-call.kinesis.GetRecords", behind)
    counts = read_counts("abc")
    assert counts is not None
    assert counts.skips == 2, "each shard has one reader"
    live.hold({CLEAR: 1})
    put(kinesis, b'{"n": 2}', key="one key")
    go(tap, moment, 3)
    assert status() == TapStatus(shards=2)
    stream = tap.streams["abc"]
    stream.counts = replace(stream.counts, last_skip=None)
    stream._skip(stream._readers[last.shard_id], moment.now)
    go(tap, moment, 1)
    put(kinesis, b'{"n": 3}', key="one key")
    go(tap, moment, 3)
    newest = next(row for row in newest_rows("abc") if row.clear.text == '{"n": 3}')
    before = next(row for row in newest_rows("abc") if row.clear.text == '{"n": 2}')
    counts = read_counts("abc")
    assert counts is not None
    assert counts.last_skip is not None
    assert (counts.last_skip.shard_id, counts.last_skip.began_at) == (last.shard_id, before.arrived_at)
    assert (counts.last_skip.after, counts.last_skip.until) == (before.sequence_number, newest.sequence_number)
    html = " ".join(json.loads(redis.get(f"last:{CLEAR}:record_counts"))["data"].split())
    assert "How many records that is, is not known. It is the latest of 3 such times" in html


def test_after_an_outage_reading_continues_where_it_stopped(tap: Tap, moment: Moment, kinesis, aws: AwsSession) -> None:
    live.hold({CLEAR: 1})
    put(kinesis, b'{"n": 1}', key="one key")
    go(tap, moment, 3)
    asked: list[dict] = []
    aws.client("kinesis").meta.events.register(
        "provide-client-params.kinesis.GetShardIterator", lambda params, **_: asked.append(params)
    )
    tap.streams["abc"].fail(Message("tap.database_unavailable"), moment.now)
    put(kinesis, b'{"n": 2}', key="one key")
    go(tap, moment, 16)
    live.hold({CLEAR: 1})
    go(tap, moment, 18)
    assert texts() == {'{"n": 1}', '{"n": 2}'}
    assert counted() == (2, 0), "no record is counted twice"
    assert {call["ShardIteratorType"] for call in asked} == {"AFTER_SEQUENCE_NUMBER", "AT_TIMESTAMP"}


def test_a_role_that_lost_the_right_is_shown_with_the_right_and_reading_continues_once_it_is_back(
    tap: Tap, moment: Moment, kinesis, aws: AwsSession, redis: Redis
) -> None:
    denied = [True]

    def deny(**_: object) -> None:
        if denied[0]:
            raise fault("AccessDeniedException", "kinesis:GetRecords", "not authorized to perform kinesis:GetRecords")

    live.hold({CLEAR: 1})
    put(kinesis, b'{"n": 1}', key="one key")
    go(tap, moment, 3)
    aws.client("kinesis").meta.events.register("provide-client-params.kinesis.GetRecords", deny)
    go(tap, moment, 3)
    assert status().error is not None
    html = json.loads(redis.get(f"last:{CLEAR}:tap_status"))["data"]
    assert "kinesis:GetRecords" in html
    assert "data-cannot-read" in html, "which dims the rows"
    put(kinesis, b'{"n": 2}', key="one key")
    denied[0] = False
    go(tap, moment, 10)
    assert (status(), texts()) == (TapStatus(shards=2), {'{"n": 1}', '{"n": 2}'})
    assert "data-cannot-read" not in json.loads(redis.get(f"last:{CLEAR}:tap_status"))["data"]


def test_records_already_known_as_refused_are_counted(tap: Tap, moment: Moment, redis: Redis) -> None:
    live.hold({CLEAR: 1})
    go(tap, moment, 1)
    record = DataRecord("7", NOW, "k", b"{}", FIRST_SHARD)
    stream = tap.streams["abc"]
    stream._refused.add(refused_records.name_of(record))
    stream._decode([record])
    go(tap, moment, 2)
    assert counted() == (1, 0)
    assert [row.refusal.code for row in newest_rows("abc")] == ["decode.refused_before"]


def test_a_check_of_the_permission_that_never_answers_ends_the_reading(
    redis: Redis, moment: Moment, kinesis, aws: AwsSession
) -> None:
    answer, hangs = Event(), [False]

    def opened(uid: str) -> Source:
        if hangs[0]:
            answer.wait(30)
        return Source("sluice-sensors", lambda: aws)

    tap = Tap(open_source=opened, clock=moment)
    live.hold({CLEAR: 1})
    go(tap, moment, 2)
    hangs[0] = True
    try:
        for _ in range(int(LISTING_VALID_SECONDS) + 10):
            live.hold({CLEAR: 1})
            moment.now += 1
            tap.tick()
        assert status().error is not None
        assert status().error.code == "tap.database_unavailable"
        assert tap.streams["abc"].shard_count == 0
    finally:
        answer.set()
        tap.close()
