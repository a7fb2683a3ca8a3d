"""The page of a stream's shards: its rows, how they are sorted and filtered, and the drawing of the reshards."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from monitoring.charts.lineage import lineage_chart
from monitoring.health.write_usage import HIGH_USAGE_SHARE
from monitoring.series import shard_number
from monitoring.shards.lineage import Descent, descents
from monitoring.shards.stored import ListedShards

MOST_DRAWN = 64
STATES = {"open": _("Open"), "closed": _("Closed")}
SORTS: dict[str, Callable[[Descent], tuple[float, str]]] = {
    "keys": lambda descent: (descent.shard.first_share, descent.shard.shard_id),
    "shard": lambda descent: (0, descent.shard.shard_id),
    "share": lambda descent: (descent.shard.width, descent.shard.shard_id),
    "usage": lambda descent: (-1 if descent.shard.usage is None else descent.shard.usage, descent.shard.shard_id),
}
USUAL_SORT = "keys"


@dataclass(frozen=True, slots=True)
class ShardRow:
    """One shard as its table shows it; shares are percentages."""

    shard_id: str
    is_open: bool
    first: int
    last: int
    first_percent: str
    last_percent: str
    share_percent: str
    parents: tuple[str, ...]
    children: tuple[str, ...]
    usage_percent: str
    is_busy: bool
    open_at: datetime | None
    closed_before: datetime | None
    readable_until: datetime | None


@dataclass(frozen=True, slots=True)
class ShardsPage:
    """All that the page shows: the rows that were chosen, the counts, and the drawing where the shards fit into it."""

    rows: tuple[ShardRow, ...]
    open_count: int
    closed_count: int
    omitted: int
    read_at: datetime
    chart: SafeString | None


def shards_page(listed: ListedShards, *, retention_hours: int, sort: str, state: str) -> ShardsPage:
    """Return the page of these shards; `sort` is a name of SORTS, with a minus in front to descend."""
    found = descents(listed.shards)
    chosen = [each for each in found if state not in STATES or each.shard.is_open is (state == "open")]
    chosen.sort(key=SORTS[sort.removeprefix("-")], reverse=sort.startswith("-"))
    open_count = sum(each.shard.is_open for each in found)
    has_reshards = any(each.children for each in found)
    return ShardsPage(
        rows=tuple(_row(each, timedelta(hours=retention_hours)) for each in chosen),
        open_count=open_count,
        closed_count=len(found) - open_count,
        omitted=listed.omitted,
        read_at=listed.read_at,
        chart=lineage_chart(found) if has_reshards and len(found) <= MOST_DRAWN else None,
    )


def _row(descent: Descent, retention: timedelta) -> ShardRow:
    shard = descent.shard
    return ShardRow(
        shard_id=shard.shard_id,
        is_open=shard.is_open,
        first=shard.first,
        last=shard.last,
        first_percent=_percent(shard.first_share),
        last_percent=_percent(shard.first_share + shard.width),
        share_percent=_percent(shard.width),
        parents=_numbers(shard.parents),
        children=_numbers(descent.children),
        usage_percent="" if shard.usage is None else f"{100 * shard.usage:.0f}",
        is_busy=shard.usage is not None and shard.usage > HIGH_USAGE_SHARE,
        open_at=shard.open_at,
        closed_before=shard.closed_before,
        readable_until=shard.readable_until(retention),
    )


def _numbers(shard_ids: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(shard_number, shard_ids))


def _percent(share: float) -> str:
    return f"{100 * share:.3g}"
