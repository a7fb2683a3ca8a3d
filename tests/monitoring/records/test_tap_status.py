from datetime import UTC, datetime

import pytest
from redis import Redis

from monitoring.records.tap_status import TapStatus, store_status, tap_status
from portal.messages.catalogue import cause_of, text_of, todo_of
from portal.messages.message import Message

pytestmark = pytest.mark.usefixtures("clean_redis")


@pytest.mark.parametrize(
    "status",
    [
        TapStatus(shards=3, interval_seconds=2.0),
        TapStatus(shards=3, shortest_seconds=0.5, lag_seconds=7, lag_shard="shardId-000000000003"),
        TapStatus(lag_seconds=None),
        TapStatus(error=Message("stream.samples_disabled")),
        TapStatus(shards=8, failing_shards=2, failing_reason=Message("aws.unreachable"), behind_seconds=34),
        TapStatus(error=Message("aws.access_denied", operation="kinesis:GetRecords")),
    ],
)
def test_a_status_is_the_same_after_redis(status: TapStatus) -> None:
    at = datetime(2026, 11, 30, 12, tzinfo=UTC)
    store_status("abc", status, heard_at=at)
    found = tap_status("abc")
    assert found is not None
    assert (found, found.heard_at) == (status, at)


def test_no_tap_is_no_status() -> None:
    assert tap_status("abc") is None


def test_a_slowed_tap_uses_fewer_calls() -> None:
    assert (TapStatus().calls_per_second, TapStatus().is_slowed) == ("1", False)
    slowed = TapStatus(interval_seconds=5.0)
    assert (slowed.calls_per_second, slowed.is_slowed) == ("0.2", True)
    assert TapStatus(interval_seconds=2.0, shortest_seconds=0.5).calls_per_second == "0.5–2"


@pytest.mark.parametrize(
    ("status", "code", "cause"),
    [
        (TapStatus(behind_seconds=34), "tap.behind", "Sluice"),
        (TapStatus(behind_seconds=34, interval_seconds=4.0), "tap.behind_throttled", "your AWS account"),
    ],
)
def test_lateness_has_the_cause_of_whoever_can_change_it(status: TapStatus, code: str, cause: str) -> None:
    assert status.lateness is not None
    assert (status.lateness.code, cause_of(status.lateness)) == (code, cause)
    assert text_of(status.lateness).startswith("Records appear 34 s late")
    assert todo_of(status.lateness)


def test_reading_in_time_has_nothing_to_say() -> None:
    assert TapStatus().lateness is None
    assert TapStatus(interval_seconds=16.0).lateness is None


def test_a_status_of_another_version_is_no_status(clean_redis: str) -> None:
    redis = Redis.from_url(clean_redis)
    redis.set("tap_status:abc", b'{"shards": 2, "of_another_version": 1}')
    assert tap_status("abc") is None
    redis.set("tap_status:abc", b'{"shards": 2, "interval_seconds": 2.0, "error": null}')
    assert tap_status("abc") == TapStatus(shards=2, interval_seconds=2.0)
