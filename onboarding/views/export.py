"""The plan as a file for CloudFormation, Terraform or the AWS CLI, and the script that makes its access key."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from onboarding.export.resources import CannotExport
from onboarding.integrations import export_files
from onboarding.provisioning.answers import Refused
from onboarding.spec import integration_spec as specs
from onboarding.spec.problem import SpecRefused
from onboarding.views.page import draft_of
from onboarding.views.wizard import review
from onboarding.wizard import pages
from portal import rate_limits
from portal.messages.catalogue import explanation_of
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.rights import Right

_TYPES = {
    "cloudformation": "application/yaml",
    "terraform": "text/plain",
    "cli": "text/x-shellscript",
    export_files.KEY: "text/x-shellscript",
    export_files.REMOVAL: "text/x-shellscript",
    export_files.VENDOR: "application/pgp-keys",
}


@require_safe
@of_tenant(Right.EXPORT)
def export_file(request: TenantRequest, uid: str, form: str) -> HttpResponse:
    """Send the plan in one form; where it has none yet, go to the page that says what is missing."""
    integration = draft_of(request, uid)
    if form not in _TYPES:
        raise Http404
    rate_limits.use(rate_limits.EXPORTS, tenant=request.tenant, user=request.user)
    try:
        # Of a self-managed integration the plan that was kept counts, whatever somebody is changing just now.
        kept = specs.from_row(integration.spec) if integration.is_self_managed else None
        found = export_files.exported(integration, kept or review.spec_of(integration), form)
    except Refused as refused:
        messages.error(request, explanation_of(refused.message))
        return redirect(pages.url_of(integration, review.KEY))
    except SpecRefused:
        return redirect(pages.url_of(integration, review.KEY))
    except CannotExport as refused:
        messages.error(request, explanation_of(refused.message))
        return redirect(pages.url_of(integration, review.KEY))
    response = HttpResponse(found.text, content_type=f"{_TYPES[form]}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.name}"'
    return response
