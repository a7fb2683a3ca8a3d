"""What the audit of reads notes of hot keys: how many partition keys someone was sent in the clear. A rank is none."""

from collections.abc import Collection
from typing import Any

from monitoring.pages.hot_key_rows import HotKeysPanel
from monitoring.read_audit.seen import Seen
from monitoring.record_read_model import ReadSource


def named_keys(panel: HotKeysPanel | None) -> frozenset[str]:
    """Return the partition keys that the panel shows in the clear."""
    rows = panel.rows if panel else ()
    return frozenset(key.name for row in rows for key in row.keys if not key.is_masked)


def seen_in(panel: HotKeysPanel | None, known: Collection[str] = frozenset()) -> Seen | None:
    """Return what someone sees who is sent the panel and was sent `known` before; None if no key is new to them.

    A key counts as one record. It is of many, so no sequence numbers are named.
    """
    count = len(named_keys(panel).difference(known))
    return Seen(count, {}, panel.since, panel.until) if panel and count else None


def note_of(panel: HotKeysPanel | None, known: Collection[str] = frozenset()) -> dict[str, Any] | None:
    """Return the note of an event that shows the panel (`portal.live.publish`)."""
    seen = seen_in(panel, known)
    return {**seen.as_json(), "source": ReadSource.KEYS.value} if seen else None
