"""Security options of a stream as its consumers see them: in words, with their policies and files."""

import json

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from onboarding.connectors.security.option import SecurityOption
from onboarding.connectors.security.options import security_options
from onboarding.models.integration import Integration
from onboarding.spec import integration_spec as specs
from onboarding.views.integrations.connectors import stream_of
from onboarding.views.integrations.removed import redirected_if_removed
from onboarding.views.page import draft_of
from portal.aws.policies.descriptions import describe_policy
from portal.tenancy.access import TenantRequest, of_tenant


@require_safe
@of_tenant()
def consumer_security(request: TenantRequest, uid: str) -> HttpResponse:
    """Show every option."""
    integration = draft_of(request, uid)
    if answer := redirected_if_removed(request, integration):
        return answer
    shown = [
        (option, [(policy, describe_policy(policy.document)) for policy in option.policies])
        for option in _options(integration)
    ]
    context = {"tenant": request.tenant, "integration": integration, "options": shown}
    return render(request, "onboarding/consumer_security.html", context)


@require_safe
@of_tenant()
def consumer_security_file(request: TenantRequest, uid: str, name: str) -> HttpResponse:
    """Send a file or a policy of an option."""
    options = _options(draft_of(request, uid))
    texts = {file.name: file.text for option in options for file in option.files}
    for option in options:
        texts |= {policy.file_name: json.dumps(policy.document, indent=2) + "\n" for policy in option.policies}
    if name not in texts:
        raise Http404
    response = HttpResponse(texts[name], content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _options(integration: Integration) -> tuple[SecurityOption, ...]:
    stream = stream_of(integration)
    key = specs.from_row(integration.spec).stream.kms_key
    return security_options(stream, encryption=key if key in {"none", "aws"} else "customer")
