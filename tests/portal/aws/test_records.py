"""Records are put and come back, and the shards they are in."""

from datetime import UTC, datetime

from botocore.stub import ANY, Stubber

from portal.aws.records import RecordBatch, get_records, put_record, put_records
from portal.aws.session import AwsSession, portal_session
from portal.aws.shards import list_shards, shard_iterator
from tests.portal.aws.conftest import STREAM


def test_a_record_comes_back_as_it_was_put(stream: AwsSession) -> None:
    receipt = put_record(stream, STREAM, data=b"\x00\xff", partition_key="desk")
    iterator = shard_iterator(stream, STREAM, receipt.shard_id, kind="TRIM_HORIZON")
    batch = get_records(stream, iterator, receipt.shard_id)
    [record] = batch.records
    assert (record.data, record.partition_key, record.shard_id) == (b"\x00\xff", "desk", receipt.shard_id)
    assert record.sequence_number == receipt.sequence_number
    assert record.arrived_at.tzinfo is not None
    assert batch.next_iterator


def test_reading_goes_on_after_a_sequence_number(stream: AwsSession) -> None:
    receipts = [put_record(stream, STREAM, data=bytes([i]), partition_key="desk") for i in range(3)]
    shard = receipts[0].shard_id
    iterator = shard_iterator(
        stream, STREAM, shard, kind="AFTER_SEQUENCE_NUMBER", sequence_number=receipts[0].sequence_number
    )
    assert [record.data for record in get_records(stream, iterator, shard).records] == [b"\x01", b"\x02"]


def test_reading_starts_at_a_time() -> None:
    aws = portal_session("eu-west-1")
    at = datetime(2026, 11, 21, tzinfo=UTC)
    with Stubber(aws.client("kinesis")) as stub:
        asked = {"StreamName": STREAM, "ShardId": "s-1", "ShardIteratorType": "AT_TIMESTAMP", "Timestamp": at}
        stub.add_response("get_shard_iterator", {"ShardIterator": "place"}, asked)
        assert shard_iterator(aws, STREAM, "s-1", kind="AT_TIMESTAMP", timestamp=at) == "place"


def test_the_end_of_a_closed_shard_has_no_next_iterator() -> None:
    aws = portal_session("eu-west-1")
    with Stubber(aws.client("kinesis")) as stub:
        stub.add_response("get_records", {"Records": [], "MillisBehindLatest": 0}, {"ShardIterator": "i", "Limit": 10})
        batch = get_records(aws, "i", "s-1", limit=10)
    assert batch == RecordBatch(records=(), next_iterator=None, millis_behind_latest=0)


def test_many_records_go_five_hundred_at_a_time() -> None:
    aws = portal_session("eu-west-1")
    taken = {"Records": [{"SequenceNumber": "1", "ShardId": "s-1"}] * 500}
    refused = {"Records": [{"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "slow"}]}
    with Stubber(aws.client("kinesis")) as stub:
        stub.add_response("put_records", taken, {"StreamName": STREAM, "Records": ANY})
        stub.add_response("put_records", refused, {"StreamName": STREAM, "Records": ANY})
        verdicts = put_records(aws, STREAM, [(b"x", "k")] * 501)
    assert verdicts == [True] * 500 + [False]


def test_shards_are_read_over_all_pages() -> None:
    aws = portal_session("eu-west-1")
    ranges = {"HashKeyRange": {"StartingHashKey": "0", "EndingHashKey": "170141183460469231731687303715884105727"}}
    parent = {"ShardId": "s-0", **ranges, "SequenceNumberRange": _range("1", "9")}
    child = {"ShardId": "s-1", "ParentShardId": "s-0", **ranges, "SequenceNumberRange": _range("9")}
    with Stubber(aws.client("kinesis")) as stub:
        stub.add_response("list_shards", {"Shards": [parent], "NextToken": "more"}, {"StreamName": STREAM})
        stub.add_response("list_shards", {"Shards": [child]}, {"NextToken": "more"})
        closed, opened = list_shards(aws, STREAM)
    assert (closed.is_open, opened.is_open) == (False, True)
    assert (opened.parent_shard_id, opened.adjacent_parent_shard_id) == ("s-0", None)
    assert opened.ending_hash_key == 2**127 - 1


def _range(start: str, end: str | None = None) -> dict[str, str]:
    return {"StartingSequenceNumber": start} | ({"EndingSequenceNumber": end} if end else {})
