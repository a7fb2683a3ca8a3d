"""An integration whose owner applies the plan: its files, the key's way in, whether it is watched, and its end."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from onboarding import check_queue
from onboarding.account_state.integration_status import integration_status
from onboarding.credentials import selectors as credentials_selectors
from onboarding.integrations import export_files, plan_view, update
from onboarding.integrations.former_deliveries import former_deliveries
from onboarding.models.integration import Integration
from onboarding.models.resource_check import ResourceCheck
from onboarding.provisioning.answers import Refused
from onboarding.self_managed import key_upload, lifecycle, stream_health
from onboarding.spec import integration_spec as specs
from onboarding.spec.problem import SpecRefused
from onboarding.views.connections.check_progress import ID
from onboarding.views.credentials import pgp_keys
from onboarding.views.page import UNPROCESSABLE, draft_of
from onboarding.views.typed_name import end_if_confirmed
from onboarding.views.wizard import review
from onboarding.wizard import pages
from portal import rate_limits
from portal.accounts.step_up import confirmed
from portal.messages.catalogue import explanation_of
from portal.numbers import in_fours
from portal.openpgp.encrypted_messages import MAX_BYTES, MessageRefused
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.rights import Right


def is_of(integration: Integration) -> bool:
    """Tell whether these are the pages of an integration: it is self-managed, or was until it was ended."""
    if integration_status(integration).is_removed:
        return not integration.runs.exists()
    return integration.is_self_managed


def show(request: TenantRequest, found: Integration, **errors: Any) -> HttpResponse:
    """Render the page; `errors` is what was wrong with an uploaded key. A page that waited for a check loads again."""
    context = {**_context(request, found), **errors}
    if request.htmx and request.htmx.target == ID and context["check"] is None:
        return HttpResponseClientRefresh()
    return render(request, "onboarding/self_managed.html", context, status=UNPROCESSABLE if errors else 200)


@require_POST
@of_tenant(Right.SET_UP)
def integration_self_manage(request: TenantRequest, uid: str) -> HttpResponse:
    """Keep the wizard's plan as one that its owner applies, and go to its page."""
    integration = draft_of(request, uid)
    if not pages.is_editable(integration):
        return redirect("integration", slug=request.tenant.slug, uid=uid)
    try:
        lifecycle.begin(integration=integration, spec=review.spec_of(integration), actor=request.user)
    except (SpecRefused, Refused) as refused:
        integration.refresh_from_db()
        return review.refuse(request, integration, refused)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect("integration", slug=request.tenant.slug, uid=uid)


@sensitive_variables()
@sensitive_post_parameters("blob")
@require_POST
@of_tenant(Right.SET_UP)
def self_managed_key(request: TenantRequest, uid: str) -> HttpResponse:
    """Take the encrypted key in; what is not for the vendor alone is refused, and nothing of it is kept."""
    found = draft_of(request, uid)
    try:
        key_upload.upload_key(integration=found, blob=_blob(request), actor=request.user)
    except MessageRefused as refused:
        # What was pasted can hold anything beside the message; only the message itself is shown again.
        shown = "" if "file" in request.FILES else refused.armored
        error = explanation_of(refused.message)
        return show(request, found, key_error=error, pasted=shown, is_compromised=refused.is_compromising)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    except Refused as refused:
        messages.error(request, explanation_of(refused.message))
    else:
        messages.success(request, _("Encrypted key uploaded. Only the vendor can decrypt it."))
    return redirect("integration", slug=request.tenant.slug, uid=uid)


@require_POST
@of_tenant(Right.SET_UP)
def self_managed_watch(request: TenantRequest, uid: str) -> HttpResponse:
    """Request that the stream is monitored through a verified connection to the same account."""
    found = draft_of(request, uid)
    connection = get_object_or_404(request.tenant.connections, uid=request.POST.get("connection", ""))
    rate_limits.use(rate_limits.VERIFICATIONS, tenant=request.tenant, user=request.user)
    try:
        stream_health.request_monitoring(integration=found, connection=connection, actor=request.user)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect(f"{reverse('integration', kwargs={'slug': request.tenant.slug, 'uid': uid})}#health")


@require_http_methods(["GET", "HEAD", "POST"])
@of_tenant(Right.REMOVE)
@confirmed("remove")
def self_managed_end(request: TenantRequest, uid: str) -> HttpResponse:
    """Say how it is taken down by hand; asked for by its typed name, end it in Sluice."""
    found = draft_of(request, uid)
    if not found.is_self_managed:
        return redirect("integration", slug=request.tenant.slug, uid=uid)
    report = _("%(name)s has ended. Nothing was changed in AWS.") % {"name": found.name}
    form, ended = end_if_confirmed(request, found, end=lifecycle.end, done=report)
    if ended:
        return ended
    context = {**_context(request, found), "form": form}
    return render(request, "onboarding/self_managed_end.html", context, status=UNPROCESSABLE if form.errors else 200)


def _blob(request: TenantRequest) -> bytes:
    upload = request.FILES.get("file")
    if upload is not None:  # also over what stands in the box, which can be what was refused before
        return bytes(upload.read(MAX_BYTES + 1))
    return request.POST.get("blob", "").encode()


def _context(request: TenantRequest, found: Integration) -> dict[str, Any]:
    spec = specs.from_row(found.spec)
    credential = credentials_selectors.ready_credential(found)
    plan = plan_view.plan_of(found, spec, with_recipients=False)
    user, vendor = export_files.user_of(found), pgp_keys.vendor_key()
    return {
        "tenant": request.tenant,
        "integration": found,
        "spec": spec,
        "spaced_account": in_fours(plan.account_id),
        "resources": plan.resources,
        "is_over": not found.is_self_managed,
        "dropped": former_deliveries(found),
        "may_act": Right.SET_UP in request.rights and found.is_self_managed,
        "is_update": update.is_open(found),
        "resume_url": pages.url_of(found, "review"),
        "vendor": vendor,
        "by_hand": _by_hand(user, vendor.fingerprint) if vendor else "",
        "out": f"{user}-key.json.asc",
        "demo_run": f"make demo-run FILE=~/Downloads/{found.stream_name}.sh",
        "credential": credential,
        "copy": credential.copies.all()[0] if credential else None,
        "watchers": stream_health.watchers(found),
        "is_watched": found.watched_at is not None,
        **_monitoring(stream_health.last_check(found)),
    }


def _monitoring(check: ResourceCheck | None) -> dict[str, Any]:
    if check is None or check.is_open:
        return {"check": check, "is_held_up": check_queue.is_held_up(check)}
    return {"check": None, "check_problem": check_queue.problem_of(check)}


def _by_hand(user: str, fingerprint: str) -> str:
    return (
        f"gpg --import vendor-key.asc\n"
        f"aws iam create-access-key --user-name {user} --output json \\\n"
        f"  | gpg --armor --trust-model always --set-filename {user}-key.json --encrypt --recipient {fingerprint} \\\n"
        f"    > {user}-key.json.asc"
    )
