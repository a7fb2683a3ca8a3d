"""Recent changes of a stream and denied calls about it: a worker reads CloudTrail when someone asks (decision 42).

The client allows it by the optional permission `trail`. A page never reads CloudTrail: it shows the last answer.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models.functions import Now

from onboarding import check_queue
from onboarding.connections.grant import lacks
from onboarding.connections.sessions import session_for
from onboarding.integrations.key_trail import ACTION, KEPT, MOST_PAGES, OVERLAP, pace_of
from onboarding.models.integration import Integration
from onboarding.models.requested_check import OPEN, OPEN_NOW
from onboarding.models.stream_trail import StreamTrail
from onboarding.provisioning.plan_factory import connected, plan_for
from onboarding.row_locks import lock_integration
from onboarding.service_guards import Actor, may_act
from onboarding.spec import integration_spec as specs
from onboarding.spec.endpoint import wants_fips
from portal import deadlocks
from portal.aws.call_deadline import DeadlinePassed
from portal.aws.errors import AwsFault
from portal.aws.policies.session_policies import SessionScope
from portal.aws.trail_stream import StreamEvent, StreamHistory, stream_history
from portal.database_clock import DatabaseClock
from portal.messages.errors import validation_error
from portal.messages.message import Message

EVERY = timedelta(minutes=1)
MOST_EVENTS = 200


@dataclass(frozen=True, slots=True)
class TrailState:
    """What is known, newest first, and how far a request is. `obstacle` is why CloudTrail cannot be read at all."""

    events: tuple[StreamEvent, ...]
    read_at: datetime | None
    covers_since: datetime | None
    requested_at: datetime | None
    requested_by: str
    problem: Message | None
    failed_at: datetime | None
    obstacle: Message | None


@deadlocks.atomic
def request(*, integration: Integration, actor: Actor) -> None:
    """Request that CloudTrail is read; a request that is under way stays the only one.

    Raises ValidationError where that is not allowed, or less than a minute after the last request.
    """
    locked = lock_integration(integration.pk)
    may_act(locked.tenant)
    if why := obstacle_of(locked):
        raise validation_error(why)
    rows = StreamTrail.objects.filter(integration=locked)
    if rows.filter(OPEN).exists():
        return
    if rows.filter(requested_at__gt=Now() - EVERY).exists():
        raise validation_error(Message("key_trail.requested"))
    waiting = Message("check.waiting")
    check_queue.request(StreamTrail, of={"integration": locked}, inputs={}, actor=str(actor), progress=waiting)


def perform(check_id: int) -> None:
    """Read CloudTrail, as a worker; nothing where another worker does it, or too late."""
    check = check_queue.claim(StreamTrail, check_id)
    if check is None:
        return
    with check_queue.finishing(check, check.integration.tenant):
        _read(check)


def state_of(integration: Integration) -> TrailState:
    """Return what is known of a stream, and how far reading is."""
    check = StreamTrail.objects.filter(integration=integration).annotate(open_now=OPEN_NOW).first()
    why = obstacle_of(integration)
    if check is None:
        return TrailState((), None, None, None, "", None, None, why)
    events = tuple(map(_event, check.events))
    known = (events, check.read_at, check.covers_since)
    if check.is_open:
        return TrailState(*known, check.requested_at, check.requested_by, None, None, why)
    problem = check_queue.problem_of(check)
    failed_at = (check.finished_at or check.requested_at) if problem else None
    return TrailState(*known, None, "", problem, failed_at, why)


def obstacle_of(integration: Integration) -> Message | None:
    """Return why CloudTrail cannot be read for a stream, or None."""
    connection = integration.connection
    if integration.spec is None or connection is None or not connection.allow_trail:
        return Message("revocation.trail_not_allowed")
    return Message("key_trail.role_outdated") if lacks(connection, ACTION) else None


def _read(check: StreamTrail) -> None:
    integration = check.integration
    if why := obstacle_of(integration):
        raise validation_error(why)
    requested_at = DatabaseClock().now()
    try:
        history = _history(integration, _since(check, requested_at))
    except AwsFault as fault:
        raise validation_error(_problem(fault)) from fault
    except DeadlinePassed as passed:
        raise validation_error(Message("key_trail.no_time")) from passed
    events, covered = _merged(history.events, map(_event, check.events)), _covered(check, history, requested_at)
    if len(events) > MOST_EVENTS:
        events = events[:MOST_EVENTS]
        covered = max(covered, events[-1].at)
    check_queue.keep(check, events=[_plain(event) for event in events], read_at=requested_at, covers_since=covered)


def _problem(fault: AwsFault) -> Message:
    return Message("key_trail.not_now", reason=fault.message) if fault.retryable else fault.message


def _history(integration: Integration, since: datetime) -> StreamHistory:
    connection = connected(integration)
    plan, fips = plan_for(integration, specs.from_row(integration.spec)), wants_fips(integration.spec)
    region = integration.region
    aws = session_for(connection, region, f"stream-trail-{integration.uid}", SessionScope.TRAIL, fips=fips)
    pace = pace_of(connection, region)
    return stream_history(aws, plan.spec.stream.name, plan.stream_arn, since=since, most_pages=MOST_PAGES, pace=pace)


def _since(check: StreamTrail, now: datetime) -> datetime:
    return max(now - KEPT, check.read_at - OVERLAP) if check.read_at else now - KEPT


def _covered(check: StreamTrail, history: StreamHistory, now: datetime) -> datetime:
    """Each answer continues the last one, unless more pages than were read are between them."""
    oldest, read_to = now - KEPT, history.read_to or now
    if not history.is_whole and (check.read_at is None or read_to > check.read_at):
        return max(oldest, read_to)
    return max(oldest, check.covers_since or oldest)


def _merged(found: Iterable[StreamEvent], known: Iterable[StreamEvent]) -> list[StreamEvent]:
    events = {event.id: event for event in (*known, *found)}
    return sorted(events.values(), key=lambda event: event.at, reverse=True)


def _plain(event: StreamEvent) -> dict[str, Any]:
    return {**asdict(event), "at": event.at.isoformat()}


def _event(plain: dict[str, Any]) -> StreamEvent:
    return StreamEvent(**{**plain, "at": datetime.fromisoformat(plain["at"])})
