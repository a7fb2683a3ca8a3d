"""A record that says when it arrived is where it would be, and is found at its time."""

from datetime import UTC, datetime, timedelta
from typing import Any

from portal.local.ministack import MiniStack

STREAM, SHARD = "sensors", "shardId-000000000000"


def put_at(client: Any, stream: str, moment: datetime, **record: Any) -> dict[str, Any]:
    """Put a record as if it had arrived at a moment."""

    def add_header(request: Any, **_: object) -> None:
        request.headers["X-Sluice-Arrived-At"] = f"{moment.timestamp():.3f}"

    client.meta.events.register_first("before-sign.kinesis.PutRecord", add_header)
    try:
        return dict(client.put_record(StreamName=stream, **record))
    finally:
        client.meta.events.unregister("before-sign.kinesis.PutRecord", add_header)


def test_a_record_of_yesterday_is_before_those_of_today(ministack_env: MiniStack) -> None:
    client = ministack_env.root("450000200001", region="eu-west-1").client("kinesis")
    client.create_stream(StreamName=STREAM, ShardCount=1)
    client.put_record(StreamName=STREAM, Data=b"today", PartitionKey="k")
    yesterday = datetime.now(UTC) - timedelta(hours=23)
    put = put_at(client, STREAM, yesterday, Data=b"yesterday", PartitionKey="k")
    place = {"StreamName": STREAM, "ShardId": SHARD}
    number = {"ShardIteratorType": "AT_SEQUENCE_NUMBER", "StartingSequenceNumber": put["SequenceNumber"]}
    moment = {"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": yesterday - timedelta(seconds=1)}
    for start in (number, moment, {"ShardIteratorType": "TRIM_HORIZON"}):
        iterator = client.get_shard_iterator(**place, **start)["ShardIterator"]
        records = client.get_records(ShardIterator=iterator)["Records"]
        assert [record["Data"] for record in records] == [b"yesterday", b"today"]
    assert abs(records[0]["ApproximateArrivalTimestamp"] - yesterday) < timedelta(seconds=1)
