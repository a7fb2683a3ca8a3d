"""What was done in a tenant, by whom and when."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from onboarding.views.integrations.activity_filter import ActivityFilter
from portal.tenancy import audit_search
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.audit_search import COMPONENTS, SLUICE, AuditPage
from portal.tenancy.models import AuditEvent

PER_PAGE = 50
DESCRIPTIONS = {
    "onboarding:connection:started": _("started a connection"),
    "onboarding:connection:verified": _("verified the connection"),
    "onboarding:connection:refused": _("could not verify the connection"),
    "onboarding:connection:degraded": _("found a problem with the connection"),
    "onboarding:connection:draft": _("got no answer from AWS for the connection"),
    "onboarding:connection:external-id-renewed": _("created a new external ID for the connection"),
    "onboarding:connection:permissions-chosen": _("changed the permissions of the connection"),
    "onboarding:connection:rights-chosen": _("changed the permissions of the connection"),  # as earlier events have it
    "onboarding:pgpkey:added": _("added an OpenPGP key"),
    "onboarding:pgpkey:renewed": _("renewed an OpenPGP key"),
    "onboarding:pgpkey:confirmed": _("confirmed the fingerprint of an OpenPGP key"),
    "onboarding:pgpkey:challenged": _("created a test message for an OpenPGP key"),
    "onboarding:pgpkey:proved": _("proved with a test message that an OpenPGP key can be used"),
    "onboarding:pgpkey:wrong-code": _("typed a wrong code for the test message of an OpenPGP key"),
    "onboarding:pgpkey:excused": _("excused an OpenPGP key from the test message"),
    "onboarding:pgpkey:mail-chosen": _("changed where access keys are mailed for an OpenPGP key"),
    "onboarding:pgpkey:disabled": _("uploaded a revoked or expired copy, which disabled an OpenPGP key"),
    "onboarding:pgpkey:removed": _("removed an OpenPGP key"),
    "onboarding:integration:drafted": _("started a draft"),
    "onboarding:integration:draft-discarded": _("discarded a draft"),
    "onboarding:run:started": _("started the setup of"),
    "onboarding:run:retried": _("retried"),
    "onboarding:run:cancel-requested": _("requested the cancellation of a run of"),
    "onboarding:run:cancel-asked": _("requested the cancellation of a run of"),  # as earlier events have it
    "onboarding:change:begun": _("started changing"),
    "onboarding:change:left": _("discarded changes to"),
    "onboarding:drift:found": _("found configuration drift in"),
    "monitoring:expected-hours:changed": _("changed the monitoring settings of"),
    "monitoring:device-kinds:changed": _("changed the field that names the device kinds of"),
    "monitoring:alert:acknowledged": _("acknowledged the alert"),
    "monitoring:alert:muted": _("muted the alert"),
    "monitoring:alert:unmuted": _("unmuted the alert"),
    "monitoring:alert-threshold:changed": _("changed the alert thresholds of"),
    "monitoring:alert-settings:changed": _("changed the escalation of alerts of"),
    "monitoring:diagnosis:requested": _("requested a diagnosis of"),
    "onboarding:drift:accepted": _("accepted configuration drift in"),
    "onboarding:repair:agreed": _("approved the repair of the IAM user of"),
    "onboarding:integration:abandoned": _("abandoned"),
    "onboarding:stream:adoption-confirmed": _("confirmed the adoption of the data stream"),
    "onboarding:self-managed:started": _("started the self-managed integration"),
    "onboarding:self-managed:watched": _("enabled monitoring of"),
    "onboarding:self-managed:ended": _("ended"),
    "onboarding:credential:uploaded": _("uploaded the encrypted key of"),
    "onboarding:removal:started": _("started the removal of"),
    "provisioning:removal:done": _("finished the removal of"),
    "provisioning:removal:failed": _("could not complete the removal of"),
    "provisioning:removal:cancelled": _("cancelled the removal of"),
    "provisioning:credential:revoked": _("revoked the access key"),
    "provisioning:run:cancelled": _("cancelled the setup of"),
    "provisioning:run:done": _("finished the setup of"),
    "provisioning:run:failed": _("could not complete the setup of"),
    "outbox:webhook:added": _("added the webhook endpoint"),
    "outbox:webhook:tested": _("sent a test to the webhook endpoint"),
    "outbox:webhook:secret-rotated": _("created a new secret for the webhook endpoint"),
    "outbox:webhook:removed": _("removed the webhook endpoint"),
    "outbox:item:redelivered": _("requested that a notification be delivered again to"),
    "provisioning:stream:mode": _("switched the capacity mode of"),
    "provisioning:stream:shards": _("changed the number of shards of"),
    "provisioning:credential:sealed": _("encrypted the access key"),
    "provisioning:credential:proven": _("tested the access key with a test record"),
    "provisioning:credential:discarded": _("discarded the access key"),
    "onboarding:credential:fetched": _("downloaded an encrypted copy of the access key"),
    "onboarding:credential:mailed": _("mailed an encrypted copy of the access key"),
    "onboarding:credential:in-use": _("reported that the vendor sends with the access key"),
    "onboarding:credential:rotation-requested": _("requested the rotation of the access key"),
    "onboarding:credential:rotation-undone": _("requested that the rotation be undone of the access key"),
    "onboarding:credential:paused": _("paused the rotation of the access key"),
    "onboarding:credential:resumed": _("resumed the rotation of the access key"),
    "onboarding:credential:use-confirmed": _("confirmed the use of the key that replaces the access key"),
    "onboarding:credential:foreign-keys-agreed": _("approved the deletion of other access keys beside the access key"),
    "onboarding:credential:policy-changed": _("changed the schedule of rotations of"),
    "onboarding:credential:revoked": _("revoked the access key"),
    "onboarding:credential:used-elsewhere": _("found an unexpected address in the use of the access key"),
    "onboarding:credential:address-accepted": _("accepted an address as expected for the access key"),
    "onboarding:credential:refusal-reported": _("reported that AWS rejects the access key"),
    "provisioning:credential:used": _("saw the first use of the access key"),
    "provisioning:credential:inactive": _("deactivated the access key"),
    "provisioning:credential:active": _("reactivated the access key"),
    "provisioning:credential:deleted": _("deleted the access key"),
    "provisioning:credential:rejected": _("saw that AWS rejects the access key"),
    "provisioning:credential:rotated": _("replaced and deleted the access key"),
    "provisioning:credential:rotation-failed": _("could not replace the access key"),
    "onboarding:things:requested": _("requested devices for"),
    "onboarding:things:retried": _("tried failed devices again for"),
    "onboarding:things:removal-requested": _("requested the removal of devices of"),
    "onboarding:thing:fetched": _("downloaded the package of the device"),
    "provisioning:thing:ready": _("created the certificate of the device"),
    "provisioning:thing:certificate-deleted": _("deleted an unused certificate of the device"),
    "provisioning:thing:removed": _("removed the device"),
    "onboarding:producer-role:reported": _("reported a test of the producer's role"),
    "provisioning:producer-role:created": _("created the producer's role"),
    "provisioning:producer-role:retired": _("retired the producer's role"),
    "tenancy:tenant:created": _("created the tenant"),
    "tenancy:tenant:renamed": _("renamed the tenant"),
    "tenancy:tenant:suspended": _("suspended the tenant"),
    "tenancy:tenant:resumed": _("resumed the tenant"),
    "tenancy:membership:granted": _("gave a role to"),
    "tenancy:membership:ended": _("ended the access of"),
    "tenancy:invitation:created": _("created an invitation for"),
    "tenancy:invitation:opened": _("opened an invitation for"),
    "tenancy:invitation:used": _("accepted the invitation for"),
    "tenancy:invitation:revoked": _("revoked the invitation for"),
    "tenancy:aws-administrator:created": _("created a link for the AWS administrator of"),
    "tenancy:aws-administrator:opened": _("opened the link for the AWS administrator of"),
    "tenancy:aws-administrator:used": _("verified the role by the link for the AWS administrator of"),
    "tenancy:aws-administrator:revoked": _("revoked the link for the AWS administrator of"),
    "tenancy:share:created": _("created a link for the reader of a share of"),
    "tenancy:share:opened": _("opened the link for the reader of a share of"),
    "tenancy:share:revoked": _("revoked the link for the reader of a share of"),
    "tenancy:token:created": _("created an API token limited to this tenant,"),
    "tenancy:token:revoked": _("revoked an API token limited to this tenant,"),
    "monitoring:wall-link:created": _("created a wall display link,"),
    "monitoring:wall-link:opened": _("opened the board by a wall display link for the first time,"),
    "monitoring:wall-link:revoked": _("revoked a wall display link,"),
    "monitoring:allowed-fields:changed": _("changed which fields of records the vendor’s staff see in"),
    "monitoring:withheld-rights:changed": _("changed who may download and unmask records in"),
    "monitoring:unmasking:began": _("unmasked the records of"),
    "monitoring:unmasking:ended": _("ended the unmasking of the records of"),
    "monitoring:records:downloaded": _("downloaded records of"),
    "tenancy:staff:viewed": _("viewed pages of this tenant as staff"),
}
_LOOKS = {
    "refused": "failing",
    "degraded": "attention",
    "failed": "failing",
    "discarded": "attention",
    "disabled": "failing",
    "suspended": "attention",
    "abandoned": "attention",
}
_GOOD = {"verified", "confirmed", "done", "proven", "sealed", "uploaded"}


@dataclass(frozen=True, slots=True)
class Entry:
    """An audit event as a sentence, with its code for those who search logs."""

    at: datetime
    actor: str
    description: str
    target: str
    look: str
    code: str
    reason: str
    address: str
    request_id: str


@require_safe
@of_tenant()
def activity(request: TenantRequest) -> HttpResponse:
    """Show the tenant's audit events that the filters match, newest first, fifty to a page."""
    form = ActivityFilter(request.GET)
    wanted, query = form.wanted(), form.query()
    keys = {name: request.GET.get(name, "") for name in ("before", "after")}
    found = (
        audit_search.page(audit_search.search(request.tenant, wanted), PER_PAGE, **keys) if wanted else AuditPage([])
    )
    context = {
        "tenant": request.tenant,
        "form": form,
        "is_filtered": bool(query),
        "query": urlencode(query),
        "newer": found.newer and urlencode({**query, "after": found.newer}),
        "older": found.older and urlencode({**query, "before": found.older}),
        "entries": [entry(event) for event in found.events],
    }
    return render(request, "onboarding/activity.html", context)


def entry(event: AuditEvent) -> Entry:
    """Return an audit event as people read it; one without a description shows its code."""
    last = event.action.rsplit(":", 1)[-1]
    return Entry(
        at=event.at,
        actor=SLUICE if event.actor in COMPONENTS else event.actor,
        description=str(DESCRIPTIONS.get(event.action, event.action)),
        target=event.target,
        look="healthy" if last in _GOOD else _LOOKS.get(last, "unknown"),
        code=event.action,
        reason=event.reason,
        address=event.address,
        request_id=event.request_id,
    )
