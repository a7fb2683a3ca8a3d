"""Hints to Celery: messages that carry ids and make quick what a sweep or the schedule makes certain.

The tasks are named, not imported: they call the services, and the services send these hints.
"""

import logging

from django.db import transaction
from kombu.exceptions import OperationalError

from portal.celery import app

log = logging.getLogger(__name__)

ADVANCE_RUN, CHECK_INTEGRATION = "onboarding.advance_run", "onboarding.check_integration_drift"
CHECK_KEY_TRAIL = "onboarding.check_key_trail"
LONGEST_COUNTDOWN = 50
CHECK_EXPIRES_SECONDS = 3600
TRAIL_EXPIRES_SECONDS = 300


def hint(run_id: int, *, seconds: float) -> None:
    """Ask for the run to be advanced in so many seconds, or leave it to the sweep when that is far off."""
    countdown = max(0.0, seconds)
    if countdown <= LONGEST_COUNTDOWN:
        app.send_task(ADVANCE_RUN, kwargs={"run_id": run_id}, countdown=countdown + 0.05)


def check_soon(integration_id: int) -> None:
    """Ask for one integration to be checked for drift; a broker that is away leaves it to the schedule."""
    try:
        app.send_task(
            CHECK_INTEGRATION, kwargs={"integration_id": integration_id}, retry=False, expires=CHECK_EXPIRES_SECONDS
        )
    except OperationalError:
        log.warning("drift.hint_lost integration=%s; the schedule will find it", integration_id)


def read_trail_soon(credential_id: int) -> None:
    """Ask for CloudTrail to be read for an access key; a broker that is away leaves it to the schedule."""
    try:
        app.send_task(
            CHECK_KEY_TRAIL, kwargs={"credential_id": credential_id}, retry=False, expires=TRAIL_EXPIRES_SECONDS
        )
    except OperationalError:
        log.warning("credential.trail_hint_lost credential=%s; the schedule will find it", credential_id)


def wake(run_id: int) -> None:
    """Ask, once the transaction is committed, for a run to be advanced; a broker that is away costs one sweep."""
    transaction.on_commit(lambda: _wake(run_id), robust=True)


def _wake(run_id: int) -> None:
    try:
        app.send_task(ADVANCE_RUN, kwargs={"run_id": run_id}, retry=False)
    except OperationalError:
        log.warning("run.hint_lost run=%s; the sweep will find it", run_id)
