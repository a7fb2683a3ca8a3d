"""Notes who was sent records: `note_read` for pages and downloads, `note_seen` for what is known without the rows.

Call it before the answer is sent, in the tenant's scope, and let what it raises end the request: what cannot be noted
is not shown. From a view of a tenant's page:

    note_read(request, stream, ReadSource.HISTORY, rows, is_masked=audience is Audience.MASKED, filter_text=typed)

`rows` are those that this answer sends (anything with `shard_id`, `sequence_number`, `arrived_at`); no rows, no note.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet
from django.db.models.functions import Now

from monitoring.read_audit.seen import Placed, Seen, seen_in
from monitoring.record_read_model import LONGEST_FILTER, ReadSource, RecordRead
from onboarding.models.integration import Integration
from portal import deadlocks, live
from portal.tenancy.access import TenantRequest
from portal.tenancy.models import User

COMMAND_LINE = "command line"
PAUSE = timedelta(minutes=30)
LONGEST = timedelta(hours=24)
_SESSION_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Reader:
    """Who is sent records, in which of their sessions, where and how; None for a command on the vendor's server."""

    person: User | None
    session: str
    source: ReadSource
    is_masked: bool
    filter_text: str = ""


def note_read(
    request: TenantRequest,
    integration_uid: str,
    source: ReadSource,
    rows: Collection[Placed],
    *,
    is_masked: bool,
    filter_text: str = "",
) -> None:
    """Note that the answer to a request sends its person the rows of a stream of the request's tenant."""
    note_answer(request, integration_uid, source, seen_in(rows), is_masked=is_masked, filter_text=filter_text)


def note_answer(
    request: TenantRequest,
    integration_uid: str,
    source: ReadSource,
    seen: Seen | None,
    *,
    is_masked: bool,
    filter_text: str = "",
) -> None:
    """Note what the answer to a request sends its person of a stream; None, or the answer to HEAD, is nothing."""
    if seen is None or request.method == "HEAD":
        return
    session = live.digest(request.session.session_key or "")
    note_seen(integration_uid, Reader(request.user, session, source, is_masked, filter_text), seen)


@deadlocks.atomic
def note_seen(integration_uid: str, reader: Reader, seen: Seen) -> None:
    """Note what a person was sent of a stream: in the row of this viewing session, or in a new one.

    A session ends with a pause of 30 minutes, or after 24 hours. Times are PostgreSQL's.
    """
    integration = Integration.objects.filter(uid=integration_uid).first()
    if integration is None:
        return
    known = _lasting(integration, reader).select_for_update(of=("self",), no_key=True).first()
    if known is None:
        _begin(integration, reader, seen)
        return
    together = _seen_of(known).with_more(seen)
    RecordRead.objects.filter(pk=known.pk).update(**_columns(together), last_at=Now())


def _lasting(integration: Integration, reader: Reader) -> QuerySet[RecordRead]:
    return RecordRead.objects.filter(
        **_of(reader),
        integration=integration,
        person=reader.person,
        last_at__gt=Now() - PAUSE,
        started_at__gt=Now() - LONGEST,
    ).order_by("-pk")


def _begin(integration: Integration, reader: Reader, seen: Seen) -> None:
    RecordRead.objects.create(
        **_of(reader),
        **_columns(seen),
        integration=integration,
        tenant_id=integration.tenant_id,
        stream_uid=integration.uid,
        stream_name=integration.stream_name[:128],
        person=reader.person,
        email=reader.person.email if reader.person else COMMAND_LINE,
        is_staff=reader.person is None or reader.person.is_staff,
    )


def _of(reader: Reader) -> dict[str, object]:
    return {
        "session": reader.session[:_SESSION_DIGITS],
        "source": reader.source,
        "is_masked": reader.is_masked,
        "filter_text": reader.filter_text[:LONGEST_FILTER].replace("\0", ""),
    }


def _columns(seen: Seen) -> dict[str, object]:
    return {
        "shards": {shard: list(found) for shard, found in seen.shards.items()},
        "has_more_shards": seen.has_more_shards,
        "arrived_from": seen.arrived_from,
        "arrived_until": seen.arrived_until,
        "records": seen.records,
    }


def _seen_of(row: RecordRead) -> Seen:
    shards = {shard: (low, high) for shard, (low, high) in row.shards.items()}
    return Seen(row.records, shards, row.arrived_from, row.arrived_until, row.has_more_shards)
