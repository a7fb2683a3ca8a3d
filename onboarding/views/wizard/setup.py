"""The wizard's front door, and the page that is a plain form: the stream."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form, IntegerField
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from onboarding.drafts import services as drafts
from onboarding.models.integration import Integration
from onboarding.views import page
from onboarding.views.page import draft_of, show, show_live, to_run, typed, wants
from onboarding.views.wizard import (
    capacity,
    connect,
    consumers,
    deliveries,
    estimate,
    recipients,
    requested_check,
    review,
)
from onboarding.wizard import check_answers, check_requests, pages
from onboarding.wizard.forms.stream import StreamForm
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.rights import Right


@require_POST
@of_tenant(Right.SET_UP)
def integration_new(request: TenantRequest) -> HttpResponse:
    """Open a draft and go to its first page."""
    try:
        integration = drafts.start_integration(tenant=request.tenant, actor=request.user)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect("tenant_home", slug=request.tenant.slug)
    return redirect(pages.url_of(integration, pages.KEYS[0]))


@require_POST
@of_tenant(Right.SET_UP)
def integration_discard(request: TenantRequest, uid: str) -> HttpResponse:
    """Delete a draft, and go to the tenant's home."""
    integration = draft_of(request, uid)
    try:
        drafts.discard_draft(integration=integration, actor=request.user)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, gettext("The draft %(name)s was discarded.") % {"name": integration.name})
    return redirect("tenant_home", slug=request.tenant.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@of_tenant(Right.SET_UP)
def setup(request: TenantRequest, uid: str, page: str) -> HttpResponse:
    """Show or save one page of the wizard; what runs or is done is shown elsewhere."""
    integration = draft_of(request, uid)
    if page not in _PAGES:
        raise Http404
    if not pages.is_editable(integration):
        return to_run(integration)
    if request.method == "POST" and wants(request) != "keep":
        drafts.begin_turn(integration=integration)
    try:
        return _PAGES[page](request, integration)
    except drafts.StaleDraft:
        return HttpResponse(status=204)


def stream_page(request: TenantRequest, integration: Integration) -> HttpResponse:
    """The data stream: name, Region, capacity mode, retention period, metrics, encryption."""
    return _form_page(request, integration, "stream", pages.stream_form)


_PAGES: dict[str, Callable[[TenantRequest, Integration], HttpResponse]] = {
    "connect": connect.connect_page,
    "stream": stream_page,
    "delivery": deliveries.delivery_page,
    "consumers": consumers.consumers_page,
    "recipients": recipients.recipients_page,
    "review": review.review_page,
}


def _form_page(
    request: TenantRequest,
    integration: Integration,
    key: str,
    form_of: Callable[..., StreamForm],
) -> HttpResponse:
    if request.method != "POST":
        return _shown_or_left(request, integration, key, form_of)
    _keep(request, integration, key)
    if wants(request) == "keep":
        return show_live(request, integration, key, _extras(integration, form_of(integration, always_bound=True)))
    if wants(request) == "back":
        return page.leave(integration, key, -1)
    if wants(request) in {"estimate", "use-shards"}:
        if wants(request) == "use-shards":
            estimate.use_shards(integration)
        return page.stay(integration, key)
    return _go_on(request, integration, key, form_of)


def _keep(request: TenantRequest, integration: Integration, key: str) -> None:
    before, values = pages.values_of(integration, key), typed(request, key)
    if before.get(pages.SUBMITTED):
        values[pages.SUBMITTED] = True
    answered = before.get(pages.REFUSED, {})
    values[pages.REFUSED] = {
        field: message for field, message in answered.items() if before.get(field) == values.get(field)
    }
    if all(before.get(field) == values.get(field) for field in ("name", "region")):
        values[pages.FOUND] = before.get(pages.FOUND, {})
    drafts.save_page(integration=integration, page=key, values=values, turn=page.turn_of(request))


def _go_on(
    request: TenantRequest, integration: Integration, key: str, form_of: Callable[..., StreamForm]
) -> HttpResponse:
    values = {**pages.values_of(integration, key), pages.SUBMITTED: True, pages.REFUSED: {}}
    drafts.save_page(integration=integration, page=key, values=values)
    if (form := form_of(integration)).is_valid():
        drafts.save_page(integration=integration, page=key, values={**values, **_plain_numbers(form)})
        subject = check_requests.stream_subject(integration)
        if check_requests.must_ask(integration, subject):
            return requested_check.wait(request, integration, subject, url=pages.url_of(integration, key))
        _answer_without_aws(integration, key)
    form = form_of(integration)
    if form.is_valid():
        return page.leave(integration, key, +1)
    return _show(request, integration, key, form, refused=True)


def _answer_without_aws(integration: Integration, key: str) -> None:
    if check_requests.is_connected(integration):
        values = pages.values_of(integration, key)
        answer = check_answers.without_stream(integration, values)
        drafts.save_page(integration=integration, page=key, values={**values, **answer.values})


def _shown_or_left(
    request: TenantRequest, integration: Integration, key: str, form_of: Callable[..., StreamForm]
) -> HttpResponse:
    form, url = form_of(integration), pages.url_of(integration, key)
    return requested_check.answer(
        request,
        integration,
        check_requests.stream_subject(integration),
        url=url,
        leave=lambda _: page.leave(integration, key, +1) if form.is_valid() else redirect(url),
        show=lambda: _show(request, integration, key, form),
    )


def _show(
    request: TenantRequest, integration: Integration, key: str, form: StreamForm, *, refused: bool = False
) -> HttpResponse:
    progress = requested_check.progress_of(integration, check_requests.stream_subject(integration))
    return show(request, integration, key, {**_extras(integration, form), **progress}, refused=refused)


def _plain_numbers(form: Form) -> dict[str, str]:
    numbers = (name for name, field in form.fields.items() if isinstance(field, IntegerField))
    return {name: str(form.cleaned_data[name]) for name in numbers if form.cleaned_data.get(name) is not None}


def _extras(integration: Integration, form: StreamForm) -> dict[str, Any]:
    carries = capacity.carries(form["mode"].value(), form["shards"].value())
    return {"form": form, "carries": carries, **estimate.context(integration, form)}
