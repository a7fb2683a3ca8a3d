"""The rules of alerts as data, one row for each kind. docs/alerts.md shows the same table, by test.

A threshold is typed and stored in the rule's unit. `opens_minutes` and `closes_minutes` are data time: how long a
condition must hold before an alert opens, and must not hold before it closes. Pure.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Literal

from monitoring.alert_models import AlertKind
from portal.messages.message import Message, Param

Text = Callable[..., Message]


class Unit(StrEnum):
    """The unit of a threshold; the value is its short name."""

    RECORDS = "records"
    PERCENT = "%"
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"

    def params(self, name: str, value: float) -> dict[str, Param]:
        """Return a value as a parameter of a message, named so that it is written as what it is."""
        if self is Unit.RECORDS:
            return {f"{name}_count": int(value)}
        if self is Unit.PERCENT:
            return {f"{name}_share": value / 100}
        return {f"{name}_seconds": value * {"minutes": 60, "hours": 3600, "days": 86400}[self.value]}

    @property
    def label(self) -> Message:
        """Return the unit as pages write it after a number."""
        return _UNIT_LABELS[self]

    def after(self, value: float) -> Message:
        """Return the unit as it is written after this number: "1 record", "2 records"."""
        return _UNIT_OF_ONE.get(self, self.label) if value == 1 else self.label


_UNIT_OF_ONE = {
    Unit.RECORDS: Message("alert.unit_record"),
    Unit.MINUTES: Message("alert.unit_minute"),
    Unit.HOURS: Message("alert.unit_hour"),
    Unit.DAYS: Message("alert.unit_day"),
}
_UNIT_LABELS = {
    Unit.RECORDS: Message("alert.unit_records"),
    Unit.PERCENT: Message("alert.unit_percent"),
    Unit.MINUTES: Message("alert.unit_minutes"),
    Unit.HOURS: Message("alert.unit_hours"),
    Unit.DAYS: Message("alert.unit_days"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind: what it measures, in which unit, the default threshold and its bounds, and how it is damped.

    `of_stream` is whether each stream has its own cause, and may have its own threshold. `text` says what is wrong
    and what to do: it is given the name of the cause, the value and the threshold. `title` names kind and cause.
    `shared` says the same of several streams, where the kind can have one cause for many; its value is the worst.
    """

    kind: AlertKind
    measures: Message
    title: Callable[[str | Message], Message]
    text: Text
    unit: Unit
    default: float
    least: float
    most: float
    opens_minutes: int = 0
    closes_minutes: int = 0
    compare: Literal["at least", "over", "under"] = "at least"
    of_stream: bool = True
    shared: Text | None = None

    @property
    def opens_after(self) -> timedelta:
        """Return how long the condition must hold before an alert opens."""
        return timedelta(minutes=self.opens_minutes)

    @property
    def closes_after(self) -> timedelta:
        """Return how long the condition must not hold before an alert closes."""
        return timedelta(minutes=self.closes_minutes)

    @property
    def comparison(self) -> Message:
        """Return how a value is compared with the threshold: "at least", "over" or "under"."""
        return _COMPARISONS[self.compare]

    def holds(self, value: float, threshold: float) -> bool:
        """Return whether a value is one to be reported."""
        if self.compare == "under":
            return value < threshold
        return value > threshold if self.compare == "over" else value >= threshold

    def threshold_text(self, value: float) -> Message:
        """Return a threshold with comparison and unit: "at least 10 minutes"."""
        return Message("alert.threshold", comparison=self.comparison, number=number(value), unit=self.unit.after(value))

    def message(self, name: str, value: float, threshold: float) -> Message:
        """Return what is wrong, and what to do."""
        params = self.unit.params("value", value) | self.unit.params("threshold", threshold)
        return self.text(name=name, **params)

    def message_of_many(self, name: Message, value: float, threshold: float) -> Message:
        """Return what is wrong with several streams, and what to do."""
        text = self.shared or self.text
        return text(name=name, **self.unit.params("value", value), **self.unit.params("threshold", threshold))

    def worst(self, values: Iterable[float]) -> float:
        """Return the value that is furthest beyond a threshold."""
        return min(values) if self.compare == "under" else max(values)


def number(value: float) -> str:
    """Return a threshold as it is typed: "80", "2.5"."""
    return f"{value:.3f}".rstrip("0").rstrip(".")


_COMPARISONS = {
    "at least": Message("alert.at_least"),
    "over": Message("alert.over"),
    "under": Message("alert.under"),
}
_WEEK, _YEAR = 7 * 24 * 60, 365 * 24 * 60

RULES: tuple[Rule, ...] = (
    Rule(
        AlertKind.CONNECTION_BROKEN,
        Message("alert.connection_broken_measures"),
        lambda name: Message("alert.connection_broken_title", name=name),
        lambda **params: Message("alert.connection_broken", **params),
        Unit.MINUTES,
        default=5,
        least=1,
        most=24 * 60,
        closes_minutes=5,
        of_stream=False,
    ),
    Rule(
        AlertKind.METRICS_MISSING,
        Message("alert.metrics_missing_measures"),
        lambda name: Message("alert.metrics_missing_title", name=name),
        lambda **params: Message("alert.metrics_missing", **params),
        Unit.MINUTES,
        default=30,
        least=15,
        most=24 * 60,
        closes_minutes=5,
        of_stream=False,
    ),
    Rule(
        AlertKind.DELIVERY_FAILING,
        Message("alert.delivery_failing_measures"),
        lambda name: Message("alert.delivery_failing_title", name=name),
        lambda **params: Message("alert.delivery_failing", **params),
        Unit.PERCENT,
        default=99,
        least=1,
        most=100,
        opens_minutes=5,
        closes_minutes=15,
        compare="under",
        shared=lambda **params: Message("alert.delivery_failing_many", **params),
    ),
    Rule(
        AlertKind.SILENCE,
        Message("alert.silence_measures"),
        lambda name: Message("alert.silence_title", name=name),
        lambda **params: Message("alert.silence", **params),
        Unit.MINUTES,
        default=10,
        least=5,
        most=_WEEK,
        closes_minutes=5,
        shared=lambda **params: Message("alert.silence_many", **params),
    ),
    Rule(
        AlertKind.WRITES_THROTTLED,
        Message("alert.writes_throttled_measures"),
        lambda name: Message("alert.writes_throttled_title", name=name),
        lambda **params: Message("alert.writes_throttled", **params),
        Unit.RECORDS,
        default=1,
        least=1,
        most=1_000_000,
        opens_minutes=5,
        closes_minutes=15,
        shared=lambda **params: Message("alert.writes_throttled_many", **params),
    ),
    Rule(
        AlertKind.WRITE_USAGE,
        Message("alert.write_usage_measures"),
        lambda name: Message("alert.write_usage_title", name=name),
        lambda **params: Message("alert.write_usage", **params),
        Unit.PERCENT,
        default=80,
        least=10,
        most=100,
        opens_minutes=5,
        closes_minutes=10,
        compare="over",
        shared=lambda **params: Message("alert.write_usage_many", **params),
    ),
    Rule(
        AlertKind.ITERATOR_AGE,
        Message("alert.iterator_age_measures"),
        lambda name: Message("alert.iterator_age_title", name=name),
        lambda **params: Message("alert.iterator_age", **params),
        Unit.MINUTES,
        default=10,
        least=1,
        most=_YEAR,
        opens_minutes=5,
        closes_minutes=10,
        shared=lambda **params: Message("alert.iterator_age_many", **params),
    ),
    Rule(
        AlertKind.FRESHNESS,
        Message("alert.freshness_measures"),
        lambda name: Message("alert.freshness_title", name=name),
        lambda **params: Message("alert.freshness", **params),
        Unit.MINUTES,
        default=15,
        least=5,
        most=_WEEK,
        opens_minutes=5,
        closes_minutes=10,
        compare="over",
        shared=lambda **params: Message("alert.freshness_many", **params),
    ),
    Rule(
        AlertKind.KEY_UNUSED,
        Message("alert.key_unused_measures"),
        lambda name: Message("alert.key_unused_title", name=name),
        lambda **params: Message("alert.key_unused", **params),
        Unit.HOURS,
        default=24,
        least=1,
        most=365 * 24,
    ),
    Rule(
        AlertKind.KEY_OLD,
        Message("alert.key_old_measures"),
        lambda name: Message("alert.key_old_title", name=name),
        lambda **params: Message("alert.key_old", **params),
        Unit.DAYS,
        default=120,
        least=7,
        most=3650,
    ),
    Rule(
        AlertKind.CERTIFICATE_EXPIRING,
        Message("alert.certificate_expiring_measures"),
        lambda name: Message("alert.certificate_expiring_title", name=name),
        lambda **params: Message("alert.certificate_expiring", **params),
        Unit.DAYS,
        default=14,
        least=1,
        most=365,
        compare="under",
        of_stream=False,
    ),
)
BY_KIND: Mapping[str, Rule] = {rule.kind.value: rule for rule in RULES}
OF_STREAM = tuple(rule for rule in RULES if rule.of_stream)
