"""What a decoder gets at once, and what became of it. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from monitoring.field_catalogue.observation import Observation
from monitoring.records.record_row import RecordRow, found_rows
from monitoring.records.record_views import RecordContents
from monitoring.tap.fair_queue import Lane
from portal.aws.records import DataRecord


@dataclass(slots=True)
class FoundRows:
    """What a filter found: some rows of `matched` records; `searched` includes those that it found nothing in.

    `unsearched` records could not be decoded, or were never. `earliest` is when the first of them arrived, if known.
    """

    rows: list[RecordRow] = field(default_factory=list)
    matched: int = 0
    searched: int = 0
    unsearched: int = 0
    earliest: datetime | None = None

    def add(self, other: "FoundRows") -> None:
        """Add what the same filter found in other records."""
        self.rows += other.rows
        self.matched += other.matched
        self.searched += other.searched
        self.unsearched += other.unsearched
        self.earliest = min(filter(None, (self.earliest, other.earliest)), default=None)


@dataclass(slots=True)
class Finished:
    """What became of a stream's records since it was asked last.

    `record_count` counts the records of `rows` and those inside them that are not listed; `skipped_count` those that
    were never decoded. `ended` are records that ended their decoder, `observations` the fields of some.
    `found` is what filters found, by their keys.
    """

    rows: list[RecordRow] = field(default_factory=list)
    record_count: int = 0
    skipped_count: int = 0
    ended: list[DataRecord] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    found: dict[str, FoundRows] = field(default_factory=dict)

    def add_searched(self, found: Mapping[str, FoundRows], skipped: int) -> None:
        """Add what filters found in a batch, beside which some records were skipped."""
        for key, searched in found.items():
            self.found.setdefault(key, FoundRows()).add(searched)
        self.add_unsearched(found, skipped)

    def add_unsearched(self, keys: Iterable[str], count: int) -> None:
        """Add records that filters did not search."""
        for key in keys if count else ():
            self.found.setdefault(key, FoundRows()).unsearched += count


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of one stream: how many rows are wanted of each, the filters by their keys, and how many rows of each.

    `is_again`: they were decoded before, and are searched by a filter that is new.
    """

    uid: str
    lane: Lane
    records: list[DataRecord]
    most: Sequence[int]
    allowed: frozenset[str]
    filters: Mapping[str, str]
    most_found: Sequence[int]
    is_again: bool = False

    def searched(self, pairs: Collection[tuple[DataRecord, RecordContents]], version: str) -> dict[str, FoundRows]:
        """Return what each filter found in the records that were decoded."""
        earliest = min((record.arrived_at for record, _contents in pairs), default=None)
        found = {key: FoundRows(earliest=earliest) for key in self.filters}
        for record, contents in pairs if found else ():
            count = len(contents.listed) + contents.omitted
            if not contents.found:  # its decoder was ended
                for each in found.values():
                    each.unsearched += count
                continue
            for each, matched in zip(found.values(), contents.found, strict=True):
                each.rows += found_rows(record, matched, version)
                each.matched += matched.matched
                each.searched += count - matched.unsearched
                each.unsearched += matched.unsearched
        return found
