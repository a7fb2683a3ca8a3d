"""Failed records grouped by what went wrong, with a few samples for each audience. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from monitoring.failed_deliveries.error_document import FailedRecord
from monitoring.records.masking import mask

MOST_GROUPS = 50
SAMPLES = 3
_SAMPLE_BYTES = 2048


@dataclass(frozen=True, slots=True)
class Sample:
    """The start of a record: as the tenant's people see it, and masked, or "" where it cannot be masked."""

    text: str
    masked: str


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """Records that failed in the same way: Firehose's error output type, AWS's code, and the newest message."""

    kind: str
    code: str
    count: int
    first_at: datetime | None
    last_at: datetime | None
    message: str
    samples: tuple[Sample, ...] = ()


def grouped(records: Iterable[tuple[str, datetime, FailedRecord]]) -> tuple[list[ErrorGroup], int]:
    """Return groups from (kind, time of the file, record), the newest record first, and how many are in no group.

    The time of a record is when Firehose gave up, or when it arrived, or that of its file. At most 50 groups.
    """
    found: dict[tuple[str, str], ErrorGroup] = {}
    omitted = 0
    for kind, written_at, record in records:
        name = kind, record.code
        if name not in found and len(found) >= MOST_GROUPS:
            omitted += 1
            continue
        found[name] = _with(found.get(name), kind, record, record.failed_at or record.arrived_at or written_at)
    return sorted(found.values(), key=lambda group: -group.count), omitted


def _with(group: ErrorGroup | None, kind: str, record: FailedRecord, at: datetime) -> ErrorGroup:
    sample = _sample(record.data)
    if group is None or group.first_at is None or group.last_at is None:
        return ErrorGroup(kind, record.code, 1, at, at, record.message, (sample,) if sample else ())
    is_kept = sample is not None and len(group.samples) < SAMPLES
    return replace(
        group,
        count=group.count + 1,
        first_at=min(group.first_at, at),
        last_at=max(group.last_at, at),
        message=record.message if at > group.last_at else group.message,
        samples=(*group.samples, sample) if is_kept and sample else group.samples,
    )


def _sample(data: bytes | None) -> Sample | None:
    if data is None:
        return None
    start = data[:_SAMPLE_BYTES]
    try:
        text = start.decode()
    except UnicodeDecodeError:
        return Sample(start[:64].hex(" "), "")
    return Sample("".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text), _masked(data, text))


def _masked(data: bytes, text: str) -> str:
    if len(data) > _SAMPLE_BYTES:
        return ""
    try:
        found = json.loads(text)
        return json.dumps(mask(found, ()), ensure_ascii=False) if isinstance(found, dict | list) else ""
    except (ValueError, RecursionError):
        return ""


def group_json(group: ErrorGroup) -> dict[str, Any]:
    """Return a group as plain data."""
    return {
        "kind": group.kind,
        "code": group.code,
        "count": group.count,
        "first_at": group.first_at.isoformat() if group.first_at else None,
        "last_at": group.last_at.isoformat() if group.last_at else None,
        "message": group.message,
        "samples": [[sample.text, sample.masked] for sample in group.samples],
    }


def group_of(raw: dict[str, Any]) -> ErrorGroup:
    """Return the group that `group_json` wrote."""
    first, last = raw["first_at"], raw["last_at"]
    return ErrorGroup(
        kind=raw["kind"],
        code=raw["code"],
        count=raw["count"],
        first_at=datetime.fromisoformat(first) if first else None,
        last_at=datetime.fromisoformat(last) if last else None,
        message=raw["message"],
        samples=tuple(Sample(text, masked) for text, masked in raw["samples"]),
    )
