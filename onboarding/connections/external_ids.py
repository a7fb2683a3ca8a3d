"""External IDs of connections: renewed on request, expired after 48 hours without use."""

from datetime import datetime

from django.utils import timezone

from onboarding.connections.selectors import is_in_use
from onboarding.models.connection import Connection
from onboarding.models.identifiers import new_external_id
from onboarding.models.states import ConnectionState
from onboarding.service_guards import OURSELVES, Actor, may_act, must_have_grant, record
from portal import database_scope, deadlocks
from portal.messages.errors import validation_error
from portal.messages.message import Message
from portal.tenancy import expiring_links
from portal.tenancy.models import LinkPurpose

_UNUSED = [ConnectionState.DRAFT, ConnectionState.REFUSED]


@deadlocks.atomic
def renew_external_id(*, connection: Connection, actor: Actor, now: datetime | None = None) -> Connection:
    """Give a connection that was never verified another external ID; the one before is void from now on.

    Raises ValidationError for a connection whose external ID is in use.
    """
    may_act(connection.tenant)
    must_have_grant(connection)
    locked = Connection.objects.select_for_update(of=("self",), no_key=True).get(pk=connection.pk)
    if locked.verified_at is not None or is_in_use(locked):
        raise validation_error(Message("connection.external_id_in_use"))
    connection.external_id, connection.external_id_created_at = new_external_id(), now or timezone.now()
    connection.state, connection.first_tried_at, connection.permission_report = ConnectionState.DRAFT, None, {}
    connection.state_since = connection.external_id_created_at
    connection.trust_report, connection.verdict = {}, Message("trust.external_id_renewed")
    fields = [
        "external_id",
        "external_id_created_at",
        "state",
        "state_since",
        "first_tried_at",
        "permission_report",
        "trust_report",
        "verdict",
    ]
    connection.save(update_fields=fields)
    # A link for the AWS administrator is for one external ID; someone who has an earlier one does not see the next.
    links = expiring_links.open_links(connection.tenant, LinkPurpose.AWS_ADMINISTRATOR)
    for link in links.filter(details__connection=connection.uid):
        expiring_links.revoke(link=link, actor=actor)
    record("connection:external-id-renewed", connection.tenant, actor, connection.name, about=connection)
    return connection


def expire_external_ids(*, now: datetime | None = None) -> int:
    """Replace every external ID that was not used in time; return how many there were."""
    now = now or timezone.now()
    rows = Connection.objects.filter(state__in=_UNUSED, verified_at__isnull=True, tenant__is_suspended=False)
    with database_scope.every_tenant("the schedule finds every external ID that has expired"):
        found = [
            external_id
            for external_id in rows.select_related("tenant")
            if external_id.is_expired_at(now) and not is_in_use(external_id)
        ]
    for connection in found:
        with database_scope.of_tenant(connection.tenant_id):
            renew_external_id(connection=connection, actor=OURSELVES, now=now)
    return len(found)
