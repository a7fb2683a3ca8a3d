"""The plan as a file for CloudFormation, Terraform or the AWS CLI, and the script that makes its access key."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from onboarding import exporting, wizard
from onboarding import spec as specs
from onboarding.export import CannotExport
from onboarding.provisioning.context import Refused
from onboarding.spec import SpecRefused
from onboarding.views import review
from onboarding.views.page import draft_of
from portal.tenancy.access import TenantRequest, of_tenant

_TYPES = {
    "cloudformation": "application/yaml",
    "terraform": "text/plain",
    "cli": "text/x-shellscript",
    exporting.KEY: "text/x-shellscript",
    exporting.REMOVAL: "text/x-shellscript",
    exporting.VENDOR: "application/pgp-keys",
}


@require_GET
@of_tenant("admin")
def export_file(request: TenantRequest, uid: str, form: str) -> HttpResponse:
    """Send the plan in one form; where it has none yet, go to the page that says what is missing."""
    integration = draft_of(request, uid)
    if form not in _TYPES:
        raise Http404
    try:
        # Of a self-run integration the plan that was kept counts, whatever somebody is changing just now.
        kept = specs.from_dict(integration.spec) if integration.is_self_run else None
        found = exporting.exported(integration, kept or review.spec_of(integration), form)
    except Refused as refused:
        messages.error(request, f"{refused.what} {refused.todo}")
        return redirect(wizard.url_of(integration, review.KEY))
    except SpecRefused:
        return redirect(wizard.url_of(integration, review.KEY))
    except CannotExport as refused:
        messages.error(request, str(refused))
        return redirect(wizard.url_of(integration, review.KEY))
    response = HttpResponse(found.text, content_type=f"{_TYPES[form]}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.name}"'
    return response
