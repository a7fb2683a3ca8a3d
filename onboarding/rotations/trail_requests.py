"""Someone asks for CloudTrail to be read again for a compromised key: events appear up to 15 minutes late.

A row is the request and a worker reads, two calls at most for each (decision 42).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models.functions import Now

from onboarding import check_queue
from onboarding.models.key_events_check import KeyEventsCheck
from onboarding.models.requested_check import OPEN, OPEN_NOW
from onboarding.models.revocation import Revocation
from onboarding.rotations import trail
from onboarding.row_locks import lock_integration
from onboarding.service_guards import Actor, may_act
from portal import deadlocks
from portal.messages.errors import validation_error
from portal.messages.message import Message

# AWS allows two calls a second for an account and Region, for all that read CloudTrail there.
EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class KeyCall:
    """An event of the key as it is shown: when, what was called, from where, and AWS's error code if any."""

    at: datetime
    call: str
    source_address: str
    error_code: str


@dataclass(frozen=True, slots=True)
class EventsState:
    """What was read, newest first; `requested_at` while it is read again; why the last attempt failed, and when."""

    events: tuple[KeyCall, ...]
    requested_at: datetime | None
    requested_by: str
    problem: Message | None
    failed_at: datetime | None
    may_request: bool


@deadlocks.atomic
def request(*, revocation: Revocation, actor: Actor) -> None:
    """Request that the events of a compromised key are read; one that is under way stays the only one.

    Raises ValidationError where the client does not allow it, or less than a minute after the last request.
    """
    integration = lock_integration(revocation.integration_id)
    may_act(integration.tenant)
    if integration.connection is None or not integration.connection.allow_trail:
        raise validation_error(Message("revocation.trail_not_allowed"))
    rows = KeyEventsCheck.objects.filter(revocation=revocation)
    if rows.filter(OPEN).exists():
        return
    if rows.filter(requested_at__gt=Now() - EVERY).exists():
        raise validation_error(Message("key_trail.requested"))
    waiting = Message("check.waiting")
    check_queue.request(KeyEventsCheck, of={"revocation": revocation}, inputs={}, actor=str(actor), progress=waiting)


def perform(check_id: int) -> None:
    """Read the events that someone requested, as a worker; nothing where another worker does it, or too late."""
    check = check_queue.claim(KeyEventsCheck, check_id)
    if check is None:
        return
    with check_queue.finishing(check, check.revocation.integration.tenant):
        trail.read_again(check.revocation)


def state_of(revocation: Revocation) -> EventsState:
    """Return how far reading the events of a compromised key is."""
    connection = revocation.integration.connection
    may_request = connection is not None and connection.allow_trail
    check = KeyEventsCheck.objects.filter(revocation=revocation).annotate(open_now=OPEN_NOW).first()
    events = tuple(map(_call, revocation.events))
    if check is not None and check.is_open:
        return EventsState(events, check.requested_at, check.requested_by, None, None, False)
    problem, failed_at = revocation.events_problem, revocation.events_failed_at
    if check is not None and (later := check_queue.problem_of(check)):
        problem, failed_at = later, check.finished_at or check.requested_at
    read_at = revocation.events_read_at
    if failed_at and read_at and read_at > failed_at:
        problem, failed_at = None, None
    return EventsState(events, None, "", problem, failed_at, may_request)


def _call(event: dict[str, str]) -> KeyCall:
    service = event["service"].removesuffix(".amazonaws.com")
    at = datetime.fromisoformat(event["at"])
    return KeyCall(at, f"{service}:{event['operation']}", event["source_address"], event["error_code"])
