"""Records as the page shows them, and the mask that vendor staff see through. Pure: no clock, no database, no Redis."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from monitoring.decode import Decoded, decode, printable
from portal.aws.kinesis import DataRecord

MASK = "•••"
NOT_SHOWN = "not shown: it could not be read field by field, so nothing of it can be masked"
MOST_CHARACTERS = 2000
PARTITION_KEY_FIELD = "partition_key"


class Audience(StrEnum):
    """Who looks: the tenant's own people see their records, everybody else a mask."""

    CLEAR = "clear"
    MASKED = "masked"


@dataclass(frozen=True, slots=True)
class Shown:
    """What one audience sees of a record."""

    partition_key: str
    text: str
    is_masked: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One decoded record. `key` is the same for the same record, so that a page never shows it twice."""

    key: str
    arrived_at: datetime
    shard_id: str
    sequence_number: str
    way: str
    tried: tuple[tuple[str, str], ...]
    clear: Shown
    masked: Shown

    def to_json(self) -> str:
        """Return the row as it lies in Redis for at most five minutes."""
        return json.dumps({**asdict(self), "arrived_at": self.arrived_at.isoformat()})


@dataclass(frozen=True, slots=True)
class View:
    """A row through one audience's eyes: what the template draws."""

    row: Row
    shown: Shown

    @property
    def short_shard(self) -> str:
        """Return the end of the shard's ID, where shards differ."""
        return f"…{self.row.shard_id[-4:]}"


def rows_of(record: DataRecord, *, allowed: Collection[str] = ()) -> list[Row]:
    """Return the rows of a data record: one, or one for each record aggregated in it.

    `allowed` are the fields vendor staff may see, as dotted paths ("reading.temperature", "partition_key").
    """
    return [_row(record, found, place, allowed) for place, found in enumerate(decode(record.data))]


def from_json(text: str | bytes) -> Row:
    """Read back what `to_json` wrote; raises ValueError, KeyError or TypeError on anything else."""
    raw = json.loads(text)
    raw["arrived_at"] = datetime.fromisoformat(raw["arrived_at"])
    raw["tried"] = tuple((name, reason) for name, reason in raw["tried"])
    raw["clear"], raw["masked"] = Shown(**raw["clear"]), Shown(**raw["masked"])
    return Row(**raw)


def seen_by(rows: Collection[Row], audience: Audience) -> list[View]:
    """Return the rows as the audience sees them."""
    return [View(row, row.clear if audience is Audience.CLEAR else row.masked) for row in rows]


def mask(value: object, allowed: Collection[str], path: str = "") -> object:
    """Return the value with every scalar masked whose dotted path is not on the allow-list; lists share their path."""
    if isinstance(value, dict):
        return {name: mask(item, allowed, f"{path}.{name}" if path else str(name)) for name, item in value.items()}
    if isinstance(value, list):
        return [mask(item, allowed, path) for item in value]
    return value if path in allowed else MASK


def _row(record: DataRecord, found: Decoded, place: int, allowed: Collection[str]) -> Row:
    partition_key = printable(found.partition_key or record.partition_key)
    name = f"{record.shard_id}/{record.sequence_number}/{place}"
    return Row(
        key=hashlib.sha256(name.encode()).hexdigest()[:16],
        arrived_at=record.arrived_at,
        shard_id=record.shard_id,
        sequence_number=record.sequence_number,
        way=found.way,
        tried=tuple((rung.name, rung.reason) for rung in found.tried),
        clear=Shown(partition_key, _cut(found.text), is_masked=False),
        masked=_masked(found, partition_key, allowed),
    )


def _masked(found: Decoded, partition_key: str, allowed: Collection[str]) -> Shown:
    key = partition_key if PARTITION_KEY_FIELD in allowed else MASK
    if not isinstance(found.value, dict | list):
        return Shown(key, NOT_SHOWN, is_masked=True)
    text = json.dumps(mask(found.value, allowed), ensure_ascii=False, separators=(", ", ": "))
    return Shown(key, _cut(printable(text)), is_masked=True)


def _cut(text: str) -> str:
    if len(text) <= MOST_CHARACTERS:
        return text
    return f"{text[:MOST_CHARACTERS]} … ({len(text):,} characters)"
