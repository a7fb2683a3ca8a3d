"""CloudWatch: reading metrics in as few calls as AWS allows, and publishing them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.aws.calls import call
from portal.aws.session import AwsSession

MOST_QUERIES_A_CALL = 500
MOST_DATA_A_PUT = 1000


@dataclass(frozen=True, slots=True)
class MetricQuery:
    """A metric to read; `period` in seconds, `stat` such as Sum or Maximum; `key` is the caller's own name for it."""

    key: str
    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    stat: str
    period: int


@dataclass(frozen=True, slots=True)
class Series:
    """What a metric was, oldest point first; where CloudWatch has nothing there is no point, not a zero."""

    key: str
    points: tuple[tuple[datetime, float], ...]


@dataclass(frozen=True, slots=True)
class MetricDatum:
    """A value to publish; `unit` such as Count, Bytes, Milliseconds."""

    name: str
    dimensions: tuple[tuple[str, str], ...]
    value: float
    unit: str
    at: datetime


def metric_series(
    aws: AwsSession, queries: Sequence[MetricQuery], *, start: datetime, end: datetime
) -> dict[str, Series]:
    """Return a series for every query by its key, 500 to a call; `start` is within the window, `end` is not.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
    """
    series: dict[str, Series] = {}
    for first in range(0, len(queries), MOST_QUERIES_A_CALL):
        some = queries[first : first + MOST_QUERIES_A_CALL]
        points = _points(aws, some, start=start, end=end)
        series |= {query.key: Series(query.key, tuple(sorted(points[i].items()))) for i, query in enumerate(some)}
    return series


def put_metric_data(aws: AwsSession, namespace: str, data: Sequence[MetricDatum]) -> None:
    """Publish values, 1,000 to a call.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
    """
    for first in range(0, len(data), MOST_DATA_A_PUT):
        some = [_datum(datum) for datum in data[first : first + MOST_DATA_A_PUT]]
        call(aws, "cloudwatch", "PutMetricData", Namespace=namespace, MetricData=some)


def _points(
    aws: AwsSession, queries: Sequence[MetricQuery], *, start: datetime, end: datetime
) -> list[dict[datetime, float]]:
    points: list[dict[datetime, float]] = [{} for _ in queries]
    asked = [_query(f"q{i}", query) for i, query in enumerate(queries)]
    for result in _results(aws, asked, start=start, end=end):
        # A later page may continue a series that an earlier one began.
        points[int(result["Id"][1:])].update(zip(result["Timestamps"], result["Values"], strict=True))
    return points


def _results(
    aws: AwsSession, asked: list[dict[str, Any]], *, start: datetime, end: datetime
) -> Iterator[Mapping[str, Any]]:
    more: dict[str, str] = {}
    while True:
        answer = call(
            aws,
            "cloudwatch",
            "GetMetricData",
            MetricDataQueries=asked,
            StartTime=start,
            EndTime=end,
            ScanBy="TimestampAscending",
            **more,
        )
        yield from answer["MetricDataResults"]
        if not answer.get("NextToken"):
            return
        more = {"NextToken": answer["NextToken"]}


def _query(query_id: str, query: MetricQuery) -> dict[str, Any]:
    metric = {"Namespace": query.namespace, "MetricName": query.name, "Dimensions": _dimensions(query.dimensions)}
    return {"Id": query_id, "MetricStat": {"Metric": metric, "Period": query.period, "Stat": query.stat}}


def _datum(one: MetricDatum) -> dict[str, Any]:
    return {
        "MetricName": one.name,
        "Dimensions": _dimensions(one.dimensions),
        "Value": one.value,
        "Unit": one.unit,
        "Timestamp": one.at,
    }


def _dimensions(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in pairs]
