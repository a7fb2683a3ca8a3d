"""The tap counts what it reads, and sends each audience what it may see; then all of it is forgotten."""

import json
from datetime import UTC, datetime
from typing import cast

import pytest
from redis import Redis

from monitoring.hot_keys.report import KeyShare, Report, ShardReport
from monitoring.hot_keys.stored import stored_report
from monitoring.pages.hot_key_rows import hot_keys_panel
from monitoring.records.access import Audience
from monitoring.tap.tap import Tap
from portal import live
from portal.aws.records import put_records
from portal.aws.session import AwsSession
from portal.messages.message import Message
from tests.monitoring.hot_keys.samples import zipf
from tests.monitoring.tap.conftest import CLEAR, MASKED, Moment, go, put

pytestmark = pytest.mark.usefixtures("kinesis")


def event(redis: Redis, topic: str) -> str:
    return live.text(redis.get(f"last:{topic}:hot_keys") or b"")


def test_the_hot_key_of_a_zipf_stream_is_shown_to_the_tenant_and_never_sent_to_staff(
    tap: Tap, moment: Moment, aws: AwsSession, redis: Redis
) -> None:
    live.hold({CLEAR: 1, MASKED: 1})
    go(tap, moment, 2)
    keys = zipf(800, keys=200, exponent=2.0)
    put_records(aws, "sluice-sensors", [(b"{}", key) for key in keys])
    go(tap, moment, 8)
    report = stored_report("abc")
    assert report is not None
    assert report.records == 800
    # Its verdict depends on how fast the records arrived, and so on how busy this host is.
    heaviest = max(report.shards, key=lambda shard: shard.records).keys[0]
    assert (heaviest.key, heaviest.records) == ("device-1", (keys.count("device-1"), keys.count("device-1")))
    assert "device-1" in event(redis, CLEAR)
    assert "Key 1" in event(redis, MASKED)
    assert "device-" not in event(redis, MASKED)


def test_marks_in_a_key_are_shown_by_name_and_the_keys_that_were_sent_are_noted(
    tap: Tap, moment: Moment, aws: AwsSession, redis: Redis
) -> None:
    live.hold({CLEAR: 1, MASKED: 1})
    with redis.pubsub() as listening:
        listening.subscribe(live.channel(CLEAR), live.channel(MASKED))
        go(tap, moment, 2)
        put_records(aws, "sluice-sensors", [(b"{}", "door\u202e7\x1b")] * 40)
        go(tap, moment, 14)
        sent = list(iter(lambda: listening.get_message(timeout=0.5), None))
    published = [each for each in sent if each["type"] == "message"]
    events = [(live.text(each["channel"]), json.loads(each["data"])) for each in published]
    keys = [(channel, event) for channel, event in events if event["event"] == "hot_keys"]
    clear = [event for channel, event in keys if channel == live.channel(CLEAR) and "door" in event["data"]]
    assert len(clear) > 1
    assert all("door⟨U+202E⟩7␛" in event["data"] for event in clear)
    assert all("\u202e" not in event["data"] for event in clear)
    noted = [(note["source"], note["records"]) for event in clear if (note := event.get("note"))]
    assert noted == [("keys", 1)], "sent once however often the counts change"
    masked = [event for channel, event in keys if channel == live.channel(MASKED)]
    assert any("Key 1" in event["data"] for event in masked)
    assert all("door" not in json.dumps(event, ensure_ascii=False) for event in masked)
    assert all("note" not in event for event in masked), "a rank is nothing of a record"
    assert json.loads(event(redis, CLEAR))["note"]["records"] == 1, "who connects now is sent all of them"


def test_only_those_who_see_records_in_the_clear_are_shown_keys() -> None:
    key = KeyShare("device-1", (90, 90), (900, 900))
    shard = ShardReport("shardId-0", None, 100, 1000, 100, 1000, (key,), ())
    at = datetime(2026, 11, 30, tzinfo=UTC)
    report = Report("sluice-sensors", at, at, 100, 1000, 0, 1, is_on_demand=False, shards=(shard,))
    for audience in (Audience.MASKED, "an audience of later", None):
        panel = hot_keys_panel(report, cast("Audience", audience))
        assert "device-1" not in repr(panel)
    assert "device-1" in repr(hot_keys_panel(report, Audience.CLEAR))


def test_after_a_failure_nothing_that_was_counted_is_kept(tap: Tap, moment: Moment, kinesis) -> None:
    live.hold({CLEAR: 1})
    go(tap, moment, 2)
    put(kinesis, b"{}")
    go(tap, moment, 8)
    assert stored_report("abc") is not None
    tap.streams["abc"].fail(Message("stream.samples_disabled"), moment.now)
    go(tap, moment, 6)
    assert stored_report("abc") is None


def test_what_another_version_stored_is_not_shown(clean_redis: str) -> None:
    for stored in ("nonsense", "{}", "[]", "null"):
        live.connect().set("hot_keys:abc", stored)
        assert stored_report("abc") is None
