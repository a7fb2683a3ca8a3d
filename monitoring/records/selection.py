"""What a live page shows of a stream: the records that a filter finds, and which fields are columns.

In Redis while someone watches it.

Pages that show the same share a topic, which has the selection's key in its name. A key says nothing of the filter.
"""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass

from django.utils.crypto import salted_hmac

from monitoring.filters.grammar import parse
from monitoring.filters.matching import is_allowed
from monitoring.filters.tokens import FilterRefused
from monitoring.records.columns import columns_of
from monitoring.records.stream_topics import parts_of
from portal import live

MOST_SELECTIONS = 8  # of a stream at a time: each costs the tap work for every record
_KEPT_SECONDS = 300
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Selection:
    """A filter and columns that were accepted (`monitoring.filters.grammar.parse`, `monitoring.records.columns`)."""

    wanted: str = ""
    columns: str = ""

    def key(self, uid: str) -> str:
        """Return its key among those of a stream, the same for filters that say the same; "" for neither."""
        condition, columns = parse(self.wanted), columns_of(self.columns).text
        if condition is None and not columns:
            return ""
        text = f"{uid}\n{condition or ''}\n{columns}"
        return salted_hmac("live-selection", text, algorithm="sha256").hexdigest()[:_DIGITS]

    def is_allowed(self, allowed: Collection[str]) -> bool:
        """Return whether someone may use it who sees only the allowed fields."""
        try:
            condition = parse(self.wanted)
        except FilterRefused:  # of another version
            return False
        return condition is None or is_allowed(condition, allowed)


def remember(uid: str, selection: Selection) -> str:
    """Store a selection of a stream for five minutes, and return its key; raises RedisError."""
    key = selection.key(uid)
    if key:
        live.connect().set(_name(uid, key), json.dumps(asdict(selection)), ex=_KEPT_SECONDS)
    return key


def remembered(uid: str, key: str) -> Selection | None:
    """Return a selection of a stream, and store it for five minutes again; None for an unknown key.

    Raises RedisError.
    """
    raw = live.connect().getex(_name(uid, key), ex=_KEPT_SECONDS)
    if raw is None:
        return None
    try:
        stored = json.loads(live.text(raw))
        return Selection(str(stored["wanted"]), str(stored["columns"]))
    except (ValueError, KeyError, TypeError):  # of another version
        return None


def keys_in_use(uid: str) -> set[str]:
    """Return the keys of the selections of a stream that someone watches."""
    return {key for topic in live.watched(f"stream:{uid}:") if (key := parts_of(topic).key)}


def is_too_many(uid: str, key: str) -> bool:
    """Return whether as many other selections of the stream are in use as can be."""
    others = keys_in_use(uid) - {key}
    return bool(key) and len(others) >= MOST_SELECTIONS


def _name(uid: str, key: str) -> str:
    return f"selection:{uid}:{key}"
