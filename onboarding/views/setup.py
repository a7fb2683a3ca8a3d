"""The wizard's front door, and the two pages that are a plain form: the stream and its delivery."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.forms import Form, IntegerField
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from onboarding import selectors, services, wizard
from onboarding.deliveries import Delivery, s3_prefix
from onboarding.forms import DeliveryForm, StreamForm
from onboarding.models import Integration
from onboarding.views import connect, page, recipients, review, sizes
from onboarding.views.page import draft_of, show, show_live, typed, wants
from portal.aws.errors import AwsFault
from portal.tenancy.access import TenantRequest, of_tenant


@require_POST
@of_tenant("admin")
def integration_new(request: TenantRequest) -> HttpResponse:
    """Open a draft and go to its first page."""
    integration = services.start_integration(tenant=request.tenant, actor=request.user)
    return redirect(wizard.url_of(integration, wizard.KEYS[0]))


@require_http_methods(["GET", "POST"])
@of_tenant("admin")
def setup(request: TenantRequest, uid: str, page: str) -> HttpResponse:
    """Show or save one page of the wizard; what runs or is done is shown elsewhere."""
    integration = draft_of(request, uid)
    if page not in _PAGES:
        raise Http404
    if not wizard.is_editable(integration):
        return _elsewhere(integration)
    if request.method == "POST" and wants(request) != "keep":
        services.begin_turn(integration=integration)
    try:
        return _PAGES[page](request, integration)
    except services.StaleDraft:
        return HttpResponse(status=204)


def stream_page(request: TenantRequest, integration: Integration) -> HttpResponse:
    """The data stream: name, Region, capacity mode, retention period, metrics, encryption."""
    return _form_page(request, integration, "stream", wizard.stream_form)


def delivery_page(request: TenantRequest, integration: Integration) -> HttpResponse:
    """The Firehose stream into a bucket, or none."""
    return _form_page(request, integration, "delivery", wizard.delivery_form)


_PAGES: dict[str, Callable[[TenantRequest, Integration], HttpResponse]] = {
    "connect": connect.connect_page,
    "stream": stream_page,
    "delivery": delivery_page,
    "recipients": recipients.recipients_page,
    "review": review.review_page,
}


def _elsewhere(integration: Integration) -> HttpResponse:
    run = selectors.current_run(integration)
    if run is None:
        return redirect("tenant_home", slug=integration.tenant.slug)
    return redirect("run", slug=integration.tenant.slug, pk=run.pk)


def _form_page(
    request: TenantRequest,
    integration: Integration,
    key: str,
    form_of: Callable[..., StreamForm | DeliveryForm],
) -> HttpResponse:
    if request.method == "GET":
        form = form_of(integration)
        return show(request, integration, key, _extras(integration, form))
    _keep(request, integration, key)
    if wants(request) == "keep":
        return show_live(request, integration, key, _extras(integration, form_of(integration, always_bound=True)))
    if wants(request) == "back":
        return page.leave(integration, key, -1)
    return _go_on(request, integration, key, form_of)


def _keep(request: TenantRequest, integration: Integration, key: str) -> None:
    before, values = wizard.values_of(integration, key), typed(request, key)
    if before.get(wizard.ASKED):
        values[wizard.ASKED] = True
    answered = before.get(wizard.REFUSED, {})
    values[wizard.REFUSED] = {
        field: words for field, words in answered.items() if before.get(field) == values.get(field)
    }
    services.save_page(integration=integration, page=key, values=values, turn=page.turn_of(request))


def _go_on(
    request: TenantRequest, integration: Integration, key: str, form_of: Callable[..., StreamForm | DeliveryForm]
) -> HttpResponse:
    values = {**wizard.values_of(integration, key), wizard.ASKED: True, wizard.REFUSED: {}}
    services.save_page(integration=integration, page=key, values=values)
    if (form := form_of(integration)).is_valid():
        values.update(_plain_numbers(form))
        values[wizard.REFUSED] = _asked_aws(request, integration, key, values)
        services.save_page(integration=integration, page=key, values=values)
    form = form_of(integration)
    if form.is_valid():
        return page.leave(integration, key, +1)
    return show(request, integration, key, _extras(integration, form), refused=True)


def _plain_numbers(form: Form) -> dict[str, str]:
    numbers = (name for name, field in form.fields.items() if isinstance(field, IntegerField))
    return {name: str(form.cleaned_data[name]) for name in numbers if form.cleaned_data.get(name) is not None}


def _asked_aws(request: TenantRequest, integration: Integration, key: str, values: dict[str, Any]) -> dict[str, str]:
    if wizard.standing(integration, "connect").state != "done":
        return {}
    ask, field = _QUESTIONS[key]
    try:
        words = ask(integration=integration, values=values)
    except AwsFault as fault:
        said = fault.words
        messages.warning(
            request,
            f"Sluice could not ask AWS whether “{values.get(field, '')}” is free: {said.sentences} "
            "It is asked again before anything is made.",
        )
        return {}
    return {field: words} if words else {}


_QUESTIONS: dict[str, tuple[Callable[..., str | None], str]] = {
    "stream": (services.stream_conflict, "name"),
    "delivery": (services.bucket_conflict, "bucket"),
}


def _extras(integration: Integration, form: StreamForm | DeliveryForm) -> dict[str, Any]:
    if isinstance(form, StreamForm):
        return {"form": form, "carries": sizes.carries(form["mode"].value(), form["shards"].value())}
    prefix = str(form["prefix"].value() or Delivery(name="", bucket="").prefix)
    problem = s3_prefix.problem_with(prefix)
    return {
        "form": form,
        "prefix_now": "" if problem else s3_prefix.evaluated(prefix, datetime.now(UTC)),
        "prefix_problem": problem,
        "role_sentences": review.delivery_role_sentences(integration, form),
    }
