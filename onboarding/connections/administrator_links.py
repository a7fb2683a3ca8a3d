"""Links for whoever holds the client's AWS account and has no account here: to create the role, and to verify it."""

from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from onboarding.connections import check_requests
from onboarding.models.connection import Connection
from onboarding.service_guards import Actor, may_act, must_have_grant
from portal import deadlocks
from portal.messages.errors import validation_error
from portal.messages.message import Message
from portal.numbers import in_fours
from portal.outbox import kinds, outbox
from portal.tenancy import expiring_links
from portal.tenancy.models import ExpiringLink, LinkPurpose, User

# As long as an external ID that no role has proved; a new ID needs a new link anyway.
VALID_FOR = timedelta(hours=48)
_PURPOSE = LinkPurpose.AWS_ADMINISTRATOR


@deadlocks.atomic
def create(*, connection: Connection, actor: Actor) -> ExpiringLink:
    """Create a link for a connection's AWS administrator, in place of an open one. Raises ValidationError."""
    may_act(connection.tenant)
    must_have_grant(connection)
    if not settings.SLUICE_PORTAL_URL:
        raise validation_error(Message("tenancy.portal_url_missing"))
    revoke(connection=connection, actor=actor)
    details = {"connection": connection.uid, "account_id": connection.account_id}
    return expiring_links.create(
        purpose=_PURPOSE, tenant=connection.tenant, actor=actor, valid_for=VALID_FOR, details=details
    )


@deadlocks.atomic
def revoke(*, connection: Connection, actor: Actor) -> None:
    """End the connection's open links."""
    for link in open_links(connection):
        expiring_links.revoke(link=link, actor=actor)


@deadlocks.atomic
def finish(connection: Connection) -> None:
    """Use up the opened links of a connection whose role has been verified, and notify who asked."""
    for link in open_links(connection):
        if link.opened_at is not None:
            expiring_links.use(link=link, actor=ACTOR)
            _notify(link, connection)


def open_links(connection: Connection) -> QuerySet[ExpiringLink]:
    """Return the connection's links that can still be used."""
    return expiring_links.open_links(connection.tenant, _PURPOSE).filter(details__connection=connection.uid)


def verify(*, link: ExpiringLink, connection: Connection, role_arn: str, is_quiet: bool = False) -> None:
    """Request that the role is tested. Raises ValidationError by field when the ARN cannot be this account's role."""
    check_requests.request_trust_test(connection=connection, role_arn=role_arn, actor=ACTOR, is_quiet=is_quiet)


def connection_of(link: ExpiringLink) -> Connection:
    """Return the connection that a link is about; raises Connection.DoesNotExist if it is gone."""
    return Connection.objects.select_related("tenant").get(uid=link.details["connection"], tenant=link.tenant)


def asker_of(link: ExpiringLink) -> User | None:
    """Return the person who created a link, if they still have an account."""
    return User.objects.filter(email=link.created_by).first()


def _notify(link: ExpiringLink, connection: Connection) -> None:
    asker = asker_of(link)
    if asker is None:
        return
    message = Message(
        "notification.role_verified",
        connection=connection.name,
        tenant=connection.tenant.name,
        account=in_fours(connection.account_id),
    )
    path = reverse("connection", kwargs={"slug": connection.tenant.slug, "uid": connection.uid})
    outbox.write(kinds.ROLE_VERIFIED, message, event=f"link-{link.pk}", to=[asker], tenant=connection.tenant, path=path)


def address_of(link: ExpiringLink) -> str:
    """Return the address of a link's page; raises ValidationError if the portal's secret key has been changed since."""
    path = reverse("administrator", kwargs={"token": expiring_links.token_of(link)})
    return f"{settings.SLUICE_PORTAL_URL}{path}"


ACTOR = "AWS administrator"
