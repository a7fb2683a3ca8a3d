"""A page of records that someone requested, with all that restricts its records. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from monitoring.history.position import START, Cut

LIMITS = (25, 50, 100, 250)
USUAL_LIMIT = 50


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """The `limit` data records after `cut`, or with `is_backward` before it; of one shard, or of all merged.

    With `wanted`, a filter, only those in which it finds something.
    """

    cut: Cut
    shard_id: str = ""
    is_backward: bool = False
    limit: int = USUAL_LIMIT
    wanted: str = ""

    def after(self, cut: Cut) -> HistoryQuery:
        """Return the query for the next page."""
        return replace(self, cut=cut, is_backward=False)

    def before(self, cut: Cut) -> HistoryQuery:
        """Return the query for the previous page."""
        return replace(self, cut=cut, is_backward=True)

    def of_child(self, shard_id: str) -> HistoryQuery:
        """Return the query that continues in a child of the shard, from its first record."""
        return HistoryQuery(Cut(START), shard_id, limit=self.limit, wanted=self.wanted)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        kept = {"c": self.cut.as_json(), "s": self.shard_id, "b": int(self.is_backward), "n": self.limit}
        return kept | ({"f": self.wanted} if self.wanted else {})

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> HistoryQuery:
        """Return the query that `as_json` wrote; raises ValueError, KeyError or TypeError on anything else."""
        return cls(Cut.from_json(kept["c"]), str(kept["s"]), bool(kept["b"]), int(kept["n"]), str(kept.get("f", "")))
