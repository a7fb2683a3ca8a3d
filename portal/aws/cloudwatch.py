"""CloudWatch: reading metrics in as few calls as AWS allows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from portal.aws.calls import call
from portal.aws.session import AwsSession

MOST_QUERIES_A_CALL = 500


@dataclass(frozen=True, slots=True)
class MetricQuery:
    """A metric to read; `period` in seconds, `stat` such as Sum or Maximum; `key` is the caller's own name for it."""

    key: str
    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    stat: str
    period: int


class SeriesGap(StrEnum):
    """Why CloudWatch returned less of a metric than there is."""

    FORBIDDEN = "Forbidden"
    INTERNAL_ERROR = "InternalError"
    PARTIAL = "PartialData"


@dataclass(frozen=True, slots=True)
class Series:
    """What a metric was, oldest point first; where CloudWatch has nothing there is no point, not a zero.

    With a `gap` CloudWatch did not return all that there is, and missing points say nothing; `aws_text` is its reason.
    """

    key: str
    points: tuple[tuple[datetime, float], ...]
    gap: SeriesGap | None = None
    aws_text: str = ""


@dataclass(slots=True)
class _Result:
    """The pages of one series while they are read."""

    points: dict[datetime, float] = field(default_factory=dict)
    status: str = ""
    aws_text: str = ""

    def add(self, page: Mapping[str, Any]) -> None:
        """Add a page; a later one may continue the points of an earlier one, and only the last status counts."""
        self.points.update(zip(page["Timestamps"], page["Values"], strict=True))
        self.status = page.get("StatusCode", "")
        self.aws_text = " ".join(str(message.get("Value", "")) for message in page.get("Messages", ()))

    def series(self, key: str) -> Series:
        """Return what was read."""
        gap = next((gap for gap in SeriesGap if gap == self.status), None)
        return Series(key, tuple(sorted(self.points.items())), gap, self.aws_text if gap else "")


def metric_series(
    aws: AwsSession, queries: Sequence[MetricQuery], *, start: datetime, end: datetime
) -> dict[str, Series]:
    """Return a series for every query by its key, 500 to a call; `start` is within the window, `end` is not.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
    """
    series: dict[str, Series] = {}
    for first in range(0, len(queries), MOST_QUERIES_A_CALL):
        some = queries[first : first + MOST_QUERIES_A_CALL]
        found = _read(aws, some, start=start, end=end)
        series |= {query.key: result.series(query.key) for query, result in zip(some, found, strict=True)}
    return series


def _read(aws: AwsSession, queries: Sequence[MetricQuery], *, start: datetime, end: datetime) -> list[_Result]:
    found = [_Result() for _ in queries]
    requested = [_query(f"q{i}", query) for i, query in enumerate(queries)]
    for page in _results(aws, requested, start=start, end=end):
        found[int(page["Id"][1:])].add(page)
    return found


def _results(
    aws: AwsSession, requested: list[dict[str, Any]], *, start: datetime, end: datetime
) -> Iterator[Mapping[str, Any]]:
    more: dict[str, str] = {}
    while True:
        answer = call(
            aws,
            "cloudwatch",
            "GetMetricData",
            MetricDataQueries=requested,
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
    metric = {"Namespace": query.namespace, "MetricName": query.name, "Dimensions": dimensions_of(query.dimensions)}
    return {"Id": query_id, "MetricStat": {"Metric": metric, "Period": query.period, "Stat": query.stat}}


def dimensions_of(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """Return dimensions as CloudWatch takes them."""
    return [{"Name": name, "Value": value} for name, value in pairs]
