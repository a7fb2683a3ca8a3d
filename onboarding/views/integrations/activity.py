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
WORDS = {
    "onboarding:connection:started": "began a connection",
    "onboarding:connection:verified": "verified the connection",
    "onboarding:connection:refused": "had AWS refuse the connection",
    "onboarding:connection:degraded": "found the connection degraded",
    "onboarding:connection:draft": "got no answer of AWS about the connection",
    "onboarding:connection:external-id-renewed": "made another external ID for the connection",
    "onboarding:connection:rights-chosen": "chose the rights of the connection",
    "onboarding:pgpkey:added": "added an OpenPGP key",
    "onboarding:pgpkey:renewed": "renewed an OpenPGP key",
    "onboarding:pgpkey:confirmed": "confirmed the fingerprint of an OpenPGP key",
    "onboarding:integration:drafted": "began a draft",
    "onboarding:run:started": "started to set up",
    "onboarding:run:retried": "tried again with",
    "onboarding:run:cancel-asked": "asked to cancel a run of",
    "onboarding:change:begun": "began to change",
    "onboarding:change:left": "left unchanged",
    "onboarding:drift:found": "found a difference in",
    "onboarding:drift:accepted": "accepted a difference in",
    "onboarding:repair:agreed": "agreed to what a repair does to the IAM user of",
    "onboarding:integration:forgotten": "had Sluice forget",
    "onboarding:stream:adoption-confirmed": "confirmed to adopt the data stream",
    "onboarding:self-run:begun": "kept, to be run by themselves,",
    "onboarding:self-run:watched": "had Sluice watch",
    "onboarding:self-run:ended": "ended",
    "onboarding:credential:handed-in": "handed in the encrypted key of",
    "onboarding:removal:started": "started to remove",
    "provisioning:removal:done": "finished removing",
    "provisioning:removal:failed": "stopped removing",
    "provisioning:removal:cancelled": "cancelled removing",
    "provisioning:credential:revoked": "revoked the access key",
    "provisioning:run:cancelled": "cancelled setting up",
    "provisioning:run:done": "finished setting up",
    "provisioning:run:failed": "stopped setting up",
    "provisioning:stream:mode": "switched the capacity mode of",
    "provisioning:stream:shards": "changed the number of shards of",
    "provisioning:credential:sealed": "sealed the access key",
    "provisioning:credential:proven": "proved the access key with a test record",
    "provisioning:credential:discarded": "discarded the access key",
    "onboarding:credential:fetched": "took a sealed copy of the access key",
    "tenancy:tenant:created": "opened the tenant",
    "tenancy:tenant:suspended": "suspended the tenant",
    "tenancy:tenant:resumed": "let the tenant act again",
    "tenancy:membership:granted": "gave a role to",
}
_LOOKS = {
    "refused": "failing",
    "degraded": "attention",
    "failed": "failing",
    "discarded": "attention",
    "suspended": "attention",
    "forgotten": "attention",
}
_GOOD = {"verified", "confirmed", "done", "proven", "sealed", "handed-in"}
_OURSELVES = {"provisioning", "connections", "drift"}


@dataclass(frozen=True, slots=True)
class Entry:
    """An audit event as a sentence, with its code for those who search logs."""

    at: datetime
    actor: str
    words: str
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
    """Return an audit event as people read it; one that has no words of its own shows its code."""
    last = event.action.rsplit(":", 1)[-1]
    return Entry(
        at=event.at,
        actor="Sluice" if event.actor in _OURSELVES else event.actor,
        words=WORDS.get(event.action, event.action),
        target=event.target,
        look="healthy" if last in _GOOD else _LOOKS.get(last, "unknown"),
        code=event.action,
    )
