"""Celery's part: wake-up calls that carry ids, and the sweep that makes certain what the calls make quick."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from celery.signals import celeryd_after_setup, worker_init, worker_ready
from django.conf import settings
from django.db.models.functions import Now
from django.utils import timezone

from onboarding import check_queue, vendor_feed
from onboarding.account_state.connection_status import connection_status
from onboarding.connections import external_ids, requested_checks, verification
from onboarding.credentials import expiring_keys
from onboarding.credentials.sealing_server_client import SERVER
from onboarding.integrations import (
    consumer_checks,
    drift,
    hints,
    key_trail,
    key_use,
    orphaned_keys,
    producer_moves,
    runs,
    stream_trail,
)
from onboarding.integrations.context_factory import open_run
from onboarding.models.connection import Connection
from onboarding.models.connection_check import ConnectionCheck
from onboarding.models.consumer_check import ConsumerCheck
from onboarding.models.integration import Integration
from onboarding.models.key_events_check import KeyEventsCheck
from onboarding.models.resource_check import ResourceCheck
from onboarding.models.revocation import Revocation
from onboarding.models.rotation import Rotation
from onboarding.models.states import IntegrationState
from onboarding.models.stream_trail import StreamTrail
from onboarding.models.thing import DeviceWork
from onboarding.provisioning import claims, engine, fair_share, working_turns
from onboarding.provisioning.claims import Claim
from onboarding.rotations import advance, schedule, trail_requests, wakeups
from onboarding.self_managed import stream_health
from onboarding.things import advance as things
from onboarding.things import wakeups as thing_wakeups
from onboarding.wizard import requested_checks as wizard_checks
from portal import database_scope
from portal.celery import app, share_seconds
from portal.database_clock import DatabaseClock
from portal.due_shares import due_share
from portal.lanes import PROVISIONING
from portal.openpgp.homes import remove_stale

log = logging.getLogger(__name__)

_CHECKS: dict[ResourceCheck.Kind, Callable[[ResourceCheck], None]] = {
    ResourceCheck.Kind.STREAM: wizard_checks.check_stream,
    ResourceCheck.Kind.BUCKET: wizard_checks.check_bucket,
    ResourceCheck.Kind.MONITORING: stream_health.perform,
}


# Longer than other tasks have: a turn may end with the creation of a key, or hold one until it is proved.
@app.task(name="onboarding.advance_run", soft_time_limit=90, time_limit=140)
def advance_run(*, run_id: int) -> None:
    """Take the run whose turn it is, usually this one, as far as it goes now, and call again when it is due."""
    with working_turns.working():
        _advance(run_id)


def _advance(run_id: int) -> None:
    with database_scope.every_tenant("whose turn it is depends on the runs of all"):
        claim = fair_share.acquire(run_id)
    if claim is None:
        return
    with database_scope.of_tenant(claim.tenant_id):
        _carry_on(claim)
    # A tenant at its limit let messages pass without effect; one for each end of a turn makes up for them.
    with database_scope.every_tenant("whose turn it is depends on the runs of all"):
        if waiting := fair_share.passed_run():
            hints.hint(waiting, seconds=0)


def _carry_on(claim: Claim) -> None:
    due_at = engine.carry_on(claim, open_run)
    if due_at is None:
        _wake_rotation_of(claim.run_id)
    if due_at is not None:
        hints.hint(claim.run_id, seconds=(due_at - claim.clock.now()).total_seconds())
    else:
        drift.after_run(claim.run_id)
        producer_moves.after_run(claim.run_id)


def _wake_rotation_of(run_id: int) -> None:
    rows = advance.open_rotations().filter(run=run_id)
    rows.update(due_at=Now())
    for rotation_id in rows.values_list("pk", flat=True):
        wakeups.send(wakeups.ROTATION, rotation_id=rotation_id)


@app.task(name="onboarding.advance_rotation", expires=60)
def advance_rotation(*, rotation_id: int) -> None:
    """Advance a rotation by one stage, and call again when it is due."""
    with database_scope.of_row(Rotation.objects.filter(pk=rotation_id), "integration__tenant_id"):
        _call_again(wakeups.ROTATION, advance.advance_rotation(rotation_id), rotation_id=rotation_id)


@app.task(name="onboarding.advance_revocation", expires=60)
def advance_revocation(*, revocation_id: int) -> None:
    """Advance a revocation by one stage, and call again when it is due."""
    with database_scope.of_row(Revocation.objects.filter(pk=revocation_id), "integration__tenant_id"):
        _call_again(wakeups.REVOCATION, advance.advance_revocation(revocation_id), revocation_id=revocation_id)


def _call_again(task: str, due_at: datetime | None, **ids: int) -> None:
    if due_at is not None:
        left = (due_at - DatabaseClock().now()).total_seconds()
        if left <= hints.LONGEST_COUNTDOWN:
            wakeups.send(task, seconds=left, **ids)


@app.task(name="onboarding.advance_things", expires=60)
def advance_things(*, work_id: int) -> None:
    """Advance the things of an integration by one turn, and call again when they are due."""
    with database_scope.of_row(DeviceWork.objects.filter(pk=work_id), "integration__tenant_id"):
        _call_again(thing_wakeups.TASK, things.advance(work_id), work_id=work_id)


@app.task(name="onboarding.sweep_things", expires=30)
def sweep_things() -> None:
    """Wake the things of every integration that are due and that no one holds."""
    with database_scope.every_tenant("the sweep finds every integration whose things are due"):
        due = advance.due(things.open_work())
    for work_id in due:
        advance_things.apply_async(kwargs={"work_id": work_id}, expires=60)


@app.task(name="onboarding.sweep_rotations", expires=30)
def sweep_rotations() -> None:
    """Wake every rotation and revocation that is due and that no one holds."""
    with database_scope.every_tenant("the sweep finds every rotation that is due"):
        rotations, revocations = advance.due(advance.open_rotations()), advance.due(advance.open_revocations())
    for rotation_id in rotations:
        advance_rotation.apply_async(kwargs={"rotation_id": rotation_id}, expires=60)
    for revocation_id in revocations:
        advance_revocation.apply_async(kwargs={"revocation_id": revocation_id}, expires=60)


@app.task(name="onboarding.rotate_old_keys", expires=600)
def rotate_old_keys() -> None:
    """Rotate access keys that are old, where that is automatic; remind of the others."""
    schedule.apply_to_all()


@app.task(name="onboarding.sweep_runs", expires=30)
def sweep_runs() -> None:
    """Wake every run that is due and that no one holds: this replaces every lost message."""
    with database_scope.every_tenant("the sweep finds every run that is due"):
        due = claims.due()
    for run_id in due:
        advance_run.apply_async(kwargs={"run_id": run_id}, expires=60)


@app.task(name="onboarding.sweep_orphaned_keys", expires=120)
def sweep_orphaned_keys() -> None:
    """Delete users and keys of attempts that no run continues."""
    orphaned_keys.remove_orphaned_keys()


@app.task(name="onboarding.finish_producer_moves", expires=120)
def finish_producer_moves() -> None:
    """Remove producers that the vendor no longer uses, where the vendor's report could not start that."""
    with database_scope.every_tenant("the sweep finds every integration that has another producer now"):
        moving = producer_moves.moving()
    for integration_id in moving:
        rows = Integration.objects.filter(pk=integration_id)
        with database_scope.of_row(rows):
            for integration in rows.select_related("tenant", "connection"):
                producer_moves.finish(integration, actor=producer_moves.SWEEPER)


@worker_init.connect
def clear_up(**_: object) -> None:
    """Remove what a worker that was killed could not: its sealing processes' working directories."""
    if removed := remove_stale():
        log.info("worker.stale_homes_removed count=%s", removed)


@celeryd_after_setup.connect
def note_threads(instance: Any, **_: object) -> None:
    """Note how many threads the worker has, before it starts them."""
    fair_share.MACHINE.threads = int(instance.concurrency)


@worker_ready.connect
def preload_encryption(**_: object) -> None:
    """Start the process that forks the encrypting ones, in a worker that carries runs out."""
    amqp: Any = app.amqp  # the types of Celery do not know its queues
    if PROVISIONING in amqp.queues.consume_from:
        SERVER.start()


@app.task(name="onboarding.recheck_connections", expires=300)
def recheck_connections() -> None:
    """Ask for a share of the verified and degraded connections to be tried again, each in a task of its own."""
    interval = settings.SLUICE_RECHECK_SECONDS
    with database_scope.every_tenant("the schedule covers every connection"):
        due = due_share(verification.watched_connections(), "checked_at", interval=interval, now=timezone.now())
    for connection_id in due:
        recheck_connection.apply_async(kwargs={"connection_id": connection_id}, expires=share_seconds(interval))


@app.task(name="onboarding.recheck_connection", expires=300)
def recheck_connection(*, connection_id: int) -> None:
    """Verify one connection's role again; a change becomes its state, with its message."""
    rows = Connection.objects.filter(pk=connection_id)
    with database_scope.of_row(rows):
        connection = rows.select_related("tenant").first()
        if connection is not None:
            verification.recheck_connection(connection=connection)


@app.task(name="onboarding.check_connection", expires=300)
def check_connection(*, check_id: int) -> None:
    """Do a check of a connection's role that someone requested, and resume the run that waits for it."""
    with database_scope.of_row(ConnectionCheck.objects.filter(pk=check_id), "connection__tenant_id"):
        check = requested_checks.perform(check_id)
        if check is not None and check.run is not None and connection_status(check.connection).is_verified:
            runs.retry_run(run=check.run, actor=check.requested_by)


@app.task(name="onboarding.check_resource", expires=300)
def check_resource(*, check_id: int) -> None:
    """Do a check of an existing resource that someone requested."""
    with database_scope.of_row(ResourceCheck.objects.filter(pk=check_id), "integration__tenant_id"):
        check = check_queue.claim(ResourceCheck, check_id)
        if check is not None:
            _CHECKS[ResourceCheck.Kind(check.kind)](check)


@app.task(name="onboarding.read_key_events", expires=300)
def read_key_events(*, check_id: int) -> None:
    """Read what CloudTrail recorded of a compromised key, which someone requested."""
    with database_scope.of_row(KeyEventsCheck.objects.filter(pk=check_id), "revocation__integration__tenant_id"):
        trail_requests.perform(check_id)


@app.task(name="onboarding.check_consumers", expires=300)
def check_consumers(*, check_id: int) -> None:
    """Read the roles of an integration's consumers, which someone requested."""
    with database_scope.of_row(ConsumerCheck.objects.filter(pk=check_id), "integration__tenant_id"):
        consumer_checks.perform(check_id)


@app.task(name="onboarding.read_stream_trail", expires=300)
def read_stream_trail(*, check_id: int) -> None:
    """Read what CloudTrail recorded of a stream, which someone requested."""
    with database_scope.of_row(StreamTrail.objects.filter(pk=check_id), "integration__tenant_id"):
        stream_trail.perform(check_id)


@app.task(name="onboarding.sweep_checks", expires=30)
def sweep_checks() -> None:
    """Send again every requested check that no worker holds: this replaces every lost message."""
    with database_scope.every_tenant("the sweep finds every check that no worker holds"):
        check_queue.send_again()


@app.task(name="onboarding.expire_external_ids", expires=60)
def expire_external_ids() -> None:
    """Replace the external IDs that were not used in time."""
    external_ids.expire_external_ids()


@app.task(name="onboarding.notify_of_expiring_keys", expires=600)
def notify_of_expiring_keys() -> None:
    """Notify admins of OpenPGP keys that expire soon."""
    with database_scope.every_tenant("the schedule finds every key that expires"):
        expiring_keys.notify_of_expiring_keys()


@app.task(name="onboarding.delete_old_vendor_events", expires=3600)
def delete_old_vendor_events() -> None:
    """Delete events of the vendor's feed that are older than they are kept."""
    with database_scope.every_tenant("old events of all tenants are deleted"):
        vendor_feed.delete_old()


@app.task(name="onboarding.check_drift", expires=300)
def check_drift() -> None:
    """Ask for a share of the live integrations to be compared with their specs, each in a task of its own."""
    interval = settings.SLUICE_DRIFT_SECONDS
    with database_scope.every_tenant("the schedule covers every integration"):
        due = due_share(drift.scheduled_integrations(), "drift_checked_at", interval=interval, now=timezone.now())
    for integration_id in due:
        check_integration_drift.apply_async(kwargs={"integration_id": integration_id}, expires=share_seconds(interval))


@app.task(name="onboarding.check_integration_drift", expires=3600)
def check_integration_drift(*, integration_id: int) -> None:
    """Compare one integration with what was asked for, and keep what differs."""
    rows = Integration.objects.filter(pk=integration_id, state=IntegrationState.LIVE)
    with database_scope.of_row(rows):
        integration = rows.select_related("tenant", "connection").first()
        if integration is not None:
            drift.check(integration)


@app.task(name="onboarding.check_keys_use", expires=300)
def check_keys_use() -> None:
    """Ask for the last use of a share of the access keys, each in a task of its own."""
    interval = settings.SLUICE_KEY_USE_SECONDS
    with database_scope.every_tenant("the schedule covers every access key"):
        due = due_share(key_use.watched_credentials(), "use_requested_at", interval=interval, now=timezone.now())
    for credential_id in due:
        check_key_use.apply_async(kwargs={"credential_id": credential_id}, expires=share_seconds(interval))


@app.task(name="onboarding.check_key_use", expires=300)
def check_key_use(*, credential_id: int) -> None:
    """Ask IAM when an access key was last used."""
    rows = key_use.watched_credentials().filter(pk=credential_id)
    with database_scope.of_row(rows, "integration__tenant_id"):
        credential = rows.select_related("integration__tenant", "integration__connection").first()
        if credential is not None:
            key_use.check(credential)


@app.task(name="onboarding.check_keys_trail", expires=300)
def check_keys_trail() -> None:
    """Ask CloudTrail of a share of the access keys whose clients allow it, each in a task of its own."""
    interval = settings.SLUICE_KEY_USE_SECONDS
    with database_scope.every_tenant("the schedule covers every access key"):
        due = due_share(key_trail.watched_credentials(), "trail_requested_at", interval=interval, now=timezone.now())
    for credential_id in due:
        check_key_trail.apply_async(kwargs={"credential_id": credential_id}, expires=share_seconds(interval))


@app.task(name="onboarding.check_key_trail", expires=300)
def check_key_trail(*, credential_id: int) -> None:
    """Ask CloudTrail from which addresses an access key was used."""
    rows = key_trail.watched_credentials().filter(pk=credential_id)
    with database_scope.of_row(rows, "integration__tenant_id"):
        credential = rows.select_related("integration__tenant", "integration__connection").first()
        if credential is not None:
            key_trail.check(credential)
