"""The streams whose alarms are exported: one, or all of a tenant in one account and Region. Nothing here writes."""

import re
from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from monitoring.alarms.conditions import conditions_of
from monitoring.alarms.contents import CannotExport, Contents, ExportedStream
from monitoring.alerts.thresholds import Thresholds, thresholds_of
from monitoring.models import StreamShards
from monitoring.shards.known_shard import KnownShard
from monitoring.watched_streams import WatchedStream, watched_streams_of
from onboarding.integrations.selectors import live_integrations
from onboarding.models.integration import Integration
from portal.messages.message import Message
from portal.numbers import in_fours
from portal.tenancy.models import Tenant

MOST_STREAMS = 500  # in a file or on its page: more take a request longer than a few seconds
_OTHER = re.compile(r"[^A-Za-z0-9_-]")


def contents_of_stream(integration: Integration, *, now: datetime) -> Contents:
    """Return the alarms of one stream."""
    streams = _exported(live_integrations().filter(pk=integration.pk), thresholds_of(integration.tenant_id))
    name = f"sluice-{_OTHER.sub('-', integration.stream_name)}-{integration.uid}"
    return _contents(name, streams, now)


def contents_of_account(tenant: Tenant, account_id: str, region: str, *, now: datetime) -> Contents:
    """Return the alarms of all streams of a tenant in an account and Region.

    Raises CannotExport without any, and for more than a request can read.
    """
    rows = live_integrations().filter(tenant=tenant, connection__account_id=account_id, spec__stream__region=region)
    if (count := rows.count()) > MOST_STREAMS:
        raise CannotExport(Message("alarm.too_many_streams", stream_count=count, most_count=MOST_STREAMS))
    streams = _exported(rows, thresholds_of(tenant.pk))
    if not streams:
        raise CannotExport(Message("alarm.no_streams", account=in_fours(account_id[:12]), region=region[:40]))
    return _contents(f"sluice-{tenant.slug}-{account_id}-{region}", streams, now)


def accounts_of(tenant: Tenant) -> list[tuple[str, str, int]]:
    """Return each account and Region in which a tenant has streams, and how many."""
    rows = live_integrations().filter(tenant=tenant)
    found: dict[tuple[str, str], int] = {}
    for key in rows.values_list("connection__account_id", "spec__stream__region"):
        found[key] = found.get(key, 0) + 1
    return [(account_id, region, count) for (account_id, region), count in sorted(found.items())]


def _exported(rows: QuerySet[Integration], thresholds: Thresholds) -> list[tuple[WatchedStream, ExportedStream]]:
    streams = sorted(watched_streams_of(rows), key=lambda stream: (stream.stream_name, stream.uid))
    listed = StreamShards.objects.filter(integration__in=[stream.integration_id for stream in streams])
    shards = {row.integration_id: _open_shards(row) for row in listed}
    return [(stream, _stream(stream, shards.get(stream.integration_id, []), thresholds)) for stream in streams]


def _open_shards(row: StreamShards) -> list[str]:
    known = map(KnownShard.from_json, row.shards)
    return [shard.shard_id for shard in known if shard.is_open]


def _stream(stream: WatchedStream, shards: Sequence[str], thresholds: Thresholds) -> ExportedStream:
    listed = shards if stream.has_shard_metrics else ()
    conditions = tuple(conditions_of(stream, listed, thresholds))
    return ExportedStream(stream.stream_name, stream.uid, stream.shards, len(listed), conditions)


def _contents(name: str, streams: Sequence[tuple[WatchedStream, ExportedStream]], now: datetime) -> Contents:
    first = streams[0][0]
    return Contents(name[:240], first.account_id, first.region, tuple(each for _, each in streams), now)
