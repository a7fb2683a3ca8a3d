"""What CloudTrail says of access keys: from which addresses they were used, where the client allows Sluice to read it.

A producer's key may put records and nothing else, which are data events and not in CloudTrail's event history. So each
event there is another call, which the vendor's sender does not need.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db.models import QuerySet

from onboarding.connections.grant import lacks
from onboarding.connections.sessions import session_for
from onboarding.integrations import key_addresses, key_use
from onboarding.integrations.expected_networks import ExpectedNetworks, address_in, expected_networks
from onboarding.integrations.key_addresses import Sighting
from onboarding.models.connection import Connection
from onboarding.models.credential import Credential
from onboarding.models.key_address import KeyAddress
from onboarding.service_guards import OURSELVES
from onboarding.spec.endpoint import wants_fips
from portal.aws.call_deadline import DeadlinePassed
from portal.aws.errors import AwsFault
from portal.aws.policies.session_policies import SessionScope
from portal.aws.trail import GLOBAL_REGION, KeyEvent, KeyHistory, key_history
from portal.database_clock import DatabaseClock
from portal.messages.message import Message
from portal.shared_pace import wait_for_turn

log = logging.getLogger(__name__)

ACTION = "cloudtrail:LookupEvents"
MOST_PAGES = 10  # of 50 events, in each Region
# AWS allows two calls a second for an account and Region, whichever key they are about.
SECONDS_APART, LONGEST_WAIT_SECONDS = 0.6, 30.0
# Events appear within about 15 minutes, in no promised order, so that each look begins before the last one.
OVERLAP = timedelta(hours=1)
KEPT = timedelta(days=90)


def watched_credentials() -> QuerySet[Credential]:
    """Return the access keys whose events are read on schedule: those in use whose client allows it."""
    return key_use.watched_credentials().filter(integration__connection__allow_trail=True).exclude(access_key_id="")


def check(credential: Credential) -> Credential:
    """Read the events of a key since the last look, and keep the addresses that are not expected; return the key.

    A fault of AWS is kept as the reason, and leaves what is known.
    """
    connection = credential.integration.connection
    if connection is None or not connection.allow_trail:
        return credential
    known = Credential.objects.filter(pk=credential.pk)
    requested_at = DatabaseClock().now()
    key_use.keep_later(known, "trail_requested_at", requested_at)
    if lacks(connection, ACTION):
        return _failed(credential, requested_at, Message("key_trail.role_outdated"))
    since = _since(credential, requested_at)
    try:
        histories = list(_histories(credential, connection, since))
    except AwsFault as fault:
        log.warning("credential.trail_not_read credential=%s fault=%s", credential.uid, fault.code)
        return _failed(credential, requested_at, fault.message)
    except DeadlinePassed:
        return _failed(credential, requested_at, Message("key_trail.no_time"))
    expected = expected_networks(credential.integration)
    events = [event for history in histories for event in history.events]
    sightings = _unexpected(events, expected)
    key_addresses.keep(credential, sightings, source=KeyAddress.Source.CLOUDTRAIL, actor=OURSELVES)
    # An answer is as old as its question: a worker that continues after a pause says nothing of now.
    if key_use.keep_later(known, "trail_checked_at", requested_at):
        parts = [_oldest(found, requested_at) for found in histories if not found.is_whole]
        covered = max([_begin(credential, since), *parts])
        known.filter(trail_checked_at=requested_at).update(
            trail_since=covered, trail_problem=None, trail_failed_at=None
        )
    return _read_again(credential)


def _since(credential: Credential, now: datetime) -> datetime:
    last = credential.trail_checked_at
    return max(credential.created_at, now - KEPT, *([last - OVERLAP] if last else []))


def _begin(credential: Credential, since: datetime) -> datetime:
    # Each look continues the last one, so what was covered before still is.
    return min(since, credential.trail_since) if credential.trail_since else since


def _oldest(history: KeyHistory, now: datetime) -> datetime:
    return history.events[-1].at if history.events else now


def _histories(credential: Credential, connection: Connection, since: datetime) -> Iterator[KeyHistory]:
    """Yield the events in the stream's Region, and those of global services."""
    integration = credential.integration
    region, fips = integration.region, wants_fips(integration.spec)
    aws = session_for(connection, region, f"key-trail-{integration.uid}", SessionScope.TRAIL, fips=fips)
    for place in dict.fromkeys([region, GLOBAL_REGION]):
        there = aws.in_region(place)
        yield key_history(
            there, credential.access_key_id, since=since, most_pages=MOST_PAGES, pace=pace_of(connection, place)
        )


def pace_of(connection: Connection, region: str) -> Callable[[], None]:
    """Return what waits for the next of the calls to CloudTrail that are allowed in an account and Region.

    After half a minute it returns all the same: AWS then throttles the call, which is tried again.
    """

    def wait() -> None:
        name = f"cloudtrail:{connection.account_id}:{region}"
        wait_for_turn(name, seconds_apart=SECONDS_APART, longest=LONGEST_WAIT_SECONDS)

    return wait


def _unexpected(events: list[KeyEvent], expected: ExpectedNetworks) -> Iterator[Sighting]:
    for event in events:
        address = address_in(event.source_address)
        # What AWS calls itself, such as KMS for an encrypted stream, has the name of the service and no address.
        if address is None or expected.has(address, event.vpc_endpoint_id):
            continue
        service = event.service.removesuffix(".amazonaws.com")
        operation = f"{service}:{event.operation}"
        yield Sighting(event.at, str(address), operation, event.error_code, event.vpc_endpoint_id)


def _failed(credential: Credential, requested_at: datetime, problem: Message) -> Credential:
    Credential.objects.filter(pk=credential.pk, trail_requested_at=requested_at).update(
        trail_problem=problem, trail_failed_at=requested_at
    )
    return _read_again(credential)


def _read_again(credential: Credential) -> Credential:
    credential.refresh_from_db(
        fields=["trail_requested_at", "trail_checked_at", "trail_since", "trail_problem", "trail_failed_at"]
    )
    return credential
