"""What an admin does to webhook endpoints, each with its line in the audit trail."""

from collections.abc import Collection
from uuid import uuid4

from django.urls import reverse

from portal import deadlocks
from portal.messages.message import Message
from portal.outbox import endpoints, kinds, outbox
from portal.outbox.endpoint_model import WebhookEndpoint
from portal.tenancy import audit, selectors, services
from portal.tenancy.models import Tenant, User


@deadlocks.atomic
def add(*, tenant: Tenant, url: str, chosen: Collection[str], actor: User) -> tuple[WebhookEndpoint, str]:
    """Add an endpoint; return it and its signing secret, which is shown once. Raises ValidationError by field."""
    services.lock_tenant(tenant.pk)  # two requests at once would each count what there was before the other
    endpoint, secret = endpoints.add(tenant=tenant, url=url, chosen=chosen, created_by=actor.email)
    _record("added", endpoint, actor, kinds=endpoint.kinds)
    return endpoint, secret


@deadlocks.atomic
def add_chat(*, tenant: Tenant, service: str, address: str, chosen: Collection[str], actor: User) -> WebhookEndpoint:
    """Add a chat; its address is stored encrypted, and is in no event. Raises ValidationError by field."""
    services.lock_tenant(tenant.pk)
    endpoint = endpoints.add_chat(
        tenant=tenant, service=service, address=address, chosen=chosen, created_by=actor.email
    )
    _record("added", endpoint, actor, kinds=endpoint.kinds, service=endpoint.service)
    return endpoint


def notify_of_disabled(endpoint: WebhookEndpoint) -> None:
    """Notify the tenant's admins of an endpoint that was disabled because events failed."""
    tenant = endpoint.tenant
    outbox.write(
        kinds.ENDPOINT_DISABLED,
        Message("notification.endpoint_disabled", endpoint=endpoint.place, tenant=tenant.name),
        event=f"endpoint-{endpoint.uid}-{uuid4().hex}",
        to=selectors.admins_of(tenant),
        tenant=tenant,
        path=reverse("webhook", kwargs={"slug": tenant.slug, "uid": endpoint.uid}),
    )


@deadlocks.atomic
def rotate(*, endpoint: WebhookEndpoint, actor: User) -> str:
    """Give an endpoint a new secret, which is shown once; the previous one is valid for 24 hours."""
    secret = endpoints.rotate(endpoint)
    _record("secret-rotated", endpoint, actor)
    return secret


@deadlocks.atomic
def remove(*, endpoint: WebhookEndpoint, actor: User, reason: str = "") -> None:
    """Remove an endpoint and its secrets."""
    endpoints.remove(endpoint)
    _record("removed", endpoint, actor, reason=reason)


@deadlocks.atomic
def send_test(*, endpoint: WebhookEndpoint, actor: User) -> None:
    """Write a test event for an endpoint."""
    endpoints.send_test(endpoint)
    _record("tested", endpoint, actor)


def _record(verb: str, endpoint: WebhookEndpoint, actor: User, *, reason: str = "", **details: object) -> None:
    audit.record(
        f"outbox:webhook:{verb}",
        tenant=endpoint.tenant,
        actor=actor,
        target=endpoint.place,
        about=endpoint,
        reason=reason,
        details=details,
    )
