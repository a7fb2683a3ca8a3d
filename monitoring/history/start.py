"""Where someone wants to start reading: what an address says, and the query or the problems of it. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from monitoring.filters.grammar import parse
from monitoring.filters.tokens import MAX_CHARACTERS, FilterRefused
from monitoring.history.position import START, Cut, Kind, Position, at_time
from monitoring.history.query import LIMITS, USUAL_LIMIT, HistoryQuery
from monitoring.history.shard_choice import without_older
from monitoring.records.columns import columns_of
from monitoring.shards.known_shard import KnownShard
from monitoring.silence.calendar import zones
from portal.messages.message import Message

_SEQUENCE_NUMBER = re.compile(r"\d{1,129}")
_SHARD = re.compile(r"(?:shardId-)?0*(\d{1,12})")


class From(StrEnum):
    """The places to start at, by AWS's names."""

    LATEST = "LATEST"
    AT_TIMESTAMP = "AT_TIMESTAMP"
    AT_SEQUENCE_NUMBER = "AT_SEQUENCE_NUMBER"
    AFTER_SEQUENCE_NUMBER = "AFTER_SEQUENCE_NUMBER"
    TRIM_HORIZON = "TRIM_HORIZON"


LABELS = {
    From.LATEST: _("Newest records (LATEST)"),
    From.AT_TIMESTAMP: _("At a time (AT_TIMESTAMP)"),
    From.AT_SEQUENCE_NUMBER: _("At a sequence number (AT_SEQUENCE_NUMBER)"),
    From.AFTER_SEQUENCE_NUMBER: _("After a sequence number (AFTER_SEQUENCE_NUMBER)"),
    From.TRIM_HORIZON: _("Oldest record (TRIM_HORIZON)"),
}
_BY_NUMBER = {From.AT_SEQUENCE_NUMBER: Kind.AT, From.AFTER_SEQUENCE_NUMBER: Kind.AFTER}


@dataclass(frozen=True, slots=True)
class Start:
    """What was typed, the moment that it means, the query, or what is wrong with it, by field."""

    typed: Mapping[str, str]
    moment: datetime | None = None
    query: HistoryQuery | None = None
    problems: Mapping[str, Message] = field(default_factory=dict)

    @property
    def begins_at_oldest(self) -> bool:
        """Return whether it reads from the oldest record, which must be confirmed."""
        return self.typed["from"] == From.TRIM_HORIZON


def start_of(
    address: Mapping[str, str], known: Sequence[KnownShard] | None, *, retention: timedelta, now: datetime
) -> Start:
    """Return where an address starts; `known` are the stream's shards, None while they are not known."""
    typed = {
        name: address.get(name, "")[:200].strip() for name in ("from", "time", "zone", "shard", "sequence", "limit")
    }
    typed["columns"] = address.get("columns", "").strip()[: MAX_CHARACTERS + 1]
    typed["filter"] = address.get("filter", "")[: MAX_CHARACTERS + 1].strip()
    typed["from"] = typed["from"] if typed["from"] in From.__members__ else From.LATEST
    typed["limit"] = typed["limit"] if typed["limit"] in map(str, LIMITS) else str(USUAL_LIMIT)
    typed["zone"] = typed["zone"] or "UTC"
    shard_id, problems = _shard(typed["shard"], known)
    typed["shard"] = str(int(shard_id.rpartition("-")[2])) if _SHARD.fullmatch(shard_id) else typed["shard"]
    moment = None
    if typed["from"] == From.AT_TIMESTAMP:
        moment, wrong = _moment(typed, retention, now)
        problems |= wrong
    if typed["from"] in _BY_NUMBER:
        problems |= _problems_of_number(typed["sequence"], shard_id)
    problems |= _problems_of_filter(typed["filter"])
    if (problem := columns_of(typed["columns"]).problem) is not None:
        problems["columns"] = problem
    if problems:
        return Start(typed, moment, None, problems)
    cut = _cut(typed, shard_id, moment or now)
    query = HistoryQuery(cut, shard_id, typed["from"] == From.LATEST, int(typed["limit"]), typed["filter"])
    if not shard_id and not query.is_backward:
        query = query.after(without_older(cut, known or ()))
    return Start(typed, moment, query)


def _cut(typed: Mapping[str, str], shard_id: str, moment: datetime) -> Cut:
    if typed["from"] == From.TRIM_HORIZON:
        return Cut(START)
    if typed["from"] in _BY_NUMBER:
        return Cut(START, {shard_id: Position(_BY_NUMBER[From(typed["from"])], typed["sequence"])})
    return Cut(at_time(moment))


def _shard(typed: str, known: Sequence[KnownShard] | None) -> tuple[str, dict[str, Message]]:
    if not typed:
        return "", {}
    number = _SHARD.fullmatch(typed) if typed.isascii() else None
    shard_id = f"shardId-{int(number[1]):012d}" if number else typed
    is_known = known is None or any(shard.shard_id == shard_id for shard in known)
    if number and is_known:
        return shard_id, {}
    return shard_id, {"shard": Message("history.no_such_shard", shard=typed[:40])}


def _problems_of_number(typed: str, shard_id: str) -> dict[str, Message]:
    found = {} if shard_id else {"shard": Message("history.choose_shard")}
    if not (typed.isascii() and _SEQUENCE_NUMBER.fullmatch(typed)):
        found["sequence"] = Message("history.not_a_sequence_number")
    return found


def _problems_of_filter(typed: str) -> dict[str, Message]:
    try:
        parse(typed)
    except FilterRefused as refused:
        return {"filter": Message("filter.mistake", number=refused.at + 1, problem=refused.message)}
    return {}


def _moment(
    typed: Mapping[str, str], retention: timedelta, now: datetime
) -> tuple[datetime | None, dict[str, Message]]:
    if typed["zone"] not in zones():
        return None, {"zone": Message("history.unknown_zone")}
    try:
        local = datetime.fromisoformat(typed["time"])
        moment = (local if local.tzinfo else local.replace(tzinfo=ZoneInfo(typed["zone"]))).astimezone(UTC)
    except (ValueError, OverflowError):
        example = (now - timedelta(hours=1)).astimezone(ZoneInfo(typed["zone"]))  # one that the stream still has
        return None, {"time": Message("history.not_a_time", example=f"{example:%Y-%m-%dT%H:%M}")}
    if not local.tzinfo and moment.astimezone(ZoneInfo(typed["zone"])).replace(tzinfo=None) != local:
        return None, {"time": Message("history.no_such_time", zone=typed["zone"])}
    if moment > now:
        return None, {"time": Message("history.in_the_future")}
    if moment < now - retention:
        oldest = (now - retention).astimezone(ZoneInfo(typed["zone"]))
        text = f"{oldest:%Y-%m-%d %H:%M} {typed['zone']}"
        return None, {"time": Message("history.too_old", retained_seconds=retention.total_seconds(), oldest=text)}
    return moment, {}
