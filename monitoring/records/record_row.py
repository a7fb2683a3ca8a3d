"""Decoded records as rows of the page, one view for each audience. Pure: no clock, no database, no Redis."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import NamedTuple

import orjson

from monitoring.decode.decoded import BETWEEN, OF
from monitoring.records.access import Audience
from monitoring.records.masking import MASK, masked_reason
from monitoring.records.record_views import RAW_BYTES, Found, RecordContent, RecordContents, RecordView, content_fields
from monitoring.series import shard_number
from portal.aws.records import DataRecord
from portal.messages.message import Message


@dataclass(slots=True, kw_only=True)
class RecordRow(RecordContent):
    """One decoded record with its place in the stream.

    `key` is the same for the same record, so that a page never shows it twice. `omitted` is how many more records are
    inside the same data record and are not listed; it is set on the last of its rows. `mask_version` is that of the
    allowed fields which the masked view shows; "" where it shows none (`field_paths.version_of`).

    `sent_size` is the size of the data record. `sent` are its bytes and `whole` is the whole text, until they are kept
    apart (`kept_records`): where the row has all of them they are None.
    """

    key: str
    arrived_at: datetime
    shard_id: str
    sequence_number: str
    omitted: int = 0
    mask_version: str = ""
    sent_size: int = 0
    sent: bytes | None = field(default=None, repr=False)

    @property
    def data_record(self) -> tuple[str, str]:
        """Return shard and sequence number, which rows from the same data record share."""
        return self.shard_id, self.sequence_number

    @property
    def raw_bytes(self) -> bytes:
        """Return the start of the record's bytes: at most 2 KiB. Not for an audience that sees it masked.

        Those are the bytes of the data record, or of the record inside it that the row is of.
        """
        return base64.b64decode(self.raw or "")

    @property
    def is_part(self) -> bool:
        """Return whether the row is of one of several records inside a data record."""
        return OF in self.decoder_path

    @property
    def leaf(self) -> str:
        """Return the name of the format at the end of the path: "JSON" of "gzip › JSON"."""
        return self.decoder_path.rpartition(BETWEEN)[2]

    @property
    def is_readable(self) -> bool:
        """Return whether a decoder could read the record, so that there is more than its bytes."""
        return self.leaf not in {"hex", "refused", "empty"}

    @property
    def raw_size(self) -> int:
        """Return of how many bytes `raw_bytes` are the start."""
        return self.size if self.is_part else self.sent_size

    def without_whole(self) -> RecordRow:
        """Return the row without what is kept apart."""
        return self if self.sent is None and self.whole is None else replace(self, sent=None, whole=None)

    def to_json(self) -> bytes:
        """Return the row as Redis holds it, for at most five minutes: without what is kept apart."""
        return orjson.dumps(
            {
                **self.as_json(),
                "whole": None,
                "key": self.key,
                "arrived_at": self.arrived_at.isoformat(),
                "shard_id": self.shard_id,
                "sequence_number": self.sequence_number,
                "omitted": self.omitted,
                "mask_version": self.mask_version,
                "sent_size": self.sent_size,
            }
        )


class Cell(NamedTuple):
    """A field of a row in a column of its own; `is_too_long`: not known, as the row has a part of the record."""

    name: str
    text: str = ""
    is_too_long: bool = False


@dataclass(frozen=True, slots=True)
class VisibleRow:
    """A row with the view of one audience, and the fields that are columns: what the template shows."""

    row: RecordRow
    view: RecordView
    cells: tuple[Cell, ...] = ()

    @property
    def short_shard(self) -> str:
        """Return the end of the shard ID, by which shards differ."""
        return f"…{shard_number(self.row.shard_id)}"

    @property
    def arrived_time(self) -> str:
        """Return the time of arrival in UTC, to the millisecond: a page has hundreds, and Django's filter is slow."""
        return self.row.arrived_at.astimezone(UTC).isoformat(timespec="milliseconds")[11:23]

    @property
    def refusal(self) -> Message | None:
        """Return why the record was not decoded to the end; masked, without what it may repeat of the record."""
        refusal = self.row.refusal
        return masked_reason(refusal) if refusal and self.view.is_masked else refusal


def rows_of(
    record: DataRecord, contents: RecordContents, mask_version: str = "", *, sent_size: int | None = None
) -> list[RecordRow]:
    """Return the rows of a data record: one, or one for each record listed of those aggregated in it.

    `mask_version` is that of the allowed fields which the contents were masked with. `sent_size` is the size of a
    record of which only the start of the data is left.
    """
    last, size = len(contents.listed) - 1, len(record.data) if sent_size is None else sent_size
    return [
        _row(record, content, place, contents.omitted if place == last else 0, mask_version, size)
        for place, content in enumerate(contents.listed)
    ]


def found_rows(record: DataRecord, found: Found, mask_version: str = "") -> list[RecordRow]:
    """Return the rows of what a filter found in a data record; each has the key that it has without a filter."""
    size = len(record.data)
    return [_row(record, content, place, 0, mask_version, size) for place, content in found.listed]


def from_json(text: str | bytes) -> RecordRow:
    """Return the row that `to_json` wrote; raises ValueError, KeyError or TypeError on anything else."""
    raw = orjson.loads(text)
    return RecordRow(
        **content_fields(raw),
        key=raw["key"],
        arrived_at=datetime.fromisoformat(raw["arrived_at"]),
        shard_id=raw["shard_id"],
        sequence_number=raw["sequence_number"],
        omitted=raw["omitted"],
        mask_version=raw["mask_version"],
        sent_size=raw["sent_size"],
    )


def visible_rows(rows: Collection[RecordRow], audience: Audience, mask_version: str | None = None) -> list[VisibleRow]:
    """Return the rows as the audience sees them.

    With the version of the fields that are allowed now, a row that was masked by an earlier list is withheld; without
    it, the caller knows that there is none.
    """
    if audience is Audience.CLEAR:
        return [VisibleRow(row, row.clear) for row in rows]
    return [VisibleRow(row, _masked(row, mask_version)) for row in rows]


def _masked(row: RecordRow, mask_version: str | None) -> RecordView:
    if mask_version is None or row.mask_version in {"", mask_version}:
        return row.masked
    return RecordView(MASK, "", is_masked=True, is_withheld=True)


def _row(
    record: DataRecord, content: RecordContent, place: int, omitted: int, mask_version: str, size: int
) -> RecordRow:
    has_more = content.raw is not None or size > RAW_BYTES
    name = f"{record.shard_id}/{record.sequence_number}/{place}"
    return RecordRow(
        decoder_path=content.decoder_path,
        failed_attempts=content.failed_attempts,
        clear=content.clear,
        masked=content.masked,
        refusal=content.refusal,
        size=content.size,
        raw=base64.b64encode(record.data[:RAW_BYTES]).decode() if content.raw is None else content.raw,
        schema=content.schema,
        sizes=content.sizes,
        length=content.length,
        whole=content.whole,
        key=hashlib.sha256(name.encode()).hexdigest()[:16],
        arrived_at=record.arrived_at,
        shard_id=record.shard_id,
        sequence_number=record.sequence_number,
        omitted=omitted,
        mask_version=mask_version,
        sent_size=size,
        sent=record.data if has_more and len(record.data) == size else None,
    )
