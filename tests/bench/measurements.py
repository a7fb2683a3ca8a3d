"""A measurement: its value, the limit that it must keep, and how they compare. Also the table they are printed in."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measurement:
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
            return "met" if self.is_met else "missed"
        return f"{self.measured / self.limit:.2f}"

    @property
    def is_met(self) -> bool:
        """Return whether the limit is kept; without a limit it always is."""
        return self.limit is None or self.measured <= self.limit


class NotMeasured(Exception):
    """A measurement that could not be made; the message says why."""


def p95(values: Iterable[float]) -> float:
    """Return the 95th percentile, by the nearest rank; raise NotMeasured of no value at all."""
    ordered = sorted(values)
    if not ordered:
        raise NotMeasured("nothing was measured")
    return ordered[math.ceil(0.95 * len(ordered)) - 1]


def table(measurements: Sequence[Measurement]) -> str:
    """Return the measurements as a Markdown table that is also aligned for a terminal."""
    head = ("measurement", "measured", "limit", "ratio", "")
    rows = [head, *(_row(measurement) for measurement in measurements)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = [_line(row, widths, str.ljust) for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _line(row: Sequence[str], widths: Sequence[int], fill: Callable[[str, int], str]) -> str:
    return "| " + " | ".join(fill(cell, width) for cell, width in zip(row, widths, strict=True)) + " |"


def _row(measurement: Measurement) -> tuple[str, ...]:
    value = _with_unit(measurement.measured, measurement.unit)
    return (measurement.name, value, _limit(measurement), measurement.ratio, measurement.note)


def _limit(measurement: Measurement) -> str:
    return "–" if measurement.limit is None else f"≤ {_with_unit(measurement.limit, measurement.unit)}"


def _with_unit(value: float, unit: str) -> str:
    shown = f"{value:,.0f}" if float(value).is_integer() or abs(value) >= 100 else f"{value:.2f}"
    return f"{shown} {unit}".strip()
