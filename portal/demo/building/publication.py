"""Publishes the metrics of one stream as AWS would, from what was sent and what arrived, and from the situation."""

from datetime import datetime

from portal.aws.kinesis import describe_stream
from portal.aws.published_metrics import MetricDatum, put_metric_data
from portal.aws.session import AwsSession
from portal.demo.building import metrics
from portal.demo.building.bucket import Arrived, BucketWatch
from portal.demo.building.deliveries import S3Delivery, s3_delivery_of
from portal.demo.building.lost_right import LostRight
from portal.demo.building.situations import Situation, Switched
from portal.demo.building.tally import Counts, Tally

SHARD_BYTES_PER_SECOND, SHARD_RECORDS_PER_SECOND = 1_048_576, 1_000
BURST_SHARE = 0.85  # above the 80 % that are reported, and low enough that no shard of several has to throttle
FAILED_SECONDS = 30.0  # the emulated Firehose delivers at once
USUAL_SECONDS, MOST_SECONDS = 10.0, 12.0  # after a longer pause, all of it would count for one minute


class Publication:
    """The metrics of one stream and its delivery; it acts as the root user of the client's account."""

    def __init__(self, aws: AwsSession, stream_name: str, tally: Tally) -> None:
        self._aws = aws
        self._stream_name = stream_name
        self._tally = tally
        self._to_s3: S3Delivery | None = None
        self._bucket: BucketWatch | None = None
        self._right: LostRight | None = None
        self._published_at: datetime | None = None

    def watch_delivery(self) -> None:
        """Find the stream's delivery, unless it is known, and count only objects that arrive from now on.

        Raises AwsFault.
        """
        self._to_s3 = self._to_s3 or s3_delivery_of(self._aws, self._stream_name)
        if self._to_s3 and self._bucket is None:
            bucket = BucketWatch(self._aws, self._to_s3.bucket, self._to_s3.prefix)
            bucket.look()
            self._bucket = bucket
            self._right = LostRight(self._aws, self._to_s3.role)

    def publish(self, switched: Switched, at: datetime) -> None:
        """Publish what happened since the last call; nothing of a stream that is gone. Raises AwsFault."""
        name, counts = self._stream_name, self._tally.take()
        seconds = (at - self._published_at).total_seconds() if self._published_at else USUAL_SECONDS
        self._published_at = at
        stream = describe_stream(self._aws, name)
        if stream is None:
            return
        if switched.of(name) is Situation.BURST:
            counts = in_burst(counts, shards=stream.open_shard_count, seconds=seconds)
        data = metrics.of_stream(name, counts, at=at)
        data += metrics.of_shards(name, counts, stream.shard_level_metrics, at=at)
        self.watch_delivery()
        oldest = self._deliver(switched, at)
        put_metric_data(self._aws, "AWS/Kinesis", data + of_consumers(name, switched, oldest_seconds=oldest, at=at))

    def _deliver(self, switched: Switched, at: datetime) -> float | None:
        """Publish the delivery's metrics, and return how far behind it reads, in seconds; None without a delivery."""
        if self._bucket is None or self._to_s3 is None:
            return None
        if self._right is not None:
            self._right.set(is_lost=switched.of(self._stream_name) is Situation.BROKEN_DELIVERY)
        arrived = self._bucket.look()
        self._tally.note_delivered(arrived.objects)
        oldest = self._tally.oldest_undelivered_seconds(at.timestamp())
        put_metric_data(self._aws, "AWS/Firehose", of_firehose(self._to_s3.name, arrived, oldest_seconds=oldest, at=at))
        # The emulated Firehose reads each record at once: what waits longer was read, and could not be written.
        return min(oldest, FAILED_SECONDS)


def in_burst(counts: Counts, *, shards: int, seconds: float) -> Counts:
    """Return the counts of a period of so many seconds as if they were 85 % of what all shards accept.

    Of the two limits, bytes and records, the one that is reached first decides.
    """
    if not counts.bytes:
        return counts
    to_limit = min(SHARD_BYTES_PER_SECOND / counts.bytes, SHARD_RECORDS_PER_SECOND / counts.records)
    return counts.times(BURST_SHARE * shards * min(seconds, MOST_SECONDS) * to_limit)


def of_consumers(
    stream_name: str, switched: Switched, *, oldest_seconds: float | None, at: datetime
) -> list[MetricDatum]:
    """Return the iterator age of the slowest consumer: Firehose, or one of the client's that has stopped.

    Without a delivery there is a consumer once the switch was used: only a small age shows that it has caught up.
    """
    if switched.of(stream_name) is Situation.STOPPED_CONSUMER:
        return metrics.of_reading(stream_name, oldest_seconds=max(oldest_seconds or 0, switched.seconds(at)), at=at)
    if oldest_seconds is None and switched.since is None:
        return []
    return metrics.of_reading(stream_name, oldest_seconds=oldest_seconds or 0, at=at)


def of_firehose(name: str, arrived: Arrived, *, oldest_seconds: float, at: datetime) -> list[MetricDatum]:
    """Return the metrics of a delivery; one of which nothing arrives while records wait has failed."""
    if not arrived.objects and oldest_seconds > FAILED_SECONDS:
        return metrics.of_failed_delivery(name, oldest_seconds=oldest_seconds, at=at)
    return metrics.of_delivery(name, arrived, oldest_seconds=oldest_seconds, at=at)
