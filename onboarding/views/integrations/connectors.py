"""Settings of the tools that read a stream: generated, to copy and to download."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from onboarding.account_state.integration_status import integration_status
from onboarding.connectors.catalogue import TOOLS, Tool
from onboarding.connectors.connector import Connector, ConnectorFile
from onboarding.connectors.consumed_stream import ConsumedStream
from onboarding.integrations.consumed_streams import consumed_stream, consumer_roles
from onboarding.models.integration import Integration
from onboarding.provisioning.answers import Refused
from onboarding.views.integrations.form_consumer import ConsumerForm
from onboarding.views.integrations.removed import redirected_if_removed
from onboarding.views.page import UNPROCESSABLE, draft_of
from portal.aws.policies.descriptions import describe_policy
from portal.messages.catalogue import text_of
from portal.tenancy.access import TenantRequest, of_tenant

_FIELDS = ("sign_in", "role_arn", "external_id", "fanout_arn")
_TYPES = {"json": "application/json", "xml": "application/xml", "yaml": "application/yaml"}


@require_safe
@of_tenant()
def connectors(request: TenantRequest, uid: str, tool: str = "") -> HttpResponse:
    """Show one tool's settings; `?sign_in=`, `role_arn=`, `external_id=` and `fanout_arn=` describe the consumer."""
    integration = draft_of(request, uid)
    if answer := redirected_if_removed(request, integration):
        return answer
    chosen = _tool(tool or next(iter(TOOLS)))
    form = _form(request, integration)
    found = chosen.settings(form.described)
    context: dict[str, Any] = {
        "tenant": request.tenant,
        "integration": integration,
        "tools": TOOLS.values(),
        "connector": found,
        "policies": [(policy, describe_policy(policy.document)) for policy in found.policies],
        "form": form,
        "query": _query(request),
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "onboarding/connectors.html", context, status=status)


@require_safe
@of_tenant()
def connector_file(request: TenantRequest, uid: str, tool: str, name: str) -> HttpResponse:
    """Send one file of a tool's settings, for the same consumer as the page that links to it."""
    form = _form(request, draft_of(request, uid))
    if form.errors:
        raise Http404
    found = _file(_tool(tool).settings(form.described), name)
    response = HttpResponse(found.text, content_type=f"{_TYPES.get(found.format, 'text/plain')}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.name}"'
    return response


def _form(request: TenantRequest, integration: Integration) -> ConsumerForm:
    stream, roles = stream_of(integration), consumer_roles(integration)
    form = ConsumerForm({name: request.GET.get(name, "") for name in _FIELDS}, stream=stream, roles=roles)
    form.is_valid()
    return form


def _query(request: TenantRequest) -> str:
    given = request.GET.copy()
    for name in [name for name in given if name not in _FIELDS or not given[name]]:
        del given[name]
    return f"?{given.urlencode()}" if given else ""


def stream_of(integration: Integration) -> ConsumedStream:
    """Return the stream of an integration; raise Http404 where there is none to read, or not any more."""
    if integration_status(integration).is_removed:
        raise Http404
    try:
        found = consumed_stream(integration)
    except Refused as refused:
        raise Http404(text_of(refused.message)) from refused
    if found is None:
        raise Http404  # nothing was asked for yet, so there is no stream to read
    return found


def _tool(key: str) -> Tool:
    if key not in TOOLS:
        raise Http404
    return TOOLS[key]


def _file(connector: Connector, name: str) -> ConnectorFile:
    try:
        return connector.file(name)
    except KeyError:
        raise Http404 from None
