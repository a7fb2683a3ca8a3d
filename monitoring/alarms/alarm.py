"""A condition of a stream as CloudWatch can watch it, and the alarm on it. Pure.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from monitoring.alert_models import AlertKind
from monitoring.alerts.rules import BY_KIND, Rule

Missing = Literal["breaching", "notBreaching", "ignore"]

_OPERATORS = {
    "at least": "GreaterThanOrEqualToThreshold",
    "over": "GreaterThanThreshold",
    "under": "LessThanThreshold",
}


@dataclass(frozen=True, slots=True)
class Metric:
    """One statistic of one metric; `id` names it in an expression."""

    id: str
    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    stat: str
    period: int


@dataclass(frozen=True, slots=True)
class Condition:
    """What an alert is about, in CloudWatch's terms: one metric, or an expression over several.

    `part` is the shard or Firehose stream that it is about, empty for the whole stream. `datapoints` of `periods` must
    breach `threshold`, in the unit of the metric; None where alerts of the kind are off. `chosen` is the threshold in
    the unit of the rule, as pages show it.
    """

    kind: AlertKind
    stream: str
    part: str
    metrics: tuple[Metric, ...]
    periods: int
    datapoints: int
    missing: Missing
    threshold: float | None
    chosen: float | None
    expression: str = ""
    operator: str = ""

    @property
    def rule(self) -> Rule:
        """Return the rule of the alert."""
        return BY_KIND[self.kind]

    @property
    def comparison(self) -> str:
        """Return AWS's name of how a value is compared with the threshold."""
        return self.operator or _OPERATORS[self.rule.compare]

    @property
    def period(self) -> int:
        """Return the period of its metrics in seconds."""
        return self.metrics[0].period

    @property
    def name(self) -> str:
        """Return the name of the alarm, unique in an account and Region: 213 characters at most."""
        return "-".join(filter(None, ("sluice", self.stream, self.kind.value.replace("_", "-"), self.part)))

    @property
    def label(self) -> str:
        """Return a name for the resource in a file; the same in every export, whatever else the file holds."""
        return f"{self.kind.value}_{sha256(self.name.encode()).hexdigest()[:8]}"
