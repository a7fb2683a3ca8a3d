"""Short texts that several parts of the pages share."""

from collections.abc import Callable

from django.utils.translation import gettext, ngettext

from monitoring.series import shard_number
from monitoring.watched_streams import WatchedStream

NO_VALUE = "–"


def or_dash(value: float | None, write: Callable[[float], object]) -> str:
    """Return a measurement as `write` writes it, or a dash where AWS returned none."""
    return NO_VALUE if value is None else str(write(value))


def capacity(stream: WatchedStream) -> str:
    """Return the capacity of a stream: "on demand", "2 shards"; nothing while AWS has not described it."""
    if stream.is_on_demand:
        return gettext("on demand")
    if stream.shards is None:
        return ""
    return ngettext("%(count)d shard", "%(count)d shards", stream.shards) % {"count": stream.shards}


def shard_name(shard_id: str) -> str:
    """Return a shard as people call it: "Shard 0006"."""
    return gettext("Shard %(number)s") % {"number": shard_number(shard_id)}


def whole_number(value: float) -> str:
    """Return a count with thousands separators."""
    return f"{value:,.0f}"
