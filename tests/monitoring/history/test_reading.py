"""The worker's part: a page is read in turns, what was found is stored, and each failure has its sentence."""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.utils import timezone

from monitoring.history import aws_stream, store, turn
from monitoring.history.answer import answered
from monitoring.history.opened import OpenedStream
from monitoring.history.page_rows import MOST_ROWS
from monitoring.history.position import START, Cut, Kind, Position, at_time
from monitoring.history.progress import Phase
from monitoring.history.query import HistoryQuery
from monitoring.history.reading import read_turn
from monitoring.history.search import Search
from monitoring.history.shares import MOST_OF_TENANT, share_of
from monitoring.readers.own_reading import own_ages
from monitoring.records.access import Audience
from monitoring.records.access_services import allow_fields
from monitoring.records.field_paths import version_of
from monitoring.records.read_turns import ReadTurns
from monitoring.records.tap_status import TapStatus, store_status
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from portal import live
from portal.aws.errors import fault
from portal.aws.records import DataRecord, RecordBatch, get_records
from portal.aws.session import AwsSession
from portal.local.ministack import MiniStack
from portal.messages.catalogue import explanation_of, text_of
from portal.tenancy.models import User
from tests.monitoring.decode.test_decoder_chain import kpl
from tests.monitoring.poisoned import NEVER_RETURNS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
FIRST, SECOND, LEFT, RIGHT = (f"shardId-{number:012d}" for number in range(4))
INVALID, NUMBER = "InvalidArgumentException", "StartingSequenceNumber 1 is invalid"
LOW, HIGH = "0", str(2**127)


@pytest.fixture(autouse=True)
def many_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitoring.records.read_turns.SECONDS_ALONE", 0.01)


def put(kinesis, data: bytes, hash_key: str = LOW) -> str:
    entry = {"Data": data, "PartitionKey": "k", "ExplicitHashKey": hash_key}
    return str(kinesis.put_record(StreamName="sluice-sensors", **entry)["SequenceNumber"])


def read(integration: Integration, query: HistoryQuery, name: str = "page"):
    assert store.request(name, store.Requested(integration.pk, query))
    while read_turn(name):
        store.want(name)
    return answered(name, query, audience=Audience.CLEAR)


def texts(answer) -> list[str]:
    return [row.view.text for row in answer.rows]


def test_pages_forward_and_back_show_each_record_once(readable, integration: Integration) -> None:
    for number in range(5):
        put(readable, b'{"n": %d}' % number, (LOW, HIGH)[number % 2])
    first = read(integration, HistoryQuery(Cut(START), limit=3), "first")
    assert (first.progress.phase, first.progress.found) == (Phase.DONE, 3)
    assert 2 <= first.progress.reads <= 4  # one of each shard, and again of one whose read took long
    assert first.read_size == f"{first.progress.read_bytes} bytes"
    assert first.next_query is not None
    second = read(integration, first.next_query, "second")
    # Within a millisecond, records of two shards are in the order of the shards.
    assert sorted([*texts(first), *texts(second)]) == [f'{{"n": {number}}}' for number in range(5)]
    assert second.previous_query is not None
    back = read(integration, second.previous_query, "back")
    assert texts(back) == texts(first)


def test_reading_old_records_is_noted_so_that_it_counts_as_no_late_consumer(readable, integration: Integration) -> None:
    put(readable, b"1")
    read(integration, HistoryQuery(Cut(START), limit=3))
    ages = own_ages(timezone.now())
    assert set(ages) == {integration.uid}
    assert all(0 <= age < 60_000 for _, age in ages[integration.uid])


def test_the_newest_records_and_then_what_came_since(readable, integration: Integration) -> None:
    for number in range(3):
        put(readable, b"%d" % number)
    newest = read(
        integration, HistoryQuery(Cut(at_time(timezone.now() + timedelta(seconds=1))), is_backward=True, limit=2)
    )
    assert texts(newest) == ["1", "2"]
    put(readable, b"3", HIGH)
    assert newest.next_query is not None
    assert texts(read(integration, newest.next_query, "next")) == ["3"]


def test_a_closed_shard_is_read_to_its_end_and_names_its_children(
    ministack_env: MiniStack, integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = ministack_env.root("450000000777", region="eu-west-1")
    monkeypatch.setattr(OpenedStream, "session", lambda _: root)
    kinesis = root.client("kinesis")
    kinesis.create_stream(StreamName="sluice-sensors", ShardCount=2)
    put(kinesis, b"before")
    kinesis.split_shard(StreamName="sluice-sensors", ShardToSplit=FIRST, NewStartingHashKey="1000")
    put(kinesis, b"after")
    merged = read(integration, HistoryQuery(Cut(START)), "merged")
    assert texts(merged) == ["before", "after"]
    parent = read(integration, HistoryQuery(Cut(START), FIRST), "parent")
    assert texts(parent) == ["before"]
    assert parent.progress.children == (LEFT, RIGHT)
    assert parent.next_query is None
    child = read(integration, parent.query.of_child(LEFT), "child")
    assert texts(child) == ["after"]
    assert read(integration, HistoryQuery(Cut(at_time(timezone.now())), SECOND), "none").rows == []


@pytest.mark.parametrize(("kind", "expected"), [(Kind.AT, ["1", "2"]), (Kind.AFTER, ["2"])])
def test_a_sequence_number_is_a_place(readable, integration: Integration, kind: Kind, expected: list[str]) -> None:
    put(readable, b"0")
    number = put(readable, b"1")
    put(readable, b"2")
    answer = read(integration, HistoryQuery(Cut(START, {FIRST: Position(kind, number)}), FIRST))
    assert texts(answer) == expected


def failing(aws: AwsSession, operation: str, code: str, text: str) -> list[bool]:
    """Let a call fail while the list has an entry."""
    active = [True]

    def fail(**_: object) -> None:
        if active:
            raise fault(code, f"kinesis:{operation}", text)

    aws.client("kinesis").meta.events.register(f"provide-client-params.kinesis.{operation}", fail)
    aws.hurried().client("kinesis").meta.events.register(f"provide-client-params.kinesis.{operation}", fail)
    return active


@pytest.mark.parametrize(
    ("operation", "code", "text", "expected"),
    [
        ("GetRecords", "AccessDeniedException", "User: x is not authorized", "AWS denied kinesis:GetRecords"),
        (
            "ListShards",
            "ResourceNotFoundException",
            "Stream x not found.",
            "does not exist in the AWS account any more",
        ),
        ("GetShardIterator", "ResourceNotFoundException", "Shard 7 in stream x", "its records have expired"),
        ("GetShardIterator", INVALID, f"{NUMBER} because it did not come from this stream.", "not from this stream"),
        ("GetShardIterator", INVALID, "Invalid StartingSequenceNumber. It encodes shardId-1", "another shard"),
        ("GetShardIterator", INVALID, "The timestampInMillis parameter cannot be greater", "Enter a time in the past"),
        ("GetShardIterator", INVALID, f"{NUMBER}.", "Kinesis rejected the position"),
        ("GetRecords", "InternalFailure", "", "read records"),
    ],
)
def test_each_failure_of_aws_has_its_sentence(
    readable, aws: AwsSession, integration: Integration, operation: str, code: str, text: str, expected: str
) -> None:
    failing(aws, operation, code, text)
    answer = read(integration, HistoryQuery(Cut(START)))
    assert answer.progress.phase is Phase.FAILED
    assert expected in explanation_of(answer.progress.problem)


def test_an_expired_iterator_is_replaced_and_a_throttled_read_repeated(
    readable, aws: AwsSession, integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(readable, b"1")
    waits: list[float] = []
    codes = ["ExpiredIteratorException", "ProvisionedThroughputExceededException"]

    def fail(**_: object) -> None:
        if codes:
            raise fault(codes.pop(0), "kinesis:GetRecords", "")

    aws.hurried().client("kinesis").meta.events.register("provide-client-params.kinesis.GetRecords", fail)
    monkeypatch.setattr(ReadTurns, "wait_for", lambda *_: 0.0)
    monkeypatch.setattr(ReadTurns, "note_throttled", lambda *_: waits.append(1))
    assert texts(read(integration, HistoryQuery(Cut(START), FIRST))) == ["1"]
    assert (codes, waits) == ([], [1])


def test_a_shard_that_does_not_exist_and_too_many_shards_are_refused(
    readable, integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = read(integration, HistoryQuery(Cut(START), "shardId-000000000099"))
    assert text_of(answer.progress.problem) == "The stream has no shard shardId-000000000099."
    monkeypatch.setattr("monitoring.history.shard_choice.MOST_SHARDS", 1)
    answer = read(integration, HistoryQuery(Cut(START)), "many")
    assert text_of(answer.progress.problem) == "2 shards have records there. At most 1 can be merged."


def test_a_connection_without_samples_and_a_removed_integration_are_not_read(integration: Integration) -> None:
    Connection.objects.update(allow_sampling=False)
    answer = read(integration, HistoryQuery(Cut(START)), "disabled")
    assert text_of(answer.progress.problem) == "Record samples are turned off for this connection."
    Integration.objects.update(state="removed")
    answer = read(integration, HistoryQuery(Cut(START)), "removed")
    assert text_of(answer.progress.problem) == "There is no data stream to read."


def test_reading_stops_when_it_is_cancelled_or_no_one_waits(readable, integration: Integration) -> None:
    put(readable, b"1")
    query = HistoryQuery(Cut(START))
    for name, end in (
        ("cancelled", lambda: store.cancel("cancelled")),
        ("left", lambda: live.connect().delete("history_wanted:left")),
    ):
        store.request(name, store.Requested(integration.pk, query))
        end()
        assert not read_turn(name)
    assert store.progress_of("cancelled").phase is Phase.CANCELLED
    left = answered("left", query, audience=Audience.CLEAR)
    assert left.progress.phase is Phase.STOPPED
    assert left.next_query is not None
    assert texts(read(integration, left.next_query, "again")) == ["1"]


def test_a_page_that_is_not_complete_after_a_turn_continues_in_the_next(
    readable, integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        put(readable, b"%d" % number, (LOW, HIGH)[number % 2])
    monkeypatch.setattr(turn, "TURN_SECONDS", 0.0)
    query = HistoryQuery(Cut(START))
    store.request("page", store.Requested(integration.pk, query))
    assert read_turn("page"), "the turn was over before the first read"
    monkeypatch.setattr(turn, "TURN_SECONDS", 20.0)
    assert not read_turn("page")
    assert sorted(texts(answered("page", query, audience=Audience.CLEAR))) == ["0", "1", "2", "3"]


def test_staff_receive_masked_values_only(readable, integration: Integration) -> None:
    put(readable, b'{"name": "Alice"}')
    query = HistoryQuery(Cut(START))
    read(integration, query)
    (row,) = answered("page", query, audience=Audience.MASKED).rows
    assert row.view.is_masked
    assert "Alice" not in row.view.text


def test_staff_receive_the_fields_that_are_allowed_now(readable, integration: Integration, admin: User) -> None:
    put(readable, b'{"unit": "C", "name": "Alice"}')
    allow_fields(tenant=integration.tenant, text="unit", shows_partition_key=False, actor=admin)
    query = HistoryQuery(Cut(START))
    read(integration, query)
    version = version_of({"unit"})
    (row,) = answered("page", query, audience=Audience.MASKED, mask_version=version).rows
    assert row.view.text == '{"unit": "C", "•••2": "•••"}'
    (row,) = answered("page", query, audience=Audience.MASKED).rows
    assert (row.view.text, row.view.is_withheld) == ("", True), "no longer"


def test_what_was_found_is_gone_five_minutes_after_it_was_requested(readable, integration: Integration) -> None:
    put(readable, b"1")
    read(integration, HistoryQuery(Cut(START)))
    redis = live.connect()
    for key in redis.keys("history*"):
        assert 0 < redis.ttl(key) <= store.KEPT_SECONDS, key
    redis.delete("history:page")
    assert not read_turn("page")


def test_one_worker_reads_a_page_and_a_tenant_has_its_share(readable, integration: Integration) -> None:
    store.request("page", store.Requested(integration.pk, HistoryQuery(Cut(START))))
    with store.lease("page"):
        assert not read_turn("page")
    with ExitStack() as held:
        for number in range(MOST_OF_TENANT):
            assert held.enter_context(share_of("northwind", f"other-{number}"))
        assert read_turn("page"), "it is read later"
        assert store.progress_of("page").phase is Phase.WAITING
        with share_of("contoso", "theirs") as has_share:
            assert has_share
    assert not read_turn("page")
    assert store.progress_of("page").phase is Phase.DONE


def test_a_data_record_with_thousands_of_rows_leaves_a_row_for_each_other(readable, integration: Integration) -> None:
    put(readable, kpl(*[("k", b'{"inside": 1}')] * 2000))
    put(readable, b"alone")
    answer = read(integration, HistoryQuery(Cut(START), FIRST))
    assert texts(answer)[-1] == "alone"
    assert len(answer.rows) <= MOST_ROWS
    assert answer.progress.found == 2


def test_a_filter_finds_its_records_forward_and_back(readable, integration: Integration) -> None:
    for number in range(12):
        put(readable, b'{"device": "d%d", "celsius": %d.50}' % (number % 3, number), (LOW, HIGH)[number % 2])
    put(readable, b"\xff\xfe\x00 no structure")
    wanted = "device = 'd1' and celsius > 1.5"
    first = read(integration, HistoryQuery(Cut(START), limit=2, wanted=wanted), "first")
    assert texts(first) == ['{"device": "d1", "celsius": 4.50}', '{"device": "d1", "celsius": 7.50}']
    assert first.next_query is not None
    second = read(integration, first.next_query, "second")
    assert texts(second) == ['{"device": "d1", "celsius": 10.50}']
    assert first.progress.searched + second.progress.searched == 13
    assert second.progress.is_at_edge
    assert second.previous_query is not None
    back = read(integration, second.previous_query, "back")
    assert texts(back) == texts(first)


def test_of_a_record_with_many_rows_only_those_are_listed_that_the_filter_finds(
    readable, integration: Integration
) -> None:
    put(readable, b"".join(b'{"n": %d}\n' % number for number in range(100)))
    found = read(integration, HistoryQuery(Cut(START), wanted="n in (7, 77)"))
    assert texts(found) == ['{"n": 7}', '{"n": 77}']
    assert found.progress.found == 1


def test_what_no_decoder_can_read_is_counted_as_not_searched(readable, integration: Integration) -> None:
    put(readable, NEVER_RETURNS)
    put(readable, b'{"n": 1}')
    found = read(integration, HistoryQuery(Cut(START), wanted="n = 1"))
    assert texts(found) == ['{"n": 1}']
    assert (found.progress.searched, found.progress.unsearched) == (2, 1)


def test_a_filter_that_finds_nothing_says_so_at_the_edge(readable, integration: Integration) -> None:
    put(readable, b'{"n": 1}')
    found = read(integration, HistoryQuery(Cut(START), wanted="n = 2"))
    assert (found.rows, found.progress.phase, found.progress.is_at_edge) == ([], Phase.DONE, True)
    assert "filter" in found.nothing_since


def test_a_search_that_a_turn_does_not_end_goes_on_where_it_was(
    readable, integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        put(readable, b'{"n": %d}' % number)

    def note(self: Search, records: Sequence[DataRecord], *, real=Search.note) -> int:
        return real(self, records[:9])  # as if the work ended there

    monkeypatch.setattr(Search, "note", note)
    found = read(integration, HistoryQuery(Cut(START), wanted="n in (1, 18)"))
    assert texts(found) == ['{"n": 1}', '{"n": 18}']
    assert found.progress.phase is Phase.DONE


def test_beside_the_tap_one_read_returns_no_more_than_history_may_read_in_a_second(
    readable, integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SECONDS_BESIDE_TAP", "SETTLING_SECONDS"):
        monkeypatch.setattr(f"monitoring.records.read_turns.{name}", 0.01)
    limits: list[int] = []

    def counted(*of: object, limit: int) -> RecordBatch:
        limits.append(limit)
        return get_records(*of, limit=limit)

    monkeypatch.setattr(aws_stream, "get_records", counted)
    for _ in range(6):
        put(readable, b"x" * 50_000)
    store_status(integration.uid, TapStatus(interval_seconds=0.01), heard_at=timezone.now())
    read(integration, HistoryQuery(Cut(START), "shardId-000000000000", limit=250, wanted='"none such"'), "beside")
    assert limits[0] == 1_000_000 // 4096
    assert set(limits[1:]) <= {1_000_000 // 50_001}
    beside, limits[:] = limits[:], []
    live.connect().delete(f"tap_status:{integration.uid}")
    read(integration, HistoryQuery(Cut(START), "shardId-000000000000", limit=250, wanted='"none such"'), "alone")
    assert min(limits) > max(beside)
