"""What CloudTrail says a compromised key did, if the client allows Sluice to read it."""

from onboarding.integrations.key_trail import pace_of
from onboarding.models.connection import Connection
from onboarding.models.revocation import Revocation
from onboarding.rotations.turn import Turn
from portal.aws.errors import AwsFault
from portal.aws.trail import GLOBAL_REGION, MOST_EVENTS, KeyEvent, events_of_key
from portal.messages.message import Message


def read(turn: Turn[Revocation]) -> None:
    """Keep the events of the key in the stream's Region and of global services; a denial is kept with its reason."""
    revocation = turn.work
    connection = revocation.integration.connection
    if connection is None or not connection.allow_trail:
        return turn.claim.write(events_problem=Message("revocation.trail_not_allowed"))
    try:
        events = _events(turn, connection)
    except AwsFault as fault:
        return turn.claim.write(events_problem=fault.message)
    found = [event.as_dict() for event in sorted(events, key=lambda event: event.at, reverse=True)[:MOST_EVENTS]]
    return turn.claim.write(events=found, events_read_at=turn.claim.clock.now(), events_problem=None)


def _events(turn: Turn[Revocation], connection: Connection) -> list[KeyEvent]:
    key, found = turn.work.credential.access_key_id, list[KeyEvent]()
    for region in dict.fromkeys([turn.integration.region, GLOBAL_REGION]):
        pace_of(connection, region)()
        found += events_of_key(turn.aws.in_region(region), key)
    return found
