"""Hints to Celery that a rotation or a revocation is due; the sweep replaces every one that is lost."""

import logging

from django.db import transaction
from kombu.exceptions import OperationalError

from portal.celery import app

log = logging.getLogger(__name__)

ROTATION, REVOCATION = "onboarding.advance_rotation", "onboarding.advance_revocation"


def wake_rotation(rotation_id: int) -> None:
    """Ask, once the transaction is committed, for a rotation to be advanced."""
    transaction.on_commit(lambda: send(ROTATION, rotation_id=rotation_id), robust=True)


def wake_revocation(revocation_id: int) -> None:
    """Ask, once the transaction is committed, for a revocation to be advanced."""
    transaction.on_commit(lambda: send(REVOCATION, revocation_id=revocation_id), robust=True)


def send(task: str, *, seconds: float = 0, **ids: int) -> None:
    """Send a hint; a broker that is away costs one sweep."""
    try:
        app.send_task(task, kwargs=ids, countdown=max(0.0, seconds), retry=False)
    except OperationalError:
        log.warning("rotation.hint_lost task=%s; the sweep will find it", task)
