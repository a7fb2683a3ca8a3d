"""The Access key tab of an integration: its keys, who can open each, how, and what happened to them."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from onboarding.account_state.integration_status import integration_status
from onboarding.credentials import selectors as credentials_selectors
from onboarding.integrations import key_findings, selectors
from onboarding.integrations.expected_networks import expected_networks
from onboarding.models.integration import Integration
from onboarding.models.states import ProducerRoleState
from onboarding.provisioning.plan_factory import plan_for
from onboarding.spec import integration_spec as specs
from onboarding.views import page
from onboarding.views.credentials import rotations
from onboarding.views.credentials.key_views import key_view, recipients_of
from onboarding.views.integrations.activity import entry
from onboarding.views.page import draft_of
from portal.aws.policies.descriptions import describe_policy
from portal.aws.policies.networks import networks_in
from portal.database_clock import DatabaseClock
from portal.numbers import in_fours
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.rights import Right

MOST_EVENTS = 20  # listed here; the activity of the tenant has all of them


@require_safe
@of_tenant()
def credentials(request: TenantRequest, uid: str) -> HttpResponse:
    """Show the integration's access keys; before there is any, when there will be one."""
    integration = draft_of(request, uid)
    shown = {"tenant": request.tenant, "integration": integration, "run": selectors.current_run(integration)}
    if integration_status(integration).is_draft:
        trail = page.trail(integration, "credentials", linked=Right.SET_UP in request.rights)
        return render(request, "onboarding/access_key_planned.html", {**shown, **trail})
    return render(request, "onboarding/access_key.html", {**shown, **_context(integration)})


def _context(integration: Integration) -> dict[str, Any]:
    found, now = credentials_selectors.usable_credentials(integration), DatabaseClock().now()
    recipients = recipients_of(integration.tenant, found)
    findings = key_findings.findings_of(integration)
    keys = [key_view(integration, credential, recipients, now, findings) for credential in found]
    return {
        "keys": keys,
        "earlier": credentials_selectors.earlier_credentials(integration),
        "events": [entry(event) for event in selectors.key_activity(integration)[:MOST_EVENTS]],
        "is_watched": _is_watched(integration),
        "spaced_account": in_fours(integration.connection.account_id) if integration.connection else "",
        **rotations.section(integration),
        **(role := _of_role(integration, has_key=bool(keys))),
        **(_of_spec(integration) if keys or role.get("is_by_role") else {}),
    }


def _of_role(integration: Integration, *, has_key: bool) -> dict[str, Any]:
    role = integration.producer_roles.exclude(state=ProducerRoleState.RETIRED).first()
    if role is None:
        return {}
    is_by_role = specs.from_row(integration.spec).is_by_role
    note = ""
    if has_key and is_by_role and role.state != ProducerRoleState.IN_USE:
        note = _("The access key works until the vendor reports that it sends with the role. Then it is deleted.")
    elif not is_by_role:
        note = _("The role works until the vendor reports that it sends with the access key. Then it is deleted.")
    return {"role": role, "role_note": note, "is_by_role": is_by_role}


def _of_spec(integration: Integration) -> dict[str, Any]:
    spec = specs.from_row(integration.spec)
    policy = plan_for(integration, spec).producer_policy()
    found = networks_in(policy)
    networks = [*found.public, *found.in_vpc]
    published = expected_networks(integration).are_published
    shown = {"stream": spec.stream, "permissions": describe_policy(policy), "networks": networks}
    return {**shown, "are_networks_published": published}


def _is_watched(integration: Integration) -> bool:
    if integration.is_self_managed:
        return integration.watched_at is not None
    return integration_status(integration).is_there
