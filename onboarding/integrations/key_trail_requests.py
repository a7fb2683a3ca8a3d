"""Someone asks for CloudTrail to be read for an access key now, rather than at the next scheduled check."""

from datetime import timedelta

from onboarding.integrations import hints, key_use
from onboarding.models.credential import Credential
from onboarding.service_guards import may_act
from portal.database_clock import DatabaseClock
from portal.messages.errors import validation_error
from portal.messages.message import Message

EVERY = timedelta(minutes=1)


def request(credential: Credential) -> None:
    """Request that the events of a key are read now. Raises ValidationError where that is not allowed, or too soon.

    It is requested once a minute however often someone chooses it: AWS allows two calls a second for an account.
    """
    integration = credential.integration
    may_act(integration.tenant)
    if integration.connection is None or not integration.connection.allow_trail:
        raise validation_error(Message("revocation.trail_not_allowed"))
    now, before = DatabaseClock().now(), credential.trail_requested_at
    is_soon = before is not None and now - before < EVERY
    if is_soon or not key_use.keep_later(Credential.objects.filter(pk=credential.pk), "trail_requested_at", now):
        raise validation_error(Message("key_trail.requested"))
    hints.read_trail_soon(credential.pk)
