"""What a dashboard shows of a stream: a panel for each kind of condition, with its limit. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from monitoring.alarms.alarm import Condition, Metric
from monitoring.alarms.contents import ExportedStream
from monitoring.alert_models import AlertKind
from portal.messages.catalogue import text_of
from portal.messages.message import Message

_SHOWN = {
    AlertKind.WRITES_THROTTLED: Message("alarm.panel_writes_throttled"),
    AlertKind.WRITE_USAGE: Message("alarm.panel_write_usage"),
    AlertKind.SILENCE: Message("alarm.panel_silence"),
    AlertKind.ITERATOR_AGE: Message("alarm.panel_iterator_age"),
    AlertKind.FRESHNESS: Message("alarm.panel_freshness"),
    AlertKind.DELIVERY_FAILING: Message("alarm.panel_delivery_failing"),
}


@dataclass(frozen=True, slots=True)
class Panel:
    """The conditions of one kind of a stream, in one graph; `limit` is a line, None where there is none to draw."""

    kind: AlertKind
    title: str
    conditions: tuple[Condition, ...]
    limit: float | None

    def lines(self) -> Iterator[tuple[Condition, tuple[Metric, ...], str, str]]:
        """Yield what is drawn: the condition, its metrics with names of their own, its expression, and its label."""
        for number, condition in enumerate(self.conditions, start=1):
            names = {metric.id: f"{metric.id}{number}" for metric in condition.metrics}
            metrics = tuple(
                Metric(names[metric.id], metric.namespace, metric.name, metric.dimensions, metric.stat, _period(metric))
                for metric in condition.metrics
            )
            yield condition, metrics, _renamed(condition.expression, names), condition.part or condition.stream


def panels_of(stream: ExportedStream) -> list[Panel]:
    """Return the panels of a stream in the order of the kinds."""
    found = []
    for kind in AlertKind:
        conditions = tuple(condition for condition in stream.conditions if condition.kind == kind)
        if conditions:
            title = text_of(Message("alarm.panel_title", name=stream.name, panel=_SHOWN[kind]))
            found.append(Panel(kind, title, conditions, _limit(kind, conditions)))
    return found


def _limit(kind: AlertKind, conditions: tuple[Condition, ...]) -> float | None:
    # Silence is the absence of records: a line at one record says nothing.
    limits = {condition.threshold for condition in conditions} - {None}
    return limits.pop() if len(limits) == 1 and kind != AlertKind.SILENCE else None


def _period(metric: Metric) -> int:
    return min(metric.period, 300)  # an alarm on a long silence adds up hours, a graph shows minutes


def _renamed(expression: str, names: dict[str, str]) -> str:
    for name, new in names.items():
        expression = expression.replace(f"*{name}/", f"*{new}/").replace(f"({name},", f"({new},")
    return expression
