"""Publishing metrics to CloudWatch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.aws.calls import call
from portal.aws.cloudwatch import dimensions_of
from portal.aws.session import AwsSession

MOST_DATA_A_PUT = 1000


@dataclass(frozen=True, slots=True)
class MetricDatum:
    """A value to publish; `unit` such as Count, Bytes, Milliseconds."""

    name: str
    dimensions: tuple[tuple[str, str], ...]
    value: float
    unit: str
    at: datetime


def put_metric_data(aws: AwsSession, namespace: str, data: Sequence[MetricDatum]) -> None:
    """Publish values, 1,000 to a call.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
    """
    for first in range(0, len(data), MOST_DATA_A_PUT):
        some = [_datum(datum) for datum in data[first : first + MOST_DATA_A_PUT]]
        call(aws, "cloudwatch", "PutMetricData", Namespace=namespace, MetricData=some)


def _datum(datum: MetricDatum) -> dict[str, Any]:
    return {
        "MetricName": datum.name,
        "Dimensions": dimensions_of(datum.dimensions),
        "Value": datum.value,
        "Unit": datum.unit,
        "Timestamp": datum.at,
    }
