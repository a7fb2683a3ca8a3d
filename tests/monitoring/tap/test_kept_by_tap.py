"""What the tap keeps for rows that are opened, and how much of it."""

import json

from redis import Redis

from monitoring.records.kept_records import MOST_BYTES, find_row, sent_bytes, whole_text
from monitoring.records.sample_buffer import newest_rows
from monitoring.tap.tap import MOST_BYTES_OF_TAP, Tap
from portal import live
from tests.monitoring.tap.conftest import CLEAR, Moment, go, put

LONG = json.dumps({"long": "x" * 50_000, "end": 1}).encode()


def test_a_long_record_is_kept_whole_beside_its_row_and_events_stay_small(
    tap: Tap, moment: Moment, kinesis, redis: Redis
) -> None:
    live.hold({CLEAR: 1})
    put(kinesis, LONG)
    go(tap, moment)
    (row,) = newest_rows("abc")
    assert find_row("abc", row.key) == row
    assert sent_bytes("abc", row) == LONG
    assert whole_text("abc", row) == LONG.decode()
    assert len(redis.get(f"last:{CLEAR}:records")) < 8_000
    assert len(redis.lindex("rows:abc", 0)) < 12_000
    assert all(0 < redis.ttl(name) <= 300 for name in redis.keys("kept_*"))
    kept = tap.streams["abc"].publisher
    assert all(row.sent is None and row.whole is None for _, row in kept.news._recent)


def test_streams_share_what_a_tap_may_keep(tap: Tap, moment: Moment, redis: Redis) -> None:
    live.hold({CLEAR: 1})
    go(tap, moment)
    assert tap.streams["abc"].publisher.kept.most_bytes == MOST_BYTES
    live.hold({CLEAR.replace("abc", f"s{number}"): 1 for number in range(7)})
    live.hold({CLEAR: 1}, process="other")
    go(tap, moment)
    assert len(tap.streams) == 8
    assert {stream.publisher.kept.most_bytes for stream in tap.streams.values()} == {MOST_BYTES_OF_TAP // 8}
