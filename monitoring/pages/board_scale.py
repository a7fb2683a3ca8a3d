"""The scale of a board's sparklines: one for all rows of a page, so that they can be compared. Pure."""

import json
from collections.abc import Iterable
from functools import lru_cache

from monitoring.charts.numbers import short_number
from monitoring.charts.sparkline import round_top

_MOST_KEPT = 2048


def highest_of(sparklines: Iterable[str]) -> float | None:
    """Return the highest records per second of these sparklines, which are JSON; None where none has a value."""
    return max((each for each in map(_highest, sparklines) if each is not None), default=None)


def top_of(highest: float | None) -> float:
    """Return the records per second at the upper end of a scale for values up to `highest`."""
    return round_top(highest or 0.0)


def top_label(top: float) -> str:
    """Return the upper end of a scale as a page writes it: "2,000"."""
    return f"{top:,.0f}" if top >= 1 else short_number(top)


@lru_cache(maxsize=_MOST_KEPT)
def _highest(sparkline: str) -> float | None:
    return max((value for value in json.loads(sparkline) if value is not None), default=None)
