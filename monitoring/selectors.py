"""What collection, the tap and the pages read from the database. Nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from monitoring.models import HealthState
from monitoring.records import Audience
from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.destination import Metrics
from onboarding.integrations.selectors import live_integrations
from onboarding.models.credential import Credential
from onboarding.models.integration import Integration
from onboarding.models.states import ConnectionState, CredentialState
from onboarding.spec.endpoint import wants_fips
from onboarding.spec.integration_spec import from_dict
from portal.tenancy.access import role_in
from portal.tenancy.models import Tenant, User

RECORDS_A_SHARD = 1000
BYTES_A_SHARD = 1024 * 1024
ON_DEMAND_SHARDS = 4  # what a new on-demand stream takes before it has grown: 4,000 records/s and 4 MB/s


@dataclass(frozen=True, slots=True)
class WatchedDelivery:
    """A Firehose stream as monitoring needs it: its name, where it delivers to, how often, and its metrics' names."""

    name: str
    title: str
    buffering_seconds: int
    metrics: Metrics

    @classmethod
    def of(cls, delivery: Delivery) -> WatchedDelivery:
        """Return it of a declaration's delivery."""
        kind = delivery.destination
        return cls(delivery.name, kind.TITLE.removeprefix("Amazon "), delivery.buffering_seconds, kind.METRICS)


@dataclass(frozen=True, slots=True)
class WatchedStream:
    """A data stream as monitoring needs it; `shards` are those of the spec."""

    integration_id: int
    uid: str
    name: str
    tenant_slug: str
    tenant_name: str
    connection_id: int
    account_id: str
    stream_name: str
    region: str
    is_on_demand: bool
    shards: int
    retention_hours: int
    has_shard_metrics: bool
    deliveries: tuple[WatchedDelivery, ...]
    live_since: datetime
    credential_ready_since: datetime | None
    last_record_at: datetime | None
    connection_uid: str = ""
    allow_sampling: bool = True
    degraded: str = ""
    degraded_todo: str = ""
    drift_count: int = 0
    uses_fips: bool = False

    @property
    def size(self) -> str:
        """Return the capacity in words."""
        if self.is_on_demand:
            return "on demand"
        return f"{self.shards} shard" if self.shards == 1 else f"{self.shards} shards"


def streams(*, connection_id: int | None = None, region: str | None = None) -> list[WatchedStream]:
    """Return the streams that are there to be watched, of all or of one connection and Region."""
    rows = _with_details(live_integrations())
    if connection_id is not None:
        rows = rows.filter(connection_id=connection_id)
    found = [stream_of(row) for row in rows]
    return [stream for stream in found if region in {None, stream.region}]


def stream(uid: str) -> WatchedStream | None:
    """Return one stream by its integration's uid, or None when there is none to watch."""
    row = _with_details(live_integrations()).filter(uid=uid).first()
    return stream_of(row) if row else None


def board(tenant: Tenant | None = None, *, search: str = "", state: str = "") -> QuerySet[Integration]:
    """Return the streams of a tenant, or of all, worst first; every word of `search` must be found somewhere."""
    rows = live_integrations().select_related("health")
    if tenant is not None:
        rows = rows.filter(tenant=tenant)
    for word in search.split()[:8]:
        rows = rows.filter(
            Q(name__icontains=word)
            | Q(tenant__name__icontains=word)
            | Q(connection__account_id__icontains=word)
            | Q(spec__stream__name__icontains=word)
            | Q(spec__stream__region__icontains=word)
        )
    unknown = HealthState.UNKNOWN
    if state in HealthState.values:
        absent = Q(health__isnull=True) if state == unknown else Q(pk__in=[])
        rows = rows.filter(Q(health__state=state) | absent)
    return rows.annotate(worst_first=Coalesce("health__rank", Value(unknown.rank))).order_by(
        "worst_first", "tenant__name", "name"
    )


def counts(rows: QuerySet[Integration]) -> dict[str, int]:
    """Return how many of the streams are in each state, in one query."""
    state = Coalesce("health__state", Value(HealthState.UNKNOWN.value))
    grouped = rows.order_by().annotate(shown=state).values_list("shown").annotate(number=Count("pk"))
    return dict.fromkeys(HealthState.values, 0) | dict(grouped)


def audience_of(user: User, tenant: Tenant) -> Audience:
    """Return how the person sees records: members of the tenant clear, everybody else masked."""
    return Audience.CLEAR if role_in(user, tenant) is not None else Audience.MASKED


def stream_of(row: Integration) -> WatchedStream:
    """Return the stream of an integration that is there to be watched."""
    spec, connection = from_dict(row.spec), row.connection
    if connection is None:
        raise ValueError(f"{row} has no connection, so there is nothing to watch")
    health = getattr(row, "health", None)
    last = health.numbers.get("last_record_at") if health else None
    return WatchedStream(
        integration_id=row.pk,
        uid=row.uid,
        name=row.name,
        tenant_slug=row.tenant.slug,
        tenant_name=row.tenant.name,
        connection_id=connection.pk,
        account_id=connection.account_id,
        stream_name=spec.stream.name,
        region=spec.stream.region,
        is_on_demand=spec.stream.mode == "ON_DEMAND",
        shards=spec.stream.shards or ON_DEMAND_SHARDS,
        retention_hours=spec.stream.retention_hours,
        has_shard_metrics=spec.stream.shard_level_metrics,
        deliveries=tuple(WatchedDelivery.of(delivery) for delivery in spec.deliveries),
        live_since=row.changed_at,
        credential_ready_since=_unused_since(row),
        last_record_at=datetime.fromisoformat(last) if last else None,
        connection_uid=connection.uid,
        allow_sampling=connection.allow_sampling,
        degraded=connection.report.get("what", "") if connection.status is ConnectionState.DEGRADED else "",
        degraded_todo=connection.report.get("todo", ""),
        drift_count=row.drift_count,
        uses_fips=wants_fips(row.spec),
    )


def _with_details(rows: QuerySet[Integration]) -> QuerySet[Integration]:
    usable = Credential.objects.filter(state__in=[CredentialState.READY, CredentialState.IN_USE])
    return rows.select_related("health").prefetch_related(
        Prefetch("credentials", usable.order_by("ready_at"), to_attr="usable_credentials")
    )


def _unused_since(row: Integration) -> datetime | None:
    usable: list[Credential] = getattr(row, "usable_credentials", [])
    if any(credential.state == CredentialState.IN_USE for credential in usable):
        return None
    return usable[0].ready_at if usable else None
