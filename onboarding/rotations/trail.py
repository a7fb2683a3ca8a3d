"""What CloudTrail says a compromised key did, if the client allows Sluice to read it."""

from django.db.models import Q

from onboarding.connections.grant import lacks
from onboarding.connections.sessions import session_for
from onboarding.integrations.key_trail import ACTION, pace_of
from onboarding.models.connection import Connection
from onboarding.models.revocation import Revocation
from onboarding.rotations.turn import Turn
from onboarding.spec.endpoint import wants_fips
from portal.aws.errors import AwsFault
from portal.aws.policies.session_policies import SessionScope
from portal.aws.session import AwsSession
from portal.aws.trail import GLOBAL_REGION, MOST_EVENTS, KeyEvent, events_of_key
from portal.database_clock import DatabaseClock
from portal.messages.errors import validation_error
from portal.messages.message import Message


def read(turn: Turn[Revocation]) -> None:
    """Keep the events of the key in the stream's Region and of global services; a denial is kept with its reason."""
    revocation, clock = turn.work, turn.claim.clock
    connection = revocation.integration.connection
    if connection is None or not connection.allow_trail:
        return turn.claim.write(events_problem=Message("revocation.trail_not_allowed"), events_failed_at=clock.now())
    try:
        events = _events(turn.aws, revocation, connection)
    except AwsFault as fault:
        return turn.claim.write(events_problem=_problem(fault), events_failed_at=clock.now())
    return turn.claim.write(
        events=_newest(events), events_read_at=clock.now(), events_problem=None, events_failed_at=None
    )


def read_again(revocation: Revocation) -> None:
    """Read the events again, as a person requested; what is known stays if they cannot be read.

    Raises ValidationError with the reason.
    """
    integration, requested_at = revocation.integration, DatabaseClock().now()
    connection = integration.connection
    if connection is None or not connection.allow_trail:
        raise validation_error(Message("revocation.trail_not_allowed"))
    if lacks(connection, ACTION):
        raise validation_error(Message("key_trail.role_outdated"))
    fips = wants_fips(integration.spec)
    try:
        aws = session_for(connection, integration.region, f"key-trail-{integration.uid}", SessionScope.TRAIL, fips=fips)
        events = _events(aws, revocation, connection)
    except AwsFault as fault:
        raise validation_error(_problem(fault)) from fault
    # An answer is as old as its question, and replaces no later one.
    is_older = Q(events_read_at=None) | Q(events_read_at__lt=requested_at)
    Revocation.objects.filter(is_older, pk=revocation.pk).update(
        events=_newest(events), events_read_at=requested_at, events_problem=None, events_failed_at=None
    )


def _problem(fault: AwsFault) -> Message:
    # The schedule reads no revoked key, so nothing is tried again automatically.
    return Message("key_trail.not_now", reason=fault.message) if fault.retryable else fault.message


def _newest(events: list[KeyEvent]) -> list[dict[str, str]]:
    return [event.as_dict() for event in sorted(events, key=lambda event: event.at, reverse=True)[:MOST_EVENTS]]


def _events(aws: AwsSession, revocation: Revocation, connection: Connection) -> list[KeyEvent]:
    key, found = revocation.credential.access_key_id, list[KeyEvent]()
    for region in dict.fromkeys([revocation.integration.region, GLOBAL_REGION]):
        pace_of(connection, region)()
        found += events_of_key(aws.in_region(region), key)
    return found
