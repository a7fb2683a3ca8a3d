"""Of how many records a second the fields of a stream are noted: the catalogue is a sample. Pure: no clock."""

import random
from dataclasses import dataclass

SAMPLES_PER_SECOND = 10


@dataclass(slots=True)
class FieldBudget:
    """The samples that are left of this second."""

    left: float = SAMPLES_PER_SECOND
    _at: float = 0.0

    def places(self, count: int, now: float) -> list[int]:
        """Return which of `count` records are sampled.

        At random: senders often put their kinds of records in turns, and every tenth could always be of one kind.
        """
        self.left = min(SAMPLES_PER_SECOND, self.left + SAMPLES_PER_SECOND * max(0.0, now - self._at))
        self._at = now
        chosen = random.sample(range(count), min(count, int(self.left)))
        self.left -= len(chosen)
        return sorted(chosen)
