"""Ends an integration once its name is typed: for those that are abandoned and those that are self-managed."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect

from onboarding.models.integration import Integration
from onboarding.wizard.forms.confirmation import TypedNameForm
from portal.tenancy.access import TenantRequest
from portal.tenancy.reasons import reason_in


def end_if_confirmed(
    request: TenantRequest, found: Integration, *, end: Callable[..., object], done: str
) -> tuple[TypedNameForm, HttpResponse | None]:
    """End an integration if its name was typed, and report `done`: the form to show, or the redirect to its page."""
    form = TypedNameForm(request.POST if request.method == "POST" else None, stream_name=found.stream_name)
    if request.method == "POST" and form.is_valid():
        try:
            end(integration=found, actor=request.user, reason=reason_in(request.POST))
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, done)
            return form, redirect("integration", slug=request.tenant.slug, uid=found.uid)
    return form, None
