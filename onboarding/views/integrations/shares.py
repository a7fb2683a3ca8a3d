"""The section of shares on the tab "Consumers": how each stands, its files for the other account, and a link."""

import json
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from onboarding.export.event_bridge import destination_policy, event_bridge_script, event_bridge_template
from onboarding.export.shared_stream import files_of
from onboarding.integrations import drift, hints, share_links, share_status
from onboarding.integrations.share_status import ShareStatus
from onboarding.models.integration import Integration
from onboarding.provisioning.plan_factory import plan_for
from onboarding.provisioning.share_statements import key_statement
from onboarding.spec import integration_spec as specs
from onboarding.views.integrations.consumer_section import TabSection
from onboarding.views.page import draft_of
from portal import rate_limits
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.models import ExpiringLink
from portal.tenancy.rights import Right


@dataclass(frozen=True, slots=True)
class ShareView:
    """A share as the tab shows it, with the reader's files, and the open link with its address if there is one."""

    status: ShareStatus
    policy: str
    check: str
    key_statement: str
    link: ExpiringLink | None
    address: str


def _context(integration: Integration) -> dict[str, Any]:
    shares = [_view(integration, status) for status in share_status.shares_of(integration)]
    return {"shares": shares, "event_bridge": _event_bridge(integration)}


def _event_bridge(integration: Integration) -> dict[str, str]:
    """Return the files for where a share cannot serve, by their names in the template."""
    plan = plan_for(integration, specs.from_row(integration.spec))
    arn, key = plan.stream_arn, plan.key_arn or ""
    accepts = destination_policy(plan.account_id, "THE-ARN-OF-YOUR-BUS", plan.partition)
    return {
        "template": event_bridge_template(arn, key),
        "script": event_bridge_script(arn, integration.uid, key),
        "accepts": json.dumps(accepts, indent=2),
    }


def _view(integration: Integration, status: ShareStatus) -> ShareView:
    files, link = files_of(status.shared), share_links.open_links(integration, status.share.label).first()
    return ShareView(
        status,
        files["reader-policy.json"],
        files["check.sh"],
        _key_statement(integration, status),
        link,
        _address(link),
    )


def _key_statement(integration: Integration, status: ShareStatus) -> str:
    """Return what to add to the policy of a key of the client's own, or ""."""
    if not status.owns_key:
        return ""
    statement = key_statement(plan_for(integration, specs.from_row(integration.spec)), status.share)
    return json.dumps(statement, indent=2)


def _address(link: ExpiringLink | None) -> str:
    try:
        return share_links.address_of(link) if link else ""
    except ValidationError:  # the portal's secret key was changed since
        return ""


SHARES = TabSection("onboarding/_shares_tab.html", _context)


@require_POST
@of_tenant(Right.SET_UP)
def integration_shares(request: TenantRequest, uid: str) -> HttpResponse:
    """Create or revoke the link of a share, or request a check of the integration."""
    found = draft_of(request, uid)
    if not found.spec or found.connection is None:
        raise Http404
    do, _colon, label = request.POST.get("do", "").partition(":")
    try:
        _done(request, found, do, label)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect("consumers", slug=request.tenant.slug, uid=found.uid)


def _done(request: TenantRequest, found: Integration, do: str, label: str) -> None:
    if do == "check":
        rate_limits.use(rate_limits.CHECKS, tenant=request.tenant, user=request.user)
        drift.request_check(integration=found, actor=request.user)
        hints.check_soon(found.pk)
    elif do == "link":
        share_links.create(integration=found, label=label, actor=request.user)
        messages.success(request, _("The link was created. It expires in seven days."))
    elif do == "revoke":
        share_links.revoke(integration=found, label=label, actor=request.user)
        messages.success(request, _("The link was revoked."))
