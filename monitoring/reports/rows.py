"""What the page and the command show of a report."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from monitoring.alert_models import AlertKind
from monitoring.collection.metric_cost import usd
from portal.messages.catalogue import explanation_of
from portal.messages.formats import duration, percent, size
from portal.messages.message import from_json


@dataclass(frozen=True, slots=True)
class StreamRow:
    """One stream of a report. A value that is not known is empty, and `unknown` says why."""

    name: str
    uid: str
    place: str
    records: str
    received: str
    throttled: str
    healthy: str
    unhealthy: str
    unknown: str
    key_age: str
    rotations: int
    cost: str
    notes: tuple[str, ...]


def stream_rows(streams: Iterable[Mapping[str, Any]], zone: str) -> list[StreamRow]:
    """Return streams of a report."""
    return [_row(stream, zone) for stream in streams]


def _row(stream: Mapping[str, Any], zone: str) -> StreamRow:
    seconds = [stream[f"{name}_seconds"] for name in ("healthy", "unhealthy", "unknown")]
    whole = sum(seconds) or 1
    healthy, unhealthy, unknown = (percent(each / whole) for each in seconds)
    requested = stream["metrics_requested"]
    return StreamRow(
        name=stream["name"],
        uid=stream["uid"],
        place=stream["region"],
        records=_number(stream["records"]),
        received="" if stream["bytes"] is None else size(stream["bytes"]),
        throttled=_number(stream["throttled"]),
        healthy=healthy,
        unhealthy=unhealthy,
        unknown=unknown,
        key_age="" if stream["key_days"] is None else duration(stream["key_days"] * 86_400),
        rotations=stream["rotations"],
        cost="" if requested is None else _price(usd(requested)),
        notes=tuple(_notes(stream, zone)),
    )


def _notes(stream: Mapping[str, Any], zone: str) -> list[str]:
    notes = []
    if stream["problem"]:
        reason = explanation_of(from_json(stream["problem"]))
        notes.append(_("Records not known. %(reason)s") % {"reason": reason})
    if stream["known_since"]:
        at = datetime.fromisoformat(stream["known_since"]).astimezone(ZoneInfo(zone))
        notes.append(_("Status not known before %(at)s.") % {"at": f"{at:%Y-%m-%d %H:%M}"})
    return notes


def _price(price: float) -> str:
    return "<0.01 USD" if 0 < price < 0.005 else f"{price:.2f} USD"


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def alert_kinds(contents: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Return how many alerts of each kind opened, the most frequent first."""
    # JSON of PostgreSQL keeps no order of names.
    found = sorted(contents["alerts"]["by_kind"].items(), key=lambda pair: (-pair[1], pair[0]))
    return [(str(AlertKind(kind).label), number) for kind, number in found]


def wait(seconds: float | None) -> str:
    """Return a time until people acknowledged; "" where no one did."""
    return "" if seconds is None else duration(seconds)
