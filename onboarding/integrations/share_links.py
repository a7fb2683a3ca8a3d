"""Links for anyone who reads a shared stream from another account, and has no account here: what to do, and a check."""

from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from onboarding.integrations import drift, hints
from onboarding.models.integration import Integration
from onboarding.models.states import IntegrationState
from onboarding.service_guards import Actor, may_act
from onboarding.spec import integration_spec as specs
from portal import deadlocks
from portal.messages.errors import validation_error
from portal.messages.message import Message
from portal.tenancy import expiring_links
from portal.tenancy.models import ExpiringLink, LinkPurpose, User

VALID_FOR = timedelta(days=7)
PURPOSE = LinkPurpose.SHARE


@deadlocks.atomic
def create(*, integration: Integration, label: str, actor: Actor) -> ExpiringLink:
    """Create a link for the reader of a share, in place of an open one. Raises ValidationError."""
    may_act(integration.tenant)
    if not settings.SLUICE_PORTAL_URL:
        raise validation_error(Message("tenancy.portal_url_missing"))
    is_removed = integration.state == IntegrationState.REMOVED
    spec = specs.from_row(integration.spec) if integration.spec and not is_removed else None
    if spec is None or label not in {share.label for share in spec.shares}:
        raise validation_error(Message("share_link.no_share", label=label))
    revoke(integration=integration, label=label, actor=actor)
    details = {"integration": integration.uid, "share": label, "name": integration.name}
    return expiring_links.create(
        purpose=PURPOSE, tenant=integration.tenant, actor=actor, valid_for=VALID_FOR, details=details
    )


@deadlocks.atomic
def revoke(*, integration: Integration, label: str, actor: Actor) -> None:
    """End the open links of a share."""
    for link in open_links(integration, label):
        expiring_links.revoke(link=link, actor=actor)


def open_links(integration: Integration, label: str) -> QuerySet[ExpiringLink]:
    """Return the links of a share that can still be used."""
    found = expiring_links.open_links(integration.tenant, PURPOSE)
    return found.filter(details__integration=integration.uid, details__share=label)


def integration_of(link: ExpiringLink) -> Integration:
    """Return the integration that a link is about; raises Integration.DoesNotExist if it is gone."""
    rows = Integration.objects.select_related("tenant", "connection")
    return rows.get(uid=link.details["integration"], tenant=link.tenant)


def check(*, link: ExpiringLink, integration: Integration) -> None:
    """Request a check of the integration, as its owner would. Raises ValidationError while a run is in progress."""
    drift.request_check(integration=integration, actor=f"reader of share {link.details['share']}")
    hints.check_soon(integration.pk)


def asker_of(link: ExpiringLink) -> User | None:
    """Return the person who created a link, if they still have an account."""
    return User.objects.filter(email=link.created_by).first()


def address_of(link: ExpiringLink) -> str:
    """Return the address of a link's page; raises ValidationError if the portal's secret key has been changed since."""
    return f"{settings.SLUICE_PORTAL_URL}{reverse('shared_stream', kwargs={'token': expiring_links.token_of(link)})}"
