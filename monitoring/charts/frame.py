"""What all charts of a page share: the size of the drawing, the time it covers, and the points in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitoring.charts.numbers import clock_time, day_and_time

WIDTH, HEIGHT = 600, 180
LEFT, RIGHT, TOP, BOTTOM = 48, 12, 18, 22

Points = Sequence[tuple[datetime, float]]
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened at a moment, drawn as a line across every chart."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The time that a chart covers, the distance between two points in seconds, and what happened in it."""

    start: datetime
    end: datetime
    step: int = 60
    marks: tuple[Mark, ...] = ()

    def time(self, at: datetime) -> str:
        """Return a moment in UTC as charts write it: with its day where the chart covers more than one."""
        return day_and_time(at) if self.end - self.start > _A_DAY else clock_time(at)

    def segments(self, points: Points) -> list[Points]:
        """Return the points in segments without a gap."""
        inside = sorted(point for point in points if self.start <= point[0] <= self.end)
        segments: list[list[tuple[datetime, float]]] = []
        for point in inside:
            if not segments or point[0] - segments[-1][-1][0] > timedelta(seconds=1.5 * self.step):
                segments.append([])
            segments[-1].append(point)
        return list(segments)

    def x(self, at: datetime) -> float:
        """Return the horizontal position of a moment, in units of the drawing."""
        share = (at - self.start) / (self.end - self.start)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)
