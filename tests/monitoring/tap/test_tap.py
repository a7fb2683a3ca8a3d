import base64
import json
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread
from threading import enumerate as enumerate_threads

import pytest
from django.utils import timezone
from redis import Redis

from monitoring.readers.own_reading import own_ages
from monitoring.records.sample_buffer import newest_rows
from monitoring.records.tap_status import TapStatus, tap_status
from monitoring.tap.source import Source
from monitoring.tap.tap import LINGER_SECONDS, Tap
from portal import live
from portal.aws.errors import fault
from portal.aws.session import AwsSession
from portal.messages.catalogue import advice_of, text_of
from tests.monitoring.tap.conftest import CLEAR, MASKED, Moment, go, put
from tests.waiting import wait_for


def test_nothing_is_read_while_no_one_watches(tap: Tap, moment: Moment, kinesis) -> None:
    put(kinesis, b'{"wet": true}')
    go(tap, moment)
    assert tap.streams == {}
    assert newest_rows("abc") == []


def test_records_are_read_decoded_and_buffered_for_the_page(tap: Tap, moment: Moment, kinesis, redis: Redis) -> None:
    live.hold({CLEAR: 1})
    put(kinesis, b'{"wet": true}')
    put(kinesis, b"\x00\xff")
    go(tap, moment)
    rows = newest_rows("abc")
    assert {(row.decoder_path, row.clear.text) for row in rows} == {("JSON", '{"wet": true}'), ("hex", "00 ff")}
    assert tap_status("abc") == TapStatus(shards=2)
    assert redis.ttl("rows:abc") <= 300


def test_each_audience_gets_its_own_view(tap: Tap, moment: Moment, kinesis, redis: Redis) -> None:
    live.hold({CLEAR: 5, MASKED: 1})
    put(kinesis, b'{"wet": "a secret"}')
    go(tap, moment)
    clear = json.loads(redis.get(f"last:{CLEAR}:records"))["data"]
    masked = json.loads(redis.get(f"last:{MASKED}:records"))["data"]
    assert "a secret" in clear
    assert "a secret" not in masked
    assert "bldg-7" not in masked
    assert "•••" in masked


def test_an_audience_without_viewers_gets_no_records(tap: Tap, moment: Moment, kinesis, redis: Redis) -> None:
    live.hold({MASKED: 1})
    put(kinesis, b'{"wet": "a secret"}')
    go(tap, moment)
    assert redis.exists(f"last:{MASKED}:records")
    assert not redis.exists(f"last:{CLEAR}:records")


def test_one_reader_per_shard_reads_once_a_second_however_many_watch(tap: Tap, moment: Moment, aws: AwsSession) -> None:
    calls = []
    aws.client("kinesis").meta.events.register(
        "provide-client-params.kinesis.GetRecords", lambda **_: calls.append(moment.now)
    )
    live.hold({CLEAR: 400, MASKED: 300})
    go(tap, moment, 11)
    assert 2 * 8 <= len(calls) <= 2 * 11


def test_records_are_published_when_they_are_read_not_at_the_next_second(
    tap: Tap, moment: Moment, kinesis, redis: Redis
) -> None:
    live.hold({CLEAR: 1})
    go(tap, moment)
    tap.streams["abc"]._publish_at = moment.now + 100
    put(kinesis, b'{"wet": true}')
    go(tap, moment, 1.5)
    assert redis.exists(f"last:{CLEAR}:records")


def test_it_stops_when_no_one_has_watched_for_a_while(tap: Tap, moment: Moment, redis: Redis) -> None:
    live.hold({CLEAR: 1})
    go(tap, moment)
    assert set(tap.streams) == {"abc"}
    live.release(CLEAR)
    go(tap, moment, LINGER_SECONDS - 5)
    assert set(tap.streams) == {"abc"}
    go(tap, moment, 8)
    assert tap.streams == {}
    assert not redis.exists("tap:abc")


def test_only_one_tap_reads_a_stream(tap: Tap, moment: Moment, aws: AwsSession) -> None:
    other = Tap(open_source=lambda uid: Source("sluice-sensors", lambda: aws), clock=moment)
    live.hold({CLEAR: 1})
    go(tap, moment, 2)
    go(other, moment, 2)
    assert (set(tap.streams), set(other.streams)) == ({"abc"}, set())
    tap.close()
    go(other, moment, 2)
    assert set(other.streams) == {"abc"}
    other.close()


def test_a_tap_that_lost_its_lease_releases_the_stream(tap: Tap, moment: Moment, redis: Redis) -> None:
    live.hold({CLEAR: 1})
    go(tap, moment, 2)
    redis.set("tap:abc", "another tap's token", px=10_000)
    go(tap, moment, 2)
    assert tap.streams == {}
    assert redis.get("tap:abc") == b"another tap's token"


def test_throttled_reads_halve_its_pace_and_the_status_says_so(tap: Tap, moment: Moment, aws: AwsSession) -> None:
    refusing = [True]

    def refuse(**_: object) -> None:
        if refusing[0]:
            raise fault("ProvisionedThroughputExceededException", "kinesis:GetRecords", "Rate exceeded")

    live.hold({CLEAR: 1})
    go(tap, moment, 2)
    aws.client("kinesis").meta.events.register("provide-client-params.kinesis.GetRecords", refuse)
    go(tap, moment, 4)
    slowed = tap_status("abc")
    assert slowed is not None
    assert slowed.is_slowed
    assert slowed.interval_seconds in {2.0, 4.0}
    refusing[0] = False
    go(tap, moment, 60)
    assert tap_status("abc") == TapStatus(shards=2)


def test_an_expired_iterator_is_renewed_after_the_last_record(
    tap: Tap, moment: Moment, kinesis, aws: AwsSession
) -> None:
    live.hold({CLEAR: 1})
    put(kinesis, b'{"n": 1}')
    go(tap, moment)
    expired = [True]

    def expire(**_: object) -> None:
        if expired[0]:
            expired[0] = False
            raise fault("ExpiredIteratorException", "kinesis:GetRecords", "Iterator expired")

    aws.client("kinesis").meta.events.register("provide-client-params.kinesis.GetRecords", expire)
    put(kinesis, b'{"n": 2}')
    go(tap, moment, 4)
    assert sorted(row.clear.text for row in newest_rows("abc")) == ['{"n": 1}', '{"n": 2}']


def end_closed_shards(kinesis, shard_id: str) -> None:
    """Moto never ends a closed shard's iterator; AWS does."""

    def end(parsed: dict, **_: object) -> None:
        if shard_id.encode() in base64.b64decode(parsed["NextShardIterator"]):
            del parsed["NextShardIterator"]

    kinesis.meta.events.register("after-call.kinesis.GetRecords", end)


def test_children_are_followed_after_a_reshard(tap: Tap, moment: Moment, kinesis) -> None:
    live.hold({CLEAR: 1})
    go(tap, moment)
    first = kinesis.list_shards(StreamName="sluice-sensors")["Shards"][0]
    span = first["HashKeyRange"]
    middle = (int(span["StartingHashKey"]) + int(span["EndingHashKey"])) // 2
    kinesis.split_shard(StreamName="sluice-sensors", ShardToSplit=first["ShardId"], NewStartingHashKey=str(middle))
    for number in range(12):
        put(kinesis, json.dumps({"n": number}).encode(), key=str(number))
    end_closed_shards(kinesis, first["ShardId"])
    go(tap, moment, 6)
    assert {row.clear.text for row in newest_rows("abc")} == {json.dumps({"n": number}) for number in range(12)}
    (stream,) = tap.streams.values()
    assert first["ShardId"] in stream._finished
    assert len(stream._readers) == 3


def test_opening_just_after_a_reshard_shows_the_last_minute_of_the_closed_shard(
    tap: Tap, moment: Moment, kinesis, aws: AwsSession
) -> None:
    asked: list[dict] = []
    aws.client("kinesis").meta.events.register(
        "provide-client-params.kinesis.ListShards", lambda params, **_: asked.append(params)
    )
    first = kinesis.list_shards(StreamName="sluice-sensors")["Shards"][0]
    for number in range(12):
        put(kinesis, json.dumps({"n": number}).encode(), key=str(number))
    kinesis.split_shard(StreamName="sluice-sensors", ShardToSplit=first["ShardId"], NewStartingHashKey="1000")
    end_closed_shards(kinesis, first["ShardId"])
    live.hold({CLEAR: 1})
    go(tap, moment, 4)
    assert {row.clear.text for row in newest_rows("abc")} == {json.dumps({"n": number}) for number in range(12)}
    (stream,) = tap.streams.values()
    assert stream._finished == {first["ShardId"]}
    filters = [call.get("ShardFilter", {}).get("Type") for call in asked if "StreamName" in call]
    assert filters[1:] == ["FROM_TIMESTAMP", None], "the second list finds the children"


def test_an_error_is_shown_on_the_page_and_retried(redis: Redis, moment: Moment, kinesis, aws: AwsSession) -> None:
    refusing = [True]

    def opened(uid: str) -> Source:
        if refusing[0]:
            raise fault("AccessDenied", "sts:AssumeRole", "not authorized")
        return Source("sluice-sensors", lambda: aws)

    tap = Tap(open_source=opened, clock=moment)
    live.hold({CLEAR: 1})
    go(tap, moment, 3)
    failed = tap_status("abc")
    assert failed is not None
    assert text_of(failed.error)
    assert advice_of(failed.error)
    refusing[0] = False
    live.hold({CLEAR: 1})
    go(tap, moment, 34)
    assert tap_status("abc") == TapStatus(shards=2)
    tap.close()


def test_how_old_its_own_reads_are_is_noted_so_that_they_count_as_no_consumer(
    tap: Tap, moment: Moment, kinesis
) -> None:
    live.hold({CLEAR: 1})
    go(tap, moment)
    put(kinesis, b'{"n": 1}')
    go(tap, moment)
    ages = own_ages(timezone.now())
    assert set(ages) == {"abc"}
    assert all(age < 30_000 for _, age in ages["abc"])


def test_at_most_500_rows_are_buffered(tap: Tap, moment: Moment, kinesis, redis: Redis) -> None:
    live.hold({CLEAR: 1})
    kinesis.put_records(
        StreamName="sluice-sensors",
        Records=[{"Data": json.dumps({"n": number}).encode(), "PartitionKey": str(number)} for number in range(450)],
    )
    go(tap, moment, 2)
    kinesis.put_records(
        StreamName="sluice-sensors",
        Records=[
            {"Data": json.dumps({"n": number}).encode(), "PartitionKey": str(number)} for number in range(450, 800)
        ],
    )
    go(tap, moment, 4)
    assert redis.llen("rows:abc") == 500


def test_no_row_is_buffered_longer_than_five_minutes(redis: Redis, tap: Tap, moment: Moment, kinesis) -> None:
    live.hold({CLEAR: 1})
    put(kinesis, b'{"n": "old"}')
    go(tap, moment)
    assert 290 <= redis.ttl("rows:abc") <= 300
    for _ in range(10):
        live.hold({CLEAR: 1})
        go(tap, moment, 20)
        put(kinesis, b'{"n": "newer"}')
    ttl = redis.ttl("rows:abc")
    assert ttl <= 300 - 200 + 5, "the oldest row decides when all go"
    live.hold({CLEAR: 1})
    go(tap, moment, 50)
    put(kinesis, b'{"n": "newest"}')
    go(tap, moment)
    assert '{"n": "old"}' not in {row.clear.text for row in newest_rows("abc")}
    replayed = json.loads(redis.get(f"last:{CLEAR}:records"))["data"]
    assert "&quot;newest&quot;" in replayed
    assert "&quot;old&quot;" not in replayed


def test_stopping_does_not_wait_for_a_hanging_call(redis: Redis) -> None:
    hanging = Event()

    def opened(uid: str) -> Source:
        hanging.wait(30)
        raise fault("AccessDenied", "sts:AssumeRole", "too late")

    tap, stop = Tap(open_source=opened), Event()
    live.hold({CLEAR: 1})
    thread = Thread(target=tap.run, args=(stop,))
    thread.start()
    try:
        wait_for(lambda: bool(tap.streams))
        began = time.monotonic()
        stop.set()
        thread.join(15)
        assert time.monotonic() - began < 10
        assert not redis.exists("tap:abc")
    finally:
        hanging.set()


def test_at_most_sixteen_threads_call_aws_however_many_streams_are_watched(redis: Redis, moment: Moment) -> None:
    answer, asked, before = Event(), [], set(enumerate_threads())

    def opened(uid: str) -> Source:
        asked.append(uid)
        answer.wait(30)
        raise fault("AccessDenied", "sts:AssumeRole", "no")

    tap = Tap(open_source=opened, clock=moment)
    live.hold({f"stream:{number}:clear": 1 for number in range(20)})
    try:
        tap.tick()
        assert len(tap.streams) == 20
        assert len(set(enumerate_threads()) - before) == 16
        answer.set()
        wait_for(lambda: len(asked) == 20)
    finally:
        answer.set()
        tap.close()


def make_late(tap: Tap, *uids: str) -> None:
    for uid in uids:
        tap.streams[uid].behind_seconds = 40.0


def test_a_tap_that_cannot_keep_up_gives_streams_to_one_that_does(tap: Tap, moment: Moment, aws: AwsSession) -> None:
    other = Tap(open_source=lambda uid: Source("sluice-sensors", lambda: aws), clock=moment)
    held = {f"stream:{uid}:clear": 1 for uid in ("one", "two", "three")}
    live.hold(held)
    go(tap, moment, 2)
    go(other, moment, 2)
    assert (len(tap.streams), len(other.streams)) == (3, 0)
    make_late(tap, "one", "two", "three")
    moment.now += 1
    tap.tick()
    assert len(tap.streams) == 2
    go(other, moment, 2)
    assert len(other.streams) == 1
    make_late(tap, *tap.streams)
    moment.now += 1
    tap.tick()
    assert len(tap.streams) == 2, "one stream in ten seconds"
    other.close()


def test_without_another_tap_that_keeps_up_streams_stay(tap: Tap, moment: Moment, aws: AwsSession) -> None:
    live.hold({f"stream:{uid}:clear": 1 for uid in ("one", "two")})
    go(tap, moment, 2)
    make_late(tap, "one", "two")
    moment.now += 1
    tap.tick()
    assert len(tap.streams) == 2


def test_one_late_stream_is_not_given_away(tap: Tap, moment: Moment, aws: AwsSession) -> None:
    other = Tap(open_source=lambda uid: Source("sluice-sensors", lambda: aws), clock=moment)
    go(other, moment, 1)
    live.hold({f"stream:{uid}:clear": 1 for uid in ("one", "two")})
    go(tap, moment, 2)
    make_late(tap, "one")
    moment.now += 1
    tap.tick()
    assert len(tap.streams) == 2
    other.close()


def test_the_log_says_how_late_it_reads_once_a_minute(
    tap: Tap, moment: Moment, aws: AwsSession, caplog: pytest.LogCaptureFixture
) -> None:
    live.hold({CLEAR: 1})
    go(tap, moment, 2)
    for _ in range(3):
        make_late(tap, "abc")
        moment.now += 1
        tap.tick()
    lines = [record.getMessage() for record in caplog.records if record.getMessage().startswith("tap.behind")]
    assert lines == ["tap.behind seconds=40 streams=1 shards=2"]


def test_no_error_ends_the_loop(redis: Redis, caplog: pytest.LogCaptureFixture) -> None:
    calls, stop = [], Event()

    def clock() -> float:
        calls.append(1)
        if len(calls) == 1:
            raise ZeroDivisionError("a fault of ours")
        stop.set()
        return 0.0

    Tap(clock=clock).run(stop)
    assert len(calls) == 2
    assert "tap.unexpected_error" in caplog.text


def test_a_killed_tap_leaves_no_decoder_behind(clean_redis: str) -> None:
    program = (
        "import os; os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'portal.settings')\n"
        "import django; django.setup()\n"
        "from monitoring.tap.decoder_pool import DecoderPool\n"
        "from tests.monitoring.tap.test_decoder_pool import records, NEVER_RETURNS, everything\n"
        "pool = DecoderPool(2)\n"
        "pool.submit('a', 'a', records(1)); everything(pool, 'a')\n"
        "print(pool._decoders[0]._child and pool._decoders[0]._child.pid or pool._decoders[1]._child.pid, flush=True)\n"
        "pool.submit('a', 'a', records(1, NEVER_RETURNS)); pool.submit('b', 'b', records(1)); input()\n"
    )
    tap = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
    assert tap.stdout is not None
    decoder = int(tap.stdout.readline())
    tap.kill()
    tap.communicate(timeout=20)
    wait_for(lambda: not Path(f"/proc/{decoder}").exists() or "Z" in Path(f"/proc/{decoder}/stat").read_text(), 15)
