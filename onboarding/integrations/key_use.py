"""When an access key was last used, as IAM reports it: asked for on schedule, more often while a rotation waits for it.

IAM's answer lags (docs/aws-facts.md), so a use that is not reported yet means nothing.
"""

import logging
from datetime import datetime

from django.db.models import Q, QuerySet

from onboarding.connections.grant import lacks
from onboarding.connections.sessions import session_for
from onboarding.models.connection import Connection
from onboarding.models.credential import Credential
from onboarding.models.states import ConnectionState, CredentialState
from onboarding.spec.endpoint import wants_fips
from portal.aws.errors import AwsFault
from portal.aws.iam.access_keys import access_key_last_used
from portal.aws.policies.session_policies import SessionScope
from portal.database_clock import DatabaseClock

log = logging.getLogger(__name__)

ACTION = "iam:GetAccessKeyLastUsed"


def watched_credentials() -> QuerySet[Credential]:
    """Return the access keys whose last use is asked for on schedule: those in use, where the role can be assumed."""
    rows = Credential.objects.filter(state__in=[CredentialState.READY, CredentialState.IN_USE], uploaded_by="")
    live = rows.filter(integration__tenant__is_suspended=False)
    return live.filter(integration__connection__state=ConnectionState.VERIFIED)


def can_be_asked(connection: Connection) -> bool:
    """Return whether the role may ask for it: one of an older template may not, and pages then say so."""
    return not lacks(connection, ACTION)


def check(credential: Credential) -> Credential:
    """Ask IAM when the key was last used, and keep the answer. A fault of AWS is logged, and leaves what is known."""
    connection = credential.integration.connection
    if connection is None or not credential.access_key_id or not can_be_asked(connection):
        return credential
    region, fips = credential.integration.region, wants_fips(credential.integration.spec)
    known = Credential.objects.filter(pk=credential.pk)
    requested_at = DatabaseClock().now()
    keep_later(known, "use_requested_at", requested_at)
    try:
        aws = session_for(connection, region, f"key-use-{credential.integration.uid}", SessionScope.SETTINGS, fips=fips)
        use = access_key_last_used(aws, credential.access_key_id)
    except AwsFault as fault:
        log.warning("credential.use_not_read credential=%s fault=%s", credential.uid, fault.code)
        return credential
    # An answer is as old as its question: a worker that continues after a pause changes nothing.
    is_newest = keep_later(known, "use_checked_at", requested_at)
    if is_newest and use is not None and (credential.last_used_at is None or use.at > credential.last_used_at):
        fields = {"last_used_at": use.at, "last_used_service": use.service, "last_used_region": use.region}
        (known.filter(last_used_at__isnull=True) | known.filter(last_used_at__lt=use.at)).update(**fields)
    credential.refresh_from_db(fields=["last_used_at", "last_used_service", "last_used_region", "use_checked_at"])
    return credential


def keep_later(rows: QuerySet[Credential], field: str, moment: datetime) -> bool:
    """Keep the moment of a question unless that of a later one is kept; return whether it was."""
    earlier = Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__lt": moment})
    return bool(rows.filter(earlier).update(**{field: moment}))
