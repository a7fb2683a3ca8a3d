"""What a file with alarms holds: the streams of one account and Region, their conditions, and what they leave out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from monitoring.alarms.alarm import Condition
from monitoring.alarms.conditions import MOST_SHARDS, WITHOUT_METRIC
from monitoring.alert_models import AlertKind
from portal.messages.catalogue import text_of
from portal.messages.message import Message

# In USD a month, before the free tier; an estimate, with its source in docs/aws-facts.md.
USD_AN_ALARM_METRIC = 0.10
USD_A_DASHBOARD = 3
STREAMS_ON_A_DASHBOARD = 40
MOST_NAMED = 5  # streams in a note


class CannotExport(Exception):
    """A file that its reader would refuse; `message` says why and what to do."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.code)
        self.message = message


@dataclass(frozen=True, slots=True)
class ExportedStream:
    """A stream with its conditions; `shards` is how many are open, None where that is not known."""

    name: str
    uid: str
    shards: int | None
    listed_shards: int
    conditions: tuple[Condition, ...]

    @property
    def alarm_count(self) -> int:
        """Return how many alarms it has."""
        return sum(condition.threshold is not None for condition in self.conditions)

    @property
    def has_left_out_shards(self) -> bool:
        """Return whether its shards have no alarms of their own because there are many."""
        return self.listed_shards > MOST_SHARDS


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file holds; `name` is that of the file and of its dashboards, made of letters, digits, `-` and `_`."""

    name: str
    account_id: str
    region: str
    streams: tuple[ExportedStream, ...]
    exported_at: datetime

    @property
    def conditions(self) -> list[Condition]:
        """Return every condition, those whose alarms are off too."""
        return [condition for stream in self.streams for condition in stream.conditions]

    @property
    def alarms(self) -> list[Condition]:
        """Return the conditions that have an alarm, each name once: two integrations can watch the same stream."""
        named = {condition.name: condition for condition in self.conditions if condition.threshold is not None}
        return list(named.values())

    @property
    def dashboards(self) -> list[tuple[str, tuple[ExportedStream, ...]]]:
        """Return the dashboards by name, each with its streams."""
        starts = range(0, len(self.streams), STREAMS_ON_A_DASHBOARD)
        parts = [self.streams[start : start + STREAMS_ON_A_DASHBOARD] for start in starts]
        if len(parts) == 1:
            return [(self.name, parts[0])]
        return [(f"{self.name}-{number}", part) for number, part in enumerate(parts, start=1)]

    @property
    def alarm_metrics(self) -> int:
        """Return how many alarm metrics AWS bills."""
        return sum(len(alarm.metrics) for alarm in self.alarms)

    @property
    def usd_a_month(self) -> float:
        """Return what alarms and dashboards cost in a month, before the free tier."""
        return self.alarm_metrics * USD_AN_ALARM_METRIC + len(self.dashboards) * USD_A_DASHBOARD

    @property
    def notes(self) -> list[Message]:
        """Return what alarms cannot express, and what the file leaves out."""
        return list(_notes(self))


def _notes(contents: Contents) -> Iterator[Message]:
    yield Message("alarm.without_metric", kinds=[str(kind.label) for kind in WITHOUT_METRIC])
    kinds = {alarm.kind for alarm in contents.alarms}
    if AlertKind.SILENCE in kinds:
        yield Message("alarm.without_expected_hours")
    yield Message("alarm.without_causes")
    yield Message("alarm.without_damping")
    if AlertKind.WRITE_USAGE in kinds:
        yield Message("alarm.limits_of_shards", day=f"{contents.exported_at:%Y-%m-%d}")
    yield from _notes_of_streams(contents.streams)


def _notes_of_streams(streams: Iterable[ExportedStream]) -> Iterator[Message]:
    """Yield one note for all streams of which the same is left out: a file of many streams has few notes."""
    off, unknown, many = dict[tuple[str, ...], list[str]](), list[str](), list[str]()
    for stream in streams:
        kinds = {condition.kind for condition in stream.conditions if condition.threshold is None}
        if kinds:
            off.setdefault(tuple(str(kind.label) for kind in AlertKind if kind in kinds), []).append(stream.name)
        if stream.shards is None:
            unknown.append(stream.name)
        if stream.has_left_out_shards:
            many.append(stream.name)
    for labels, names in off.items():
        yield Message("alarm.turned_off", name=_named(names), kinds=list(labels))
    if unknown:
        yield Message("alarm.shards_unknown", name=_named(unknown))
    if many:
        yield Message("alarm.too_many_shards", name=_named(many), most_count=MOST_SHARDS)


def _named(names: list[str]) -> str | Message:
    if len(names) <= MOST_NAMED:
        return ", ".join(names)
    return Message("alarm.names_and_more", names=names[:MOST_NAMED], more_count=len(names) - MOST_NAMED)


def description_of(alarm: Condition) -> str:
    """Return what the alarm is about as its description in AWS, at most 1,024 characters."""
    rule = alarm.rule
    threshold = rule.threshold_text(alarm.chosen or 0)
    title, measures = rule.title(alarm.part or alarm.stream), rule.measures
    return text_of(Message("alarm.description", title=title, measures=measures, threshold=threshold))[:1024]
