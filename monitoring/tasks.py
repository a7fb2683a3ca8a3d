"""The Celery tasks of monitoring: the schedule, and one collection for each connection and Region."""

import logging

from django.utils import timezone
from kombu.exceptions import OperationalError
from redis import RedisError

from monitoring.alerts import check, escalation
from monitoring.collection import collector, failure_reading, range_reading, reader_reading
from monitoring.collection.publication import publish_failures, publish_readers
from monitoring.diagnosis import requests as diagnosis_requests
from monitoring.failed_deliveries import stored as failures
from monitoring.field_catalogue import notices as field_notices
from monitoring.field_catalogue import stored as field_catalogue
from monitoring.history import reading as history_reading
from monitoring.history import store as history_store
from monitoring.read_audit import retention
from monitoring.reports import making
from monitoring.time_ranges import store
from monitoring.time_ranges.time_range import TimeRange
from monitoring.watched_streams import WatchedStream, watched_stream, watched_streams
from onboarding.models.connection import Connection
from onboarding.models.diagnosis import Diagnosis
from onboarding.models.integration import Integration
from portal import database_scope, live
from portal.celery import app
from portal.messages.message import Message
from portal.tenancy.models import Tenant

log = logging.getLogger(__name__)

_EXPIRES_SECONDS = 55
_ESCALATION_EXPIRES_SECONDS = 15
_REQUEST_AGAIN_SECONDS = 20
_NEXT_TURN_SECONDS = 1


@app.task(name="monitoring.collect_metrics", expires=_EXPIRES_SECONDS)
def collect_metrics() -> None:
    """Request one collection for each connection and Region that has streams."""
    with database_scope.every_tenant("the schedule covers every stream"):
        due = due_collections()
    for arguments in due:
        collect_connection.apply_async(kwargs=arguments, expires=_EXPIRES_SECONDS)


@app.task(name="monitoring.collect_connection", expires=_EXPIRES_SECONDS)
def collect_connection(*, connection_id: int, region: str) -> None:
    """Collect the metrics of one connection's streams in one Region, and assess the streams."""
    with database_scope.of_row(Connection.objects.filter(pk=connection_id)):
        collector.collect(connection_id=connection_id, region=region, now=timezone.now(), only_due=True)
        watched = reader_reading.to_read(connection_id=connection_id, region=region, now=timezone.now())
        failing = failure_reading.to_read(connection_id=connection_id, region=region)
    for integration_id in watched:
        read_readers.apply_async(kwargs={"integration_id": integration_id}, expires=_EXPIRES_SECONDS)
    for integration_id in failing:
        read_failures.apply_async(kwargs={"integration_id": integration_id}, expires=_EXPIRES_SECONDS)


@app.task(name="monitoring.read_readers", expires=_EXPIRES_SECONDS)
def read_readers(*, integration_id: int) -> None:
    """List who reads a stream that someone watches, with their lag."""
    with database_scope.of_row(Integration.objects.filter(pk=integration_id)):
        row = Integration.objects.filter(pk=integration_id).first()
        stream = watched_stream(row.uid) if row else None
        if stream is not None and reader_reading.read(stream, now=timezone.now()):
            publish_readers(stream)


@app.task(name="monitoring.read_failures", expires=_EXPIRES_SECONDS)
def read_failures(*, integration_id: int) -> None:
    """Read what Firehose could not deliver of a stream that someone watches."""
    with database_scope.of_row(Integration.objects.filter(pk=integration_id)):
        row = Integration.objects.filter(pk=integration_id).first()
        stream = watched_stream(row.uid) if row else None
        if stream is not None and failure_reading.read(stream, now=timezone.now()):
            publish_failures(stream)


def request_failures(stream: WatchedStream) -> None:
    """Request that error files are read, because someone opened the page; at most twice a minute."""
    try:
        if failures.is_first_request(stream.uid):
            arguments = {"integration_id": stream.integration_id}
            read_failures.apply_async(kwargs=arguments, expires=_EXPIRES_SECONDS, retry=False)
    except (OperationalError, RedisError):
        log.warning("failures.hint_lost stream=%s", stream.uid)


@app.task(name="monitoring.check_alerts", expires=_EXPIRES_SECONDS)
def check_alerts() -> None:
    """Request a check of each tenant's alerts, each in a task of its own: none waits for another's."""
    with database_scope.every_tenant("the schedule checks the alerts of all tenants"):
        tenants = list(Tenant.objects.order_by("pk").values_list("pk", flat=True))
    for tenant_id in tenants:
        check_alerts_of_tenant.apply_async(kwargs={"tenant_id": tenant_id}, expires=_EXPIRES_SECONDS)


@app.task(name="monitoring.check_alerts_of_tenant", expires=_EXPIRES_SECONDS)
def check_alerts_of_tenant(*, tenant_id: int) -> None:
    """Check a tenant's alerts: connections, keys, and mutes that ended."""
    with database_scope.of_tenant(tenant_id):
        tenant = Tenant.objects.filter(pk=tenant_id).first()
        if tenant is not None:
            check.check_tenant(tenant, now=timezone.now())


@app.task(name="monitoring.escalate_alerts", expires=_ESCALATION_EXPIRES_SECONDS)
def escalate_alerts() -> None:
    """Notify once more of what no one acknowledged; tenants without such an alert cost nothing."""
    with database_scope.every_tenant("the schedule escalates the alerts of all tenants"):
        found = Tenant.objects.filter(alerts__in=escalation.due(now=timezone.now()))
        tenants = list(found.distinct().order_by("pk"))
    for tenant in tenants:
        with database_scope.of_tenant(tenant.pk):
            escalation.escalate_due(tenant, now=timezone.now())


@app.task(name="monitoring.notify_of_fields", expires=_EXPIRES_SECONDS)
def notify_of_fields() -> None:
    """Notify of fields that appeared or vanished; tenants without such a change cost nothing."""
    with database_scope.every_tenant("the schedule notifies the people of all tenants"):
        tenants = field_notices.waiting(now=timezone.now())
    for tenant_id in tenants:
        with database_scope.of_tenant(tenant_id):
            field_notices.notify(tenant_id, now=timezone.now())


@app.task(name="monitoring.make_reports", expires=_EXPIRES_SECONDS)
def make_reports() -> None:
    """Request the monthly report of each tenant, each in a task of its own."""
    with database_scope.every_tenant("the schedule makes the reports of all tenants"):
        tenants = list(Tenant.objects.order_by("pk").values_list("pk", flat=True))
    for tenant_id in tenants:
        make_report_of_tenant.apply_async(kwargs={"tenant_id": tenant_id}, expires=_EXPIRES_SECONDS)


@app.task(name="monitoring.make_report_of_tenant", expires=_EXPIRES_SECONDS)
def make_report_of_tenant(*, tenant_id: int) -> None:
    """Make a tenant's report of the last month, if it is due and someone receives it."""
    with database_scope.of_tenant(tenant_id):
        tenant = Tenant.objects.filter(pk=tenant_id).first()
        if tenant is not None:
            making.make_due(tenant, now=timezone.now())


@app.task(name="monitoring.show_connection", expires=_EXPIRES_SECONDS)
def show_connection(*, connection_id: int) -> None:
    """Show a changed state of a connection on its streams: a degraded one at once, the others by a collection."""
    with database_scope.of_row(Connection.objects.filter(pk=connection_id)):
        check.check_connection(connection_id, now=timezone.now())
        if collector.show_connection(connection_id=connection_id, now=timezone.now()):
            return
        due = due_collections(connection_id)
    for arguments in due:
        collect_connection.apply_async(kwargs=arguments, expires=_EXPIRES_SECONDS)


def request_showing(connection_id: int) -> None:
    """Request that a changed state of a connection is shown; without a broker the next collection serves it."""
    try:
        show_connection.apply_async(kwargs={"connection_id": connection_id}, expires=_EXPIRES_SECONDS, retry=False)
    except OperationalError:
        log.warning("collect.hint_lost connection=%s", connection_id)


def due_collections(connection_id: int | None = None) -> list[dict[str, object]]:
    """Return the arguments of each collection that one run of the schedule requests: all, or one connection's."""
    streams = watched_streams(connection_id=connection_id)
    pairs = sorted({(stream.connection_id, stream.region) for stream in streams})
    return [{"connection_id": connection, "region": region} for connection, region in pairs]


@app.task(name="monitoring.read_range", expires=_EXPIRES_SECONDS)
def read_range(*, integration_id: int, range_id: str) -> None:
    """Read the metrics of one stream, and of some of its shards, in a time range that someone chose."""
    with database_scope.of_row(Integration.objects.filter(pk=integration_id)):
        row = Integration.objects.filter(pk=integration_id).first()
        stream = watched_stream(row.uid) if row else None
        if stream is not None:
            range_reading.read(stream, *store.of_name(range_id), now=timezone.now())


def request_range(stream: WatchedStream, time_range: TimeRange, shards: tuple[str, ...] = ()) -> Message | None:
    """Request that a time range is read, once a minute however many look; return why it cannot be."""
    try:
        if store.is_first_request(stream.uid, time_range, shards):
            arguments = {"integration_id": stream.integration_id, "range_id": store.name_of(time_range, shards)}
            read_range.apply_async(kwargs=arguments, expires=_EXPIRES_SECONDS, retry=False)
    except store.TooMany:
        return Message("range.too_many", most=store.MOST_AN_HOUR)
    except (OperationalError, RedisError):
        return Message("range.no_redis")
    return None


@app.task(name="monitoring.read_history", expires=_EXPIRES_SECONDS)
def read_history(*, integration_id: int, page_id: str) -> None:
    """Read a turn of a page of records that someone requested, and request the next turn if it is not complete."""
    with database_scope.of_row(Integration.objects.filter(pk=integration_id)):
        goes_on = history_reading.read_turn(page_id)
    if goes_on:
        arguments = {"integration_id": integration_id, "page_id": page_id}
        read_history.apply_async(kwargs=arguments, expires=_EXPIRES_SECONDS, countdown=_NEXT_TURN_SECONDS)


def request_history(integration_id: int, page_id: str) -> None:
    """Have a worker read a requested page, once in ten seconds however often it is asked for; raises RedisError."""
    if not history_store.may_send(page_id):
        return
    try:
        arguments = {"integration_id": integration_id, "page_id": page_id}
        read_history.apply_async(kwargs=arguments, expires=_EXPIRES_SECONDS, retry=False)
    except OperationalError:
        log.warning("history.hint_lost page=%s", page_id)  # the page that waits requests it again


def request_collection_of(stream: WatchedStream) -> None:
    """Request a collection now, because someone opened a page; without a broker the next scheduled one serves it.

    However many open the page, one is requested in 20 seconds.
    """
    try:
        if not live.connect().set(f"collection_requested:{stream.uid}", "1", nx=True, ex=_REQUEST_AGAIN_SECONDS):
            return
        arguments = {"connection_id": stream.connection_id, "region": stream.region}
        collect_connection.apply_async(kwargs=arguments, expires=_EXPIRES_SECONDS, retry=False)
    except (OperationalError, RedisError):
        log.warning("collect.hint_lost connection=%s", stream.connection_id)


@app.task(name="monitoring.delete_old_reads", expires=3600)
def delete_old_reads() -> None:
    """Delete what the audit of reads and the field catalogue no longer keep."""
    with database_scope.every_tenant("old rows of all tenants are deleted"):
        retention.delete_old()
        field_catalogue.delete_old()


@app.task(name="monitoring.diagnose", expires=300)
def diagnose(*, check_id: int) -> None:
    """Do a diagnosis that someone requested."""
    with database_scope.of_row(Diagnosis.objects.filter(pk=check_id), "integration__tenant_id"):
        diagnosis_requests.perform(check_id)
