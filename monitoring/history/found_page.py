"""A page of records with its two edges. Pure."""

from dataclasses import dataclass

from monitoring.history.position import Cut
from portal.aws.records import DataRecord


@dataclass(frozen=True, slots=True)
class FoundPage:
    """Records by arrival, oldest first. The page before ends at `start`, the next one begins at `end`.

    `is_at_edge`: there is nothing beyond in the direction of reading, now or for ever.
    """

    records: tuple[DataRecord, ...]
    start: Cut
    end: Cut
    is_at_edge: bool
