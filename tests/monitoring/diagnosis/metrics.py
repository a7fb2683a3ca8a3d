"""Metrics as AWS would publish them for the stream of a test."""

from datetime import datetime, timedelta

from django.utils import timezone

from portal.aws.published_metrics import MetricDatum, put_metric_data
from tests.world import World

STREAM = "sluice-sensors"
DELIVERY = f"{STREAM}-to-s3"


def published(world: World, *, minutes_ago: int = 3, **values: float) -> None:
    """Publish stream-level metrics of one minute: `IncomingRecords=5`."""
    put_metric_data(world.root(), "AWS/Kinesis", _data(("StreamName", STREAM), values, minutes_ago))


def published_delivery(world: World, *, minutes_ago: int = 5, **values: float) -> None:
    """Publish metrics of the Firehose stream: `DataFreshness=7200`."""
    named = {f"DeliveryToS3.{name}": value for name, value in values.items()}
    put_metric_data(world.root(), "AWS/Firehose", _data(("DeliveryStreamName", DELIVERY), named, minutes_ago))


def _data(dimension: tuple[str, str], values: dict[str, float], minutes_ago: int) -> list[MetricDatum]:
    at: datetime = timezone.now() - timedelta(minutes=minutes_ago)
    return [MetricDatum(name, (dimension,), value, "Count", at) for name, value in values.items()]


def arriving(world: World) -> None:
    """Records arrive, Firehose delivers them, and a consumer keeps up."""
    published(world, IncomingRecords=120, IncomingBytes=12_000, **{"GetRecords.IteratorAgeMilliseconds": 1000})
    published_delivery(world, DataFreshness=60, Success=1, Records=100)
