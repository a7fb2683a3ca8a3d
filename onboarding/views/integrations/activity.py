"""What was done in a tenant, by whom and when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from onboarding.integrations import selectors
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.models import AuditEvent

PER_PAGE = 50
DESCRIPTIONS = {
    "onboarding:connection:started": "started a connection",
    "onboarding:connection:verified": "verified the connection",
    "onboarding:connection:refused": "could not verify the connection",
    "onboarding:connection:degraded": "found a problem with the connection",
    "onboarding:connection:draft": "got no answer from AWS for the connection",
    "onboarding:connection:external-id-renewed": "created a new external ID for the connection",
    "onboarding:connection:permissions-chosen": "changed the permissions of the connection",
    "onboarding:pgpkey:added": "added an OpenPGP key",
    "onboarding:pgpkey:renewed": "renewed an OpenPGP key",
    "onboarding:pgpkey:confirmed": "confirmed the fingerprint of an OpenPGP key",
    "onboarding:integration:drafted": "started a draft",
    "onboarding:integration:draft-discarded": "discarded a draft",
    "onboarding:run:started": "started the setup of",
    "onboarding:run:retried": "retried",
    "onboarding:run:cancel-asked": "requested the cancellation of a run of",
    "onboarding:change:begun": "started changing",
    "onboarding:change:left": "discarded changes to",
    "onboarding:drift:found": "found configuration drift in",
    "onboarding:drift:accepted": "accepted configuration drift in",
    "onboarding:repair:agreed": "approved the repair of the IAM user of",
    "onboarding:integration:abandoned": "abandoned",
    "onboarding:stream:adoption-confirmed": "confirmed the adoption of the data stream",
    "onboarding:self-managed:started": "started the self-managed integration",
    "onboarding:self-managed:watched": "enabled monitoring of",
    "onboarding:self-managed:ended": "ended",
    "onboarding:credential:uploaded": "uploaded the encrypted key of",
    "onboarding:removal:started": "started the removal of",
    "provisioning:removal:done": "finished the removal of",
    "provisioning:removal:failed": "could not complete the removal of",
    "provisioning:removal:cancelled": "cancelled the removal of",
    "provisioning:credential:revoked": "revoked the access key",
    "provisioning:run:cancelled": "cancelled the setup of",
    "provisioning:run:done": "finished the setup of",
    "provisioning:run:failed": "could not complete the setup of",
    "provisioning:stream:mode": "switched the capacity mode of",
    "provisioning:stream:shards": "changed the number of shards of",
    "provisioning:credential:sealed": "encrypted the access key",
    "provisioning:credential:proven": "tested the access key with a test record",
    "provisioning:credential:discarded": "discarded the access key",
    "onboarding:credential:fetched": "downloaded an encrypted copy of the access key",
    "tenancy:tenant:created": "created the tenant",
    "tenancy:tenant:suspended": "suspended the tenant",
    "tenancy:tenant:resumed": "resumed the tenant",
    "tenancy:membership:granted": "gave a role to",
}
_LOOKS = {
    "refused": "failing",
    "degraded": "attention",
    "failed": "failing",
    "discarded": "attention",
    "suspended": "attention",
    "abandoned": "attention",
}
_GOOD = {"verified", "confirmed", "done", "proven", "sealed", "uploaded"}
_OURSELVES = {"provisioning", "connections", "drift"}


@dataclass(frozen=True, slots=True)
class Entry:
    """An audit event as a sentence, with its code for those who search logs."""

    at: datetime
    actor: str
    description: str
    target: str
    look: str
    code: str


@require_GET
@of_tenant("viewer")
def activity(request: TenantRequest) -> HttpResponse:
    """Show the tenant's audit events, newest first, fifty to a page."""
    found = Paginator(selectors.activity(request.tenant), PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "tenant": request.tenant,
        "page": found,
        "entries": [entry(event) for event in found.object_list],
    }
    return render(request, "onboarding/activity.html", context)


def entry(event: AuditEvent) -> Entry:
    """Return an audit event as people read it; one without a description shows its code."""
    last = event.action.rsplit(":", 1)[-1]
    return Entry(
        at=event.at,
        actor="Sluice" if event.actor in _OURSELVES else event.actor,
        description=DESCRIPTIONS.get(event.action, event.action),
        target=event.target,
        look="healthy" if last in _GOOD else _LOOKS.get(last, "unknown"),
        code=event.action,
    )
