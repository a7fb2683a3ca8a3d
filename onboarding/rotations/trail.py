"""What CloudTrail says a compromised key did, if the client allows Sluice to read it."""

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
        events = _events(turn)
    except AwsFault as fault:
        return turn.claim.write(events_problem=fault.message)
    found = [event.as_dict() for event in sorted(events, key=lambda event: event.at, reverse=True)[:MOST_EVENTS]]
    return turn.claim.write(events=found, events_read_at=turn.claim.clock.now(), events_problem=None)


def _events(turn: Turn[Revocation]) -> list[KeyEvent]:
    key = turn.work.credential.access_key_id
    regions = dict.fromkeys([turn.integration.region, GLOBAL_REGION])
    return [event for region in regions for event in events_of_key(turn.aws.in_region(region), key)]
