"""Where a data stream delivers to, as AWS describes it: the emulated AWS publishes no metrics of that by itself."""

from dataclasses import dataclass

from portal.aws.calls import call
from portal.aws.firehose import describe_delivery_stream
from portal.aws.session import AwsSession


@dataclass(frozen=True, slots=True)
class S3Delivery:
    """A Firehose stream into a bucket, and the name of its role; the prefix ends before its first expression."""

    name: str
    bucket: str
    prefix: str
    role: str = ""


def s3_delivery_of(aws: AwsSession, stream_name: str) -> S3Delivery | None:
    """Return the first delivery of the data stream into S3, or None. Raises AwsFault."""
    for name in _names(aws):
        found = describe_delivery_stream(aws, name)
        is_ours = found and (found.source_stream_arn or "").endswith(f":stream/{stream_name}")
        if found and is_ours and found.destination == "ExtendedS3Destination":
            bucket = str(found.settings["BucketARN"]).rpartition(":")[2]
            prefix = str(found.settings.get("Prefix", "")).split("!{", maxsplit=1)[0]
            return S3Delivery(name, bucket, prefix, str(found.settings.get("RoleARN", "")).rpartition("/")[2])
    return None


def _names(aws: AwsSession) -> list[str]:
    """Return the names of all Firehose streams.

    https://docs.aws.amazon.com/firehose/latest/APIReference/API_ListDeliveryStreams.html
    """
    names: list[str] = []
    while True:
        start = {"ExclusiveStartDeliveryStreamName": names[-1]} if names else {}
        answer = call(aws, "firehose", "ListDeliveryStreams", **start)
        names += answer["DeliveryStreamNames"]
        if not (answer["HasMoreDeliveryStreams"] and answer["DeliveryStreamNames"]):
            return names
