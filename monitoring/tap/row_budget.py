"""How many rows a second the decoders return of one stream: no page lists more, so others are counted only. Pure."""

from dataclasses import dataclass

from monitoring.records.fair_selection import evenly_selected
from monitoring.records.sample_buffer import MAX_ROWS

ROWS_PER_SECOND = MAX_ROWS


@dataclass(slots=True)
class RowBudget:
    """The rows that are left of this second. The decoders return as many as a page keeps, evenly spread."""

    left: float = ROWS_PER_SECOND
    _at: float = 0.0

    def share(self, count: int, waiting: int, now: float) -> list[int]:
        """Return for each of `count` records how many rows are returned of it, while `waiting` others need some too."""
        rows = self.most(count, waiting, now)
        if rows >= count:
            return [rows // count] * count
        listed = set(evenly_selected(range(count), rows))
        return [int(place in listed) for place in range(count)]

    def most(self, count: int, waiting: int, now: float) -> int:
        """Return how many rows are returned of `count` records, while `waiting` others need some too."""
        self.left = min(ROWS_PER_SECOND, self.left + ROWS_PER_SECOND * max(0.0, now - self._at))
        self._at = now
        return max(1, int(self.left * count / (count + waiting)))

    def spend(self, rows: int) -> None:
        """Count rows that were returned."""
        self.left = max(0.0, self.left - rows)
