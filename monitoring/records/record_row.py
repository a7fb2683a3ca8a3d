"""Decoded records as rows of the page, one view for each audience. Pure: no clock, no database, no Redis."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

from monitoring.decode.decoder_chain import Decoded, decode, printable
from monitoring.records.access import Audience
from monitoring.records.masking import MASK, mask
from monitoring.series import shard_number
from portal.aws.kinesis import DataRecord
from portal.messages.message import Message
from portal.messages.message import from_json as message_from_json

MAX_CHARACTERS = 2000
PARTITION_KEY_FIELD = "partition_key"


@dataclass(frozen=True, slots=True)
class RecordView:
    """What one audience sees of a record. A withheld record has no text: nothing of it could be masked."""

    partition_key: str
    text: str
    is_masked: bool = False
    is_withheld: bool = False


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One decoded record. `key` is the same for the same record, so that a page never shows it twice.

    `failed_decoders` are the names of the decoders that could not read the record, each with the reason.
    """

    key: str
    arrived_at: datetime
    shard_id: str
    sequence_number: str
    decoder_path: str
    failed_decoders: tuple[tuple[str, Message], ...]
    clear: RecordView
    masked: RecordView

    def to_json(self) -> str:
        """Return the row as Redis holds it, for at most five minutes."""
        fields = {name: getattr(self, name) for name in ("key", "shard_id", "sequence_number", "decoder_path")}
        views = {"clear": asdict(self.clear), "masked": asdict(self.masked)}
        failed = [(name, reason.as_json()) for name, reason in self.failed_decoders]
        return json.dumps({**fields, **views, "arrived_at": self.arrived_at.isoformat(), "failed_decoders": failed})


@dataclass(frozen=True, slots=True)
class VisibleRow:
    """A row with the view of one audience: what the template shows."""

    row: RecordRow
    view: RecordView

    @property
    def short_shard(self) -> str:
        """Return the end of the shard ID, by which shards differ."""
        return f"…{shard_number(self.row.shard_id)}"


def rows_of(record: DataRecord, *, allowed: Collection[str] = ()) -> list[RecordRow]:
    """Return the rows of a data record: one, or one for each record aggregated in it.

    `allowed` are the fields that the vendor's staff may see, as dotted paths ("reading.temperature", "partition_key").
    """
    return [_row(record, decoded, place, allowed) for place, decoded in enumerate(decode(record.data).results)]


def from_json(text: str | bytes) -> RecordRow:
    """Return the row that `to_json` wrote; raises ValueError, KeyError or TypeError on anything else."""
    raw = json.loads(text)
    raw["arrived_at"] = datetime.fromisoformat(raw["arrived_at"])
    raw["failed_decoders"] = tuple((name, message_from_json(reason)) for name, reason in raw["failed_decoders"])
    raw["clear"], raw["masked"] = RecordView(**raw["clear"]), RecordView(**raw["masked"])
    return RecordRow(**raw)


def visible_rows(rows: Collection[RecordRow], audience: Audience) -> list[VisibleRow]:
    """Return the rows as the audience sees them."""
    return [VisibleRow(row, row.clear if audience is Audience.CLEAR else row.masked) for row in rows]


def _row(record: DataRecord, decoded: Decoded, place: int, allowed: Collection[str]) -> RecordRow:
    partition_key = printable(decoded.partition_key or record.partition_key)
    name = f"{record.shard_id}/{record.sequence_number}/{place}"
    return RecordRow(
        key=hashlib.sha256(name.encode()).hexdigest()[:16],
        arrived_at=record.arrived_at,
        shard_id=record.shard_id,
        sequence_number=record.sequence_number,
        decoder_path=decoded.path_label,
        failed_decoders=tuple((attempt.decoder, attempt.reason) for attempt in decoded.failed),
        clear=RecordView(partition_key, _shortened(decoded.text)),
        masked=_masked(decoded, partition_key, allowed),
    )


def _masked(decoded: Decoded, partition_key: str, allowed: Collection[str]) -> RecordView:
    key = partition_key if PARTITION_KEY_FIELD in allowed else MASK
    if not isinstance(decoded.value, dict | list):
        return RecordView(key, "", is_masked=True, is_withheld=True)
    text = json.dumps(mask(decoded.value, allowed), ensure_ascii=False, separators=(", ", ": "))
    return RecordView(key, _shortened(printable(text)), is_masked=True)


def _shortened(text: str) -> str:
    if len(text) <= MAX_CHARACTERS:
        return text
    return f"{text[:MAX_CHARACTERS]} … ({len(text):,} characters)"
