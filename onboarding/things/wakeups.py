"""Hints to Celery that the things of an integration are due; the sweep replaces every one that is lost."""

from django.db import transaction

from onboarding.rotations.wakeups import send

TASK = "onboarding.advance_things"


def wake(work_id: int) -> None:
    """Ask, once the transaction is committed, for the things of an integration to be advanced."""
    transaction.on_commit(lambda: send(TASK, work_id=work_id), robust=True)
