"""The metrics of the data stream that devices send to, which AWS publishes and its emulator does not."""

from datetime import datetime

from portal.aws.published_metrics import MetricDatum, put_metric_data
from portal.aws.session import AwsSession


class Counted:
    """What arrived in one stream since the last publication; it acts as the root user of the client's account."""

    def __init__(self, aws: AwsSession, stream_name: str) -> None:
        self._aws = aws
        self._stream_name = stream_name
        self._records = self._bytes = 0

    def add(self, size: int) -> None:
        """Count a record of so many bytes, its partition key included."""
        self._records += 1
        self._bytes += size

    def publish(self, at: datetime) -> None:
        """Publish the counts, and start anew; nothing of a time without records. Raises AwsFault."""
        if not self._records:
            return
        dimensions = (("StreamName", self._stream_name),)
        values = (("IncomingRecords", self._records, "Count"), ("IncomingBytes", self._bytes, "Bytes"))
        self._records = self._bytes = 0
        data = [
            MetricDatum(name=name, dimensions=dimensions, value=float(value), unit=unit, at=at)
            for name, value, unit in values
        ]
        put_metric_data(self._aws, "AWS/Kinesis", data)
