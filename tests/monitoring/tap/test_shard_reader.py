import pytest

from monitoring.tap.read_budget import LEAST_CALLS, USUAL_CALLS
from monitoring.tap.shard_reader import (
    FIRST_RETRY_SECONDS,
    LAST_RETRY_SECONDS,
    LATEST,
    Position,
    ShardReader,
)
from portal.aws.errors import AwsFault, fault
from portal.aws.session import AwsSession
from portal.messages.message import Message

SHARD = "shardId-000000000000"
PROBLEM = Message("aws.unreachable")


@pytest.fixture
def reader() -> ShardReader:
    return ShardReader("sluice-sensors", SHARD)


def put(kinesis, *datas: bytes) -> None:
    for data in datas:
        kinesis.put_record(StreamName="sluice-sensors", Data=data, PartitionKey="k", ExplicitHashKey="0")


def failing(aws: AwsSession, code: str) -> list[bool]:
    """Let GetRecords fail while the list has an entry."""
    active = [True]

    def fail(**_: object) -> None:
        if active:
            raise fault(code, "kinesis:GetRecords", "no")

    aws.client("kinesis").meta.events.register("provide-client-params.kinesis.GetRecords", fail)
    return active


def test_it_reads_on_where_it_was(reader: ShardReader, kinesis, aws: AwsSession) -> None:
    put(kinesis, b"1", b"2")
    assert [record.data for record in reader.read(aws)] == [b"1", b"2"]
    assert reader.read(aws) == ()
    put(kinesis, b"3")
    assert [record.data for record in reader.read(aws)] == [b"3"]
    assert not reader.is_finished


def test_throttling_halves_the_pace_down_to_the_slowest_and_raises_nothing(
    reader: ShardReader, kinesis, aws: AwsSession
) -> None:
    active = failing(aws, "ProvisionedThroughputExceededException")
    paces = []
    for _ in range(4):
        assert reader.read(aws) == ()
        assert not reader.has_answer
        paces.append(reader.budget.calls_per_second)
    assert paces == [0.5, 0.25, LEAST_CALLS, LEAST_CALLS]
    active.clear()
    reader.read(aws)
    assert reader.has_answer
    assert LEAST_CALLS < reader.budget.calls_per_second < USUAL_CALLS
    for _ in range(40):
        reader.read(aws)
    assert reader.budget.calls_per_second == USUAL_CALLS


def test_the_next_read_is_due_when_kinesis_answers_again(reader: ShardReader, kinesis, aws: AwsSession) -> None:
    put(kinesis, b"1")
    reader.read(aws)
    reader.schedule(started_at=10.0, now=10.4)
    assert reader.due_at == 11.0
    reader._read_bytes = 10 * 1024 * 1024
    reader.schedule(started_at=11.0, now=11.4)
    assert reader.due_at == 11.4 + 5.0


def test_skipping_continues_with_what_arrives_from_then_on(reader: ShardReader, kinesis, aws: AwsSession) -> None:
    put(kinesis, b"1")
    reader.read(aws)
    put(kinesis, b"2")
    reader.skip_to_latest()
    assert (reader.position, reader.read(aws)) == (LATEST, ())
    put(kinesis, b"3")
    assert [record.data for record in reader.read(aws)] == [b"3"]
    assert reader.newest is not None
    assert reader.position == Position.after(reader.newest.sequence_number)


def test_an_expired_iterator_is_replaced_at_the_next_read(reader: ShardReader, kinesis, aws: AwsSession) -> None:
    put(kinesis, b"1")
    reader.read(aws)
    active = failing(aws, "ExpiredIteratorException")
    assert reader.read(aws) == ()
    active.clear()
    put(kinesis, b"2")
    assert [record.data for record in reader.read(aws)] == [b"2"]


def test_one_read_without_an_answer_is_nothing_to_show_and_the_second_in_a_row_is(
    reader: ShardReader, kinesis, aws: AwsSession
) -> None:
    active = failing(aws, "InternalFailure")
    assert (reader.read(aws), reader.has_answer) == ((), False)
    active.clear()
    put(kinesis, b"1")
    assert [record.data for record in reader.read(aws)] == [b"1"]
    active.append(True)
    assert reader.read(aws) == ()
    with pytest.raises(AwsFault):
        reader.read(aws)


@pytest.mark.parametrize("code", ["AccessDeniedException", "ResourceNotFoundException"])
def test_every_other_error_is_the_callers(reader: ShardReader, kinesis, aws: AwsSession, code: str) -> None:
    failing(aws, code)
    with pytest.raises(AwsFault) as raised:
        reader.read(aws)
    assert raised.value.code == code
    assert reader.budget.calls_per_second == USUAL_CALLS


def test_each_failure_waits_twice_as_long_and_a_success_begins_anew(reader: ShardReader) -> None:
    waits = []
    for _ in range(6):
        reader.back_off(PROBLEM, 100.0)
        waits.append(reader.due_at - 100.0)
    assert waits == [FIRST_RETRY_SECONDS, 4.0, 8.0, 16.0, LAST_RETRY_SECONDS, LAST_RETRY_SECONDS]
    assert reader.error == PROBLEM
    reader.succeeded()
    assert reader.error is None
    reader.back_off(PROBLEM, 100.0)
    assert reader.due_at == 100.0 + FIRST_RETRY_SECONDS


def test_how_far_behind_it_is_comes_from_kinesis(reader: ShardReader, kinesis, aws: AwsSession) -> None:
    def behind(parsed: dict, **_: object) -> None:
        parsed["MillisBehindLatest"] = 1_500

    aws.client("kinesis").meta.events.register("after-call.kinesis.GetRecords", behind)
    reader.read(aws)
    assert reader.behind_seconds == 1.5


def test_a_closed_shard_ends(reader: ShardReader, kinesis, aws: AwsSession) -> None:
    def end(parsed: dict, **_: object) -> None:
        del parsed["NextShardIterator"]

    aws.client("kinesis").meta.events.register("after-call.kinesis.GetRecords", end)
    reader.read(aws)
    assert reader.is_finished
