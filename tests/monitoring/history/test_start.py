"""Where someone starts reading: every place by AWS's name, and a sentence for whatever cannot be read."""

from datetime import UTC, datetime, timedelta

import pytest

from monitoring.history.position import START, Kind
from monitoring.history.start import Start, start_of
from monitoring.shards.known_shard import KnownShard
from portal.messages.catalogue import text_of

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
DAY = timedelta(hours=24)
FIRST = "shardId-000000000000"
KNOWN = (
    KnownShard(FIRST, 0, 9, closed_before=NOW - timedelta(hours=20)),
    KnownShard("shardId-000000000001", 0, 9, parents=(FIRST,)),
)


def start(retention: timedelta = DAY, **address: str) -> Start:
    return start_of(address, KNOWN, retention=retention, now=NOW)


def test_without_any_choice_it_is_the_newest_records() -> None:
    found = start()
    assert found.query is not None
    assert found.query.is_backward
    assert found.query.cut.origin.near == NOW
    assert found.typed["zone"] == "UTC"


def test_a_time_is_one_of_the_chosen_zone() -> None:
    found = start(**{"from": "AT_TIMESTAMP", "time": "2026-11-30T09:30:15", "zone": "Europe/Oslo", "limit": "100"})
    assert found.moment == datetime(2026, 11, 30, 8, 30, 15, tzinfo=UTC)
    assert found.query is not None
    assert (found.query.cut.origin.kind, found.query.limit) == (Kind.TIME, 100)
    assert found.query.cut.positions[FIRST].kind is Kind.PAST, "a shard that was closed long before is not read"


def test_the_oldest_record_must_be_confirmed() -> None:
    found = start(**{"from": "TRIM_HORIZON"})
    assert found.begins_at_oldest
    assert found.query is not None
    assert found.query.cut.origin == START


@pytest.mark.parametrize(("name", "kind"), [("AT_SEQUENCE_NUMBER", Kind.AT), ("AFTER_SEQUENCE_NUMBER", Kind.AFTER)])
def test_a_sequence_number_is_one_of_a_shard(name: str, kind: Kind) -> None:
    found = start(**{"from": name, "sequence": "4957", "shard": "1"})
    assert found.query is not None
    place = found.query.cut.positions["shardId-000000000001"]
    assert (place.kind, place.sequence_number) == (kind, "4957")


@pytest.mark.parametrize(
    ("address", "field", "text"),
    [
        ({"from": "AT_TIMESTAMP"}, "time", "Enter a date and time, such as 2026-11-30T11:00."),
        ({"from": "AT_TIMESTAMP", "zone": "Europe/Oslo"}, "time", "such as 2026-11-30T12:00."),
        ({"from": "AT_TIMESTAMP", "time": "<script>"}, "time", "Enter a date and time"),
        ({"from": "AT_TIMESTAMP", "time": "0001-01-01T00:00+14:00"}, "time", "Enter a date and time"),
        ({"from": "AT_TIMESTAMP", "time": "9999-12-31T23:59:59-12:00"}, "time", "Enter a date and time"),
        ({"from": "AT_TIMESTAMP", "time": "2026-11-30T12:00:01"}, "time", "Enter a time in the past."),
        ({"from": "AT_TIMESTAMP", "time": "2026-11-29T11:59:59"}, "time", "after 2026-11-29 12:00 UTC"),
        ({"from": "AT_TIMESTAMP", "time": "2026-11-30T09:00", "zone": "../etc/passwd"}, "zone", "Choose a time zone"),
        ({"from": "AT_SEQUENCE_NUMBER", "shard": "1"}, "sequence", "Enter a sequence number"),
        ({"from": "AT_SEQUENCE_NUMBER", "shard": "1", "sequence": "-5"}, "sequence", "Enter a sequence number"),
        ({"from": "AT_SEQUENCE_NUMBER", "shard": "1", "sequence": "٤٩"}, "sequence", "Enter a sequence number"),
        ({"from": "AFTER_SEQUENCE_NUMBER", "sequence": "49"}, "shard", "Choose the shard"),
        ({"shard": "7"}, "shard", "The stream has no shard 7."),
        ({"shard": "<b>"}, "shard", "The stream has no shard <b>."),
    ],
)
def test_what_cannot_be_read_is_explained_at_its_field(address: dict[str, str], field: str, text: str) -> None:
    found = start(**address)
    assert found.query is None
    assert text in text_of(found.problems[field])


def test_a_time_that_clocks_skip_is_no_time() -> None:
    skipped = {"from": "AT_TIMESTAMP", "time": "2026-03-29T02:30", "zone": "Europe/Oslo"}
    found = start(timedelta(days=365), **skipped)
    assert text_of(found.problems["time"]) == "Clocks in Europe/Oslo skip this time. Enter another one."
    twice = start(timedelta(days=365), **{**skipped, "time": "2026-10-25T02:30"})
    assert twice.moment == datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "the first of two"


def test_unknown_choices_are_the_usual_ones() -> None:
    found = start(**{"from": "anything", "limit": "100000"})
    assert (found.typed["from"], found.typed["limit"]) == ("LATEST", "50")


def test_a_shard_is_named_by_its_number_however_it_was_typed() -> None:
    for typed in ("1", "0001", "shardId-000000000001"):
        assert start(shard=typed).typed["shard"] == "1"
    assert start(shard="other").typed["shard"] == "other"
