"""What CloudWatch returned of a stream in a time range. Pure."""

from dataclasses import dataclass

from monitoring.series import Metrics


@dataclass(frozen=True, slots=True)
class RangeMetrics:
    """The metrics of a stream and its Firehose streams in a time range; `withheld` are AWS's names of those missing."""

    metrics: Metrics
    withheld: tuple[str, ...] = ()
