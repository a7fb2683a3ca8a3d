"""The four policies of a stream: in words, as JSON, and as the commands that attach them."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from onboarding.integrations.policies import InvalidPrincipal, StreamPolicy, commands, stream_policies
from onboarding.models.integration import Integration
from onboarding.provisioning.answers import Refused
from onboarding.spec import integration_spec as specs
from onboarding.views.page import draft_of
from portal.messages.catalogue import explanation_of, text_of
from portal.tenancy.access import TenantRequest, of_tenant


@require_safe
@of_tenant()
def policies(request: TenantRequest, uid: str) -> HttpResponse:
    """Show the four policies; `?principal=ARN` writes the commands for that user or role."""
    integration = draft_of(request, uid)
    found, account_id = _policies(integration), _account_id(integration)
    principal, problem = request.GET.get("principal", "").strip()[:2048], ""
    try:
        shown = [(policy, commands(policy, account_id=account_id, principal=principal)) for policy in found]
    except InvalidPrincipal as refused:
        problem = explanation_of(refused.message)
        shown = [(policy, commands(policy, account_id=account_id)) for policy in found]
    context = {
        "tenant": request.tenant,
        "integration": integration,
        "account_id": account_id,
        "shown": shown,
        "principal": principal,
        "problem": problem,
    }
    return render(request, "onboarding/policies.html", context, status=422 if problem else 200)


@require_safe
@of_tenant()
def policy_file(request: TenantRequest, uid: str, key: str) -> HttpResponse:
    """Send one policy's document as a file."""
    found = next((policy for policy in _policies(draft_of(request, uid)) if policy.key == key), None)
    if found is None:
        raise Http404
    response = HttpResponse(found.as_json, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{found.file_name}"'
    return response


def _policies(integration: Integration) -> list[StreamPolicy]:
    if integration.spec is None or integration.connection is None:
        raise Http404  # nothing was asked for yet, so there is no stream to have rights on
    try:
        return stream_policies(integration, specs.from_row(integration.spec))
    except Refused as refused:
        raise Http404(text_of(refused.message)) from refused


def _account_id(integration: Integration) -> str:
    return integration.connection.account_id if integration.connection else ""
