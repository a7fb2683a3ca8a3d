"""A figure: what was measured, what is to be reached, and how they compare. Also the table they are printed in."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `measured` and `limit` have the same unit; a limit of None is only reported."""

    name: str
    measured: float
    limit: float | None
    unit: str = ""
    note: str = ""

    @property
    def ratio(self) -> str:
        """Return measured ÷ limit; where the limit is 0, whether it is kept."""
        if self.limit is None:
            return ""
        if self.limit == 0:
            return "met" if self.measured == 0 else "missed"
        return f"{self.measured / self.limit:.2f}"

    @property
    def is_met(self) -> bool:
        """Tell whether the figure is reached; one that is only reported always is."""
        return self.limit is None or self.measured <= self.limit


class NotMeasured(Exception):
    """A measurement that could not be made; the message says why."""


def p95(values: Iterable[float]) -> float:
    """Return the 95th percentile, by the nearest rank; raise NotMeasured of no value at all."""
    ordered = sorted(values)
    if not ordered:
        raise NotMeasured("nothing was measured")
    return ordered[math.ceil(0.95 * len(ordered)) - 1]


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a Markdown table that is also aligned for a terminal."""
    head = ("figure", "measured", "limit", "ratio", "")
    rows = [head, *(_row(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = [_line(row, widths, str.ljust) for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _line(row: Sequence[str], widths: Sequence[int], fill: Callable[[str, int], str]) -> str:
    return "| " + " | ".join(fill(cell, width) for cell, width in zip(row, widths, strict=True)) + " |"


def _row(figure: Figure) -> tuple[str, ...]:
    return (figure.name, _said(figure.measured, figure.unit), _limit(figure), figure.ratio, figure.note)


def _limit(figure: Figure) -> str:
    return "–" if figure.limit is None else f"≤ {_said(figure.limit, figure.unit)}"


def _said(value: float, unit: str) -> str:
    shown = f"{value:,.0f}" if float(value).is_integer() or abs(value) >= 100 else f"{value:.2f}"
    return f"{shown} {unit}".strip()
