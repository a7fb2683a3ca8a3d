"""An observation beside the threshold that applies, and whether its condition holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from monitoring.alerts.damping import Wait
from monitoring.alerts.observation import Observation
from monitoring.alerts.rules import BY_KIND, Rule
from monitoring.alerts.thresholds import Thresholds


@dataclass(frozen=True, slots=True)
class Judged:
    """What was observed of one cause; `holds` is None where that is not known, and the threshold where it is off."""

    seen: Observation
    threshold: float | None
    holds: bool | None

    @property
    def rule(self) -> Rule:
        """Return the rule of its kind."""
        return BY_KIND[self.seen.measured.kind]

    @property
    def wait(self) -> Wait:
        """Return how its alert is damped; what was turned off closes at once."""
        closes_after = timedelta() if self.threshold is None else self.rule.closes_after
        return Wait(self.rule.opens_after, closes_after, self.seen.patience)

    @property
    def can_share(self) -> bool:
        """Return whether it is of a kind and scope of which several streams can share an alert."""
        return self.seen.scope is not None and self.rule.shared is not None


def judged(observed: Iterable[Observation], thresholds: Thresholds) -> list[Judged]:
    """Return each observation with its threshold: the stream's own, else the tenant's, else the default."""
    return [_judged(seen, thresholds) for seen in observed]


def _judged(seen: Observation, thresholds: Thresholds) -> Judged:
    kind = seen.measured.kind
    of_stream = seen.stream_ids[0] if BY_KIND[kind].of_stream and seen.stream_ids else None
    threshold = thresholds.of(kind, of_stream).value
    return Judged(seen, threshold, _holds(seen, threshold))


def _holds(seen: Observation, threshold: float | None) -> bool | None:
    value = seen.measured.value
    if threshold is None:
        return False  # what is off does not hold
    if value is None:
        return None
    holds = BY_KIND[seen.measured.kind].holds(value, threshold)
    return None if not holds and seen.measured.is_lower_bound else holds
