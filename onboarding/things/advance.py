"""Carries the things of an integration forward: claim, a few things, release until due. The rows are the job.

A turn takes at most MOST_THINGS things and TURN_SECONDS, then others have theirs: so a thousand things of one tenant
delay no one else, and AWS is asked less often than its quotas allow.
"""

import logging
import time
from datetime import datetime, timedelta

from django.db.models import Case, Min, Q, QuerySet, Value, When

from onboarding.models.states import ThingState
from onboarding.models.thing import DeviceWork, Thing
from onboarding.provisioning.answers import Refused
from onboarding.provisioning.ledger_protocol import FenceLost
from onboarding.rotations import work_claims
from onboarding.things import creation, lost_certificates, removal, retries, unused_certificates
from onboarding.things.turn import Turn
from portal import live
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.iot_endpoint import data_endpoint
from portal.messages.message import Message
from portal.openpgp.encrypt import SealingFailed

log = logging.getLogger(__name__)

MOST_THINGS, TURN_SECONDS, SOON = 10, 20.0, timedelta(seconds=5)
OPEN = (ThingState.REMOVING, ThingState.CERTIFIED, ThingState.SEALED, ThingState.REQUESTED)
# Of one thing alone: the others continue.
_OF_ONE = frozenset({FaultKind.CONFLICT, FaultKind.INVALID, FaultKind.NOT_FOUND, FaultKind.QUOTA})


def open_work() -> QuerySet[DeviceWork]:
    """Return the work of integrations that have things to create or remove, or certificates to search for."""
    is_open = Q(integration__things__state__in=OPEN) | Q(integration__unused_certificates__isnull=False)
    return DeviceWork.objects.filter(Q(search_from__isnull=False) | is_open).distinct()


def advance(work_id: int) -> datetime | None:
    """Advance the things of an integration by one turn; return when they are due again, or None when that is all."""
    rows = DeviceWork.objects.filter(pk__in=open_work().filter(pk=work_id).values("pk"))
    claim = work_claims.acquire(rows)
    if claim is None:
        return None
    work = DeviceWork.objects.select_related("integration__tenant", "integration__connection").get(pk=work_id)
    turn = Turn(claim, work.integration)
    try:
        after, problem, attempts = _take(turn)
        claim.release(after=after, problem=problem, attempts=attempts)
    except FenceLost as lost:
        log.info("things.fence_lost work=%s %s", work_id, lost)
    live.publish(f"tenant:{work.integration.tenant.slug}", "changed")
    return open_work().filter(pk=work_id).values_list("due_at", flat=True).first()


def _take(turn: Turn) -> tuple[timedelta, Message | None, int]:
    """Advance a few things; return after how long the next turn is due, why it has to wait, and how often it did."""
    try:
        waiting = _advance(turn)
    except AwsFault as fault:
        return (SOON, fault.message, 0) if fault.kind in retries.PASSING else _delayed(turn, fault.message)
    except Refused as refused:
        return _delayed(turn, refused.message)
    return (lost_certificates.LISTED_WITHIN, waiting, 0) if waiting else (_next_due(turn), None, 0)


def _delayed(turn: Turn, problem: Message) -> tuple[timedelta, Message, int]:
    attempts = turn.work().attempts
    return retries.delay(attempts), problem, attempts + 1


def _advance(turn: Turn) -> Message | None:
    """Advance a few things; return why AWS has to be waited for. Raises AwsFault, Refused, FenceLost."""
    if lost_certificates.unresolved(turn):
        if lost_certificates.may_not_be_listed_yet(turn):
            return Message("things.searching")
        lost_certificates.search(turn)
    if not turn.work().endpoint:
        turn.claim.write(endpoint=data_endpoint(turn.aws))
    _advance_some(turn)
    unused_certificates.delete_due(turn)
    if _next(turn):
        return None
    if lost_certificates.may_not_be_listed_yet(turn):
        return Message("things.searching")
    lost_certificates.search(turn)
    return None


def _next_due(turn: Turn) -> timedelta:
    """Return after how long something is due: at once, unless all that is left failed and waits."""
    unused = turn.integration.unused_certificates
    if _next(turn) or unused.filter(retries.due()).exists():
        return timedelta(0)
    waiting = [
        turn.integration.things.filter(state=ThingState.REMOVING).aggregate(at=Min("retry_at"))["at"],
        unused.aggregate(at=Min("retry_at"))["at"],
    ]
    times = [at for at in waiting if at]
    return max(min(times) - turn.claim.clock.now(), timedelta(0)) if times else timedelta(0)


def _advance_some(turn: Turn) -> None:
    began = time.monotonic()
    for thing in _next(turn):
        if time.monotonic() - began > TURN_SECONDS:
            return
        turn.claim.renew()
        _advance_one(turn, thing)


def _next(turn: Turn) -> list[Thing]:
    order = Case(*(When(state=state, then=Value(place)) for place, state in enumerate(OPEN)))
    waits = Case(When(problem=None, then=Value(0)), default=Value(1))
    rows = Thing.objects.filter(retries.due(), integration=turn.integration, state__in=OPEN)
    return list(rows.order_by(waits, order, "pk")[:MOST_THINGS])


def _advance_one(turn: Turn, thing: Thing) -> None:
    """Carry one thing as far as it goes. Raises AwsFault of what concerns all of them, FenceLost."""
    try:
        if thing.state == ThingState.REMOVING:
            removal.remove(turn, thing)
            return
        if thing.state == ThingState.REQUESTED:
            creation.seal_key(turn, thing)
        if thing.state == ThingState.SEALED:
            creation.certify(turn, thing)
        if thing.state == ThingState.CERTIFIED:
            creation.activate(turn, thing)
    except SealingFailed as failed:
        turn.write(thing, state=ThingState.FAILED, problem=failed.message)
    except AwsFault as fault:
        if fault.kind not in retries.PASSING:
            _fail(turn, thing, fault)
        if fault.kind not in _OF_ONE:
            raise


def _fail(turn: Turn, thing: Thing, fault: AwsFault) -> None:
    if thing.state == ThingState.REMOVING:
        removal.postpone(turn, thing, fault)
        return
    if fault.kind not in _OF_ONE:
        return
    is_taken = fault.operation == "iot:CreateThing" and fault.kind is FaultKind.CONFLICT
    turn.write(thing, state=ThingState.FAILED, problem=Message("things.exists") if is_taken else fault.message)
