"""Requested checks on their way from a page to a worker and back: rows are the work, messages are hints.

1. Request: a row, and a message that names it. The same request again changes nothing while it is open.
2. Claim: one UPDATE that succeeds for one worker only.
3. Keep: every write of a worker names its claim, so one whose check was requested anew meanwhile writes nothing.
4. Send again: `onboarding.sweep_checks` sends a new message for what no worker has claimed, or whose worker has ended.

Nothing here calls AWS, and no page does: a worker does what is requested.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from onboarding.models.connection_check import ConnectionCheck
from onboarding.models.consumer_check import ConsumerCheck
from onboarding.models.diagnosis import Diagnosis
from onboarding.models.key_events_check import KeyEventsCheck
from onboarding.models.requested_check import CHECK_EXPIRES, OPEN, RequestedCheck
from onboarding.models.resource_check import ResourceCheck
from onboarding.models.stream_trail import StreamTrail
from portal import live
from portal.celery import app
from portal.messages.errors import MessageError
from portal.messages.message import Message
from portal.tenancy.models import Tenant

log = logging.getLogger(__name__)

CHECK_CONNECTION, CHECK_RESOURCE = "onboarding.check_connection", "onboarding.check_resource"
DIAGNOSE, READ_KEY_EVENTS = "monitoring.diagnose", "onboarding.read_key_events"
CHECK_CONSUMERS = "onboarding.check_consumers"
READ_STREAM_TRAIL = "onboarding.read_stream_trail"
TASKS: dict[type[RequestedCheck], str] = {
    ConnectionCheck: CHECK_CONNECTION,
    ResourceCheck: CHECK_RESOURCE,
    Diagnosis: DIAGNOSE,
    KeyEventsCheck: READ_KEY_EVENTS,
    ConsumerCheck: CHECK_CONSUMERS,
    StreamTrail: READ_STREAM_TRAIL,
}
CLAIM_HOLDS = timedelta(seconds=100)  # longer than the task may take, so its worker has ended
SENT_AGAIN_AFTER = timedelta(seconds=5)
SENT_AGAIN_EXPIRES_SECONDS = 60
UNCLAIMED = Q(claimed_at__isnull=True) | Q(claimed_at__lt=Now() - CLAIM_HOLDS)

C = TypeVar("C", bound=RequestedCheck)


def request(
    kind_of: type[C], *, of: dict[str, Any], inputs: dict[str, Any], actor: str, progress: Message, **details: Any
) -> C:
    """Request a check and return its row; the open one, where just this is requested already.

    `of` names the row, `inputs` is what the answer belongs to: another one replaces what was requested before.
    """
    values = {
        "requested_by": actor,
        "requested_at": Now(),
        "claimed_at": None,
        "progress": progress,
        "problem": None,
        "finished_at": None,
        **inputs,
        **details,
    }
    check, is_new = kind_of._default_manager.get_or_create(**of, defaults=values)
    rows = kind_of._default_manager.filter(pk=check.pk)
    if is_new or rows.exclude(OPEN & Q(**inputs)).update(**values):
        transaction.on_commit(partial(_send, TASKS[kind_of], check.pk), robust=True)
    return rows.get()


def claim(kind_of: type[C], check_id: int) -> C | None:
    """Claim an open check that no worker holds and return it; None where there is nothing to do."""
    rows = kind_of._default_manager.filter(pk=check_id)
    if not rows.filter(OPEN, UNCLAIMED).update(claimed_at=Now()):
        return None
    return rows.exclude(claimed_at=None).first()


def keep(check: RequestedCheck, **values: Any) -> None:
    """Write how far a check is, unless it was requested anew or another worker has claimed it."""
    rows = type(check)._default_manager.filter(pk=check.pk)
    rows.filter(requested_at=check.requested_at, claimed_at=check.claimed_at).update(**values)


def problem_of(check: RequestedCheck) -> Message | None:
    """Return why a check that is not open could not be done, or None: it was prevented, or no worker did it in time."""
    return check.problem or (None if check.finished_at else Message("check.not_started"))


def is_held_up(check: RequestedCheck | None) -> bool:
    """Return whether a check cannot begin now because the broker does not answer; takes two seconds at most."""
    return check is not None and check.claimed_at is None and live.is_away(settings.CELERY_BROKER_URL)


@contextmanager
def finishing(check: RequestedCheck, tenant: Tenant) -> Iterator[None]:
    """Finish a check when its work ends, and have pages load its answer; a ValidationError becomes its problem."""
    problem = None
    try:
        yield
    except ValidationError as refused:
        problem = _message_of(refused)
    except Exception:  # whatever ended it, the page that waits must be able to say so
        _finish(check, tenant, Message("check.not_finished"))
        raise
    _finish(check, tenant, problem)


def send_again() -> None:
    """Send another message for every open check that no worker has claimed, or whose worker has ended."""
    for kind_of, task in TASKS.items():
        rows = kind_of._default_manager.filter(OPEN, UNCLAIMED, requested_at__lt=Now() - SENT_AGAIN_AFTER)
        for check_id in rows.values_list("pk", flat=True):
            app.send_task(task, kwargs={"check_id": check_id}, expires=SENT_AGAIN_EXPIRES_SECONDS)


def _finish(check: RequestedCheck, tenant: Tenant, problem: Message | None) -> None:
    keep(check, problem=problem, finished_at=Now())
    live.publish(f"tenant:{tenant.slug}", "changed")


def _send(task: str, check_id: int) -> None:
    try:
        app.send_task(task, kwargs={"check_id": check_id}, retry=False, expires=CHECK_EXPIRES.total_seconds())
    except OperationalError:
        log.warning("check.hint_lost task=%s check=%s; the sweep will find it", task, check_id)


def _message_of(refused: ValidationError) -> Message:
    errors = refused.error_dict.values() if hasattr(refused, "error_dict") else [refused.error_list]
    found = next((error for group in errors for error in group if isinstance(error, MessageError)), None)
    return found.source if found else Message("check.not_started")
