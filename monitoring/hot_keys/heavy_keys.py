"""The heaviest partition keys of many, in bounded memory and with a known error (Misra and Gries). Pure.

At most twice `capacity` keys are held. When there are more, the weight of the one just below the first `capacity` is
taken from all, and those left without weight are dropped. That takes at least `capacity` + 1 times as much from the
total as from any key, so a key's weight is never counted too high, and at most total / (`capacity` + 1) too low.
https://doi.org/10.1016/0167-6423(82)90012-0
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the most that a key can weigh."""

    least: int
    most: int


@dataclass(slots=True)
class HeavyKeys:
    """Weights of keys (records or bytes). `error` is how much a count can be too low."""

    capacity: int
    total: int = 0
    error: int = 0
    _counts: dict[str, int] = field(default_factory=dict)

    def add(self, weights: Mapping[str, int]) -> None:
        """Add weights, each greater than 0."""
        for key, weight in weights.items():
            self.total += weight
            self._counts[key] = self._counts.get(key, 0) + weight
            if len(self._counts) > 2 * self.capacity:
                self._shrink()

    def merge(self, other: HeavyKeys) -> None:
        """Add what another sketch has counted, with its error."""
        total = self.total + other.total
        self.error += other.error
        self.add(other._counts)
        self.total = total

    def bounds(self, key: str) -> Bounds:
        """Return how much the key can weigh; one that is not held can still weigh up to the error."""
        count = self._counts.get(key, 0)
        return Bounds(count, min(self.total, count + self.error))

    def heaviest(self, most: int) -> list[str]:
        """Return the keys with the highest counts, the heaviest first."""
        return sorted(self._counts, key=lambda key: (-self._counts[key], key))[:most]

    def __len__(self) -> int:
        """Return how many keys are held."""
        return len(self._counts)

    def _shrink(self) -> None:
        taken = sorted(self._counts.values(), reverse=True)[self.capacity]
        self.error += taken
        self._counts = {key: count - taken for key, count in self._counts.items() if count > taken}
