"""Celery's part: wake-up calls that carry ids, and the sweep that makes certain what the calls make quick."""

import logging

from celery.signals import worker_init

from onboarding.connections import external_ids, verification
from onboarding.integrations import drift, hints, orphaned_keys
from onboarding.integrations.context_factory import open_run
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.states import IntegrationState
from onboarding.provisioning import claims, engine
from portal.celery import app
from portal.openpgp.homes import remove_stale

log = logging.getLogger(__name__)


@app.task(name="onboarding.advance_run")
def advance_run(*, run_id: int) -> None:
    """Take a run as far as it goes now, and call again when it is due."""
    due_at = engine.advance(run_id, open_run)
    if due_at is not None:
        hints.hint(run_id, due_at)
    else:
        drift.after_run(run_id)


@app.task(name="onboarding.sweep_runs", expires=30)
def sweep_runs() -> None:
    """Wake every run that is due and that no one holds: this replaces every lost message."""
    for run_id in claims.due():
        advance_run.apply_async(kwargs={"run_id": run_id}, expires=60)


@app.task(name="onboarding.sweep_orphaned_keys", expires=120)
def sweep_orphaned_keys() -> None:
    """Delete users and keys of attempts that no run continues."""
    orphaned_keys.remove_orphaned_keys()


@worker_init.connect
def clear_up(**_: object) -> None:
    """Remove what a worker that was killed could not: its sealing processes' working directories."""
    if removed := remove_stale():
        log.info("worker.stale_homes_removed count=%s", removed)


@app.task(name="onboarding.recheck_connections", expires=300)
def recheck_connections() -> None:
    """Ask for every verified and degraded connection to be tried again, each in a task of its own."""
    for connection_id in verification.watched_connections():
        recheck_connection.apply_async(kwargs={"connection_id": connection_id}, expires=300)


@app.task(name="onboarding.recheck_connection", expires=300)
def recheck_connection(*, connection_id: int) -> None:
    """Verify one connection's role again; a change becomes its state, with its message."""
    connection = Connection.objects.select_related("tenant").filter(pk=connection_id).first()
    if connection is not None:
        verification.recheck_connection(connection=connection)


@app.task(name="onboarding.expire_external_ids", expires=60)
def expire_external_ids() -> None:
    """Replace the external IDs that were not used in time."""
    external_ids.expire_external_ids()


@app.task(name="onboarding.check_drift", expires=300)
def check_drift() -> None:
    """Ask for every live integration to be compared with what was asked for, each in a task of its own."""
    for integration_id in drift.scheduled_integrations():
        check_integration_drift.apply_async(kwargs={"integration_id": integration_id}, expires=3600)


@app.task(name="onboarding.check_integration_drift", expires=3600)
def check_integration_drift(*, integration_id: int) -> None:
    """Compare one integration with what was asked for, and keep what differs."""
    rows = Integration.objects.select_related("tenant", "connection")
    integration = rows.filter(pk=integration_id, state=IntegrationState.LIVE).first()
    if integration is not None:
        drift.check(integration)
