"""Failed deliveries on the page of a stream's deliveries: for staff without what can contain values."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string

from monitoring.failed_deliveries.error_groups import ErrorGroup
from monitoring.failed_deliveries.meanings import is_code, meaning_of
from monitoring.failed_deliveries.source import error_files_of
from monitoring.failed_deliveries.stored import FailedDelivery, stored_failures
from monitoring.read_audit.seen import Seen
from monitoring.records.access import Audience
from monitoring.watched_streams import WatchedStream
from onboarding.deliveries.delivery import Delivery
from onboarding.models.connection import Connection
from portal.messages.message import Message


@dataclass(frozen=True, slots=True)
class FailureRow:
    """A group of records that failed in the same way; `message` and `samples` are what the audience may see."""

    kind: str
    code: str
    count: int
    first_at: datetime | None
    last_at: datetime | None
    meaning: Message
    message: str
    samples: tuple[str, ...]
    withheld: int


@dataclass(frozen=True, slots=True)
class FailuresPanel:
    """What is known of a delivery's failed records; `problem` says why nothing is, `found` is None before a reading."""

    rows: tuple[FailureRow, ...]
    found: FailedDelivery | None
    problem: Message | None
    is_allowed: bool
    is_masked: bool


def failures_panel(
    stream: WatchedStream, connection: Connection, delivery: Delivery, audience: Audience
) -> FailuresPanel:
    """Return the panel of one delivery as the audience sees it."""
    source = error_files_of(connection, delivery)
    is_masked = audience is not Audience.CLEAR
    if source.problem is not None:
        return FailuresPanel((), None, source.problem, connection.allow_failures, is_masked)
    found = stored_failures(stream.uid, delivery.name)
    rows = tuple(_row(group, is_masked) for group in found.groups) if found else ()
    return FailuresPanel(rows, found, found.problem if found else None, True, is_masked)


def seen_in(panels: Iterable[FailuresPanel]) -> Seen | None:
    """Return what a person sees who is sent the panels, for the audit of reads; None without samples.

    Error files name no shard. The times are those of all records with the same error.
    """
    rows = [row for panel in panels for row in panel.rows if row.samples]
    times = [at for row in rows for at in (row.first_at, row.last_at) if at is not None]
    if not times:
        return None
    return Seen(sum(len(row.samples) for row in rows), {}, min(times), max(times))


def put_back_script(stream: WatchedStream, bucket: str, prefix: str) -> str:
    """Return a Python script that puts the records of a delivery's error files back into the data stream."""
    named = {"bucket": bucket, "prefix": prefix, "stream": stream.stream_name, "region": stream.region}
    values = {name: json.dumps(value) for name, value in named.items()}
    return render_to_string("monitoring/put_back.py.txt", values).strip() + "\n"


def _row(group: ErrorGroup, is_masked: bool) -> FailureRow:
    shown = [sample.masked if is_masked else sample.text for sample in group.samples]
    return FailureRow(
        kind=group.kind,
        code="" if is_masked and not is_code(group.code) else group.code,  # an error file can have any text there
        count=group.count,
        first_at=group.first_at,
        last_at=group.last_at,
        meaning=meaning_of(group.kind, group.code),
        message="" if is_masked else group.message,  # AWS quotes values in some of its messages
        samples=tuple(filter(None, shown)),
        withheld=sum(not text for text in shown),
    )
