"""Page 3 of the wizard: the deliveries. Of one there is a form; of several there is a list, and a form for each."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from onboarding.deliveries.form_schema import DESTINATION_FORMS
from onboarding.drafts import codec
from onboarding.drafts import services as drafts
from onboarding.models.integration import Integration
from onboarding.views import page
from onboarding.views.page import draft_of, show, show_live, wants
from onboarding.views.wizard import requested_check
from onboarding.views.wizard.delivery_context import MOST, PAGE, form_context, list_context
from onboarding.views.wizard.delivery_lines import delivery_url
from onboarding.views.wizard.delivery_values import posted_values
from onboarding.wizard import check_requests, page_status, pages
from onboarding.wizard.forms.delivery import DeliveryForm
from onboarding.wizard.forms.delivery_fields import DESTINATIONS
from portal.tenancy.access import TenantRequest, of_tenant
from portal.tenancy.rights import Right

# Says that the list is wanted though there is one delivery, and that it is the list that was submitted.
LIST = "list"
MORE = "more"


def delivery_page(request: TenantRequest, integration: Integration) -> HttpResponse:
    """The one delivery there is or may be, or the list of several."""
    items = codec.deliveries_of(integration.draft)
    is_list = len(items) > 1 or (bool(items) and LIST in request.GET)
    if request.method == "POST":
        if LIST in request.POST:
            return _from_list(request, integration, items)
        return _single(request, integration, next(iter(items), "1"))
    if is_list:
        return show(request, integration, PAGE, list_context(integration, items))
    return _single(request, integration, next(iter(items), "1"))


@require_http_methods(["GET", "HEAD", "POST"])
@of_tenant(Right.SET_UP)
def delivery_page_of(request: TenantRequest, uid: str, key: str) -> HttpResponse:
    """Show or save one delivery of several; the wizard's other rules are those of its pages."""
    integration = draft_of(request, uid)
    if not pages.is_editable(integration) or key not in codec.deliveries_of(integration.draft):
        raise Http404
    if request.method == "POST" and wants(request) != "keep":
        drafts.begin_turn(integration=integration)
    try:
        return _single(request, integration, key)
    except drafts.StaleDraft:
        return HttpResponse(status=204)


def _from_list(request: TenantRequest, integration: Integration, items: dict[str, dict[str, Any]]) -> HttpResponse:
    do, _, which = wants(request).partition(":")
    if do == "remove" and which in items:
        drafts.save_delivery(integration=integration, key=which, values=None)
        return page.stay(integration, PAGE)
    if do == "add" and which in DESTINATION_FORMS and len(items) < MOST:
        return _added(integration, items, which)
    if do == "back" or not items:
        return page.leave(integration, PAGE, -1) if items else page.stay(integration, PAGE)
    for key, values in items.items():
        drafts.save_delivery(integration=integration, key=key, values={**values, pages.SUBMITTED: True})
    if page_status.status_of(integration, PAGE).state == "done":
        return page.leave(integration, PAGE, +1)
    return show(
        request, integration, PAGE, list_context(integration, codec.deliveries_of(integration.draft)), refused=True
    )


_OF_BUCKET = ("bucket", "bucket_mode", "bucket_encryption", "bucket_key_arn")


def _added(integration: Integration, items: dict[str, dict[str, Any]], kind: str) -> HttpResponse:
    key = str(max((int(number) for number in items), default=0) + 1)
    form = DeliveryForm({"kind": kind}, submitted=False, connection=pages.connection_of(integration))
    stream_name = str(pages.values_of(integration, "stream").get("name", ""))
    suggested = form.suggested(stream_name, taken={str(values.get("name")) for values in items.values()})
    first = next(iter(items.values()), {})
    suggested |= {name: str(first[name]) for name in _OF_BUCKET if first.get(name)}
    drafts.save_delivery(integration=integration, key=key, values=suggested)
    return redirect(delivery_url(integration, key))


def _single(request: TenantRequest, integration: Integration, key: str) -> HttpResponse:
    if request.method != "POST":
        return _shown_or_left(request, integration, key)
    do, _, which = wants(request).partition(":")
    values, refused = posted_values(request, integration, key)
    if do == "kind" and which in dict(DESTINATIONS):
        return _of_another_kind(integration, key, values, which)
    drafts.save_delivery(integration=integration, key=key, values=values, turn=page.turn_of(request))
    if do == "keep":
        form = pages.delivery_form(integration, key, always_bound=True)
        return _live(request, integration, key, form)
    if do == "back":
        return _back(integration)
    return _continue(request, integration, key, {**values, pages.REFUSED: refused}, adds=do == MORE)


def _of_another_kind(integration: Integration, key: str, values: dict[str, Any], kind: str) -> HttpResponse:
    """Go to the form of another kind; what was typed stays, but for what every kind has its own usual values of."""
    if kind == "none":
        drafts.save_delivery(integration=integration, key=key, values={**values, "kind": kind})
        return _again(integration, key)
    stream_name = str(pages.values_of(integration, "stream").get("name", ""))
    others = {str(item.get("name")) for other, item in codec.deliveries_of(integration.draft).items() if other != key}
    form = DeliveryForm({"kind": kind}, submitted=False, connection=pages.connection_of(integration))
    usual = form.suggested(stream_name, taken=others)
    kept = {name: value for name, value in values.items() if name not in usual or (name == "bucket" and value)}
    kept.pop(pages.SUBMITTED, None)
    drafts.save_delivery(integration=integration, key=key, values={**usual, **kept})
    return _again(integration, key)


def _continue(
    request: TenantRequest, integration: Integration, key: str, values: dict[str, Any], *, adds: bool
) -> HttpResponse:
    values = {**values, pages.SUBMITTED: True}
    drafts.save_delivery(integration=integration, key=key, values=values)
    if not (form := pages.delivery_form(integration, key)).is_valid():
        return _show(request, integration, key, form, refused=True)
    subject, then = check_requests.bucket_subject(integration, key), MORE if adds else requested_check.NEXT
    if check_requests.must_ask(integration, subject):
        return requested_check.wait(request, integration, subject, url=_url(integration, key), then=then)
    return _leave(integration, then)


def _leave(integration: Integration, then: str) -> HttpResponse:
    items = codec.deliveries_of(integration.draft)
    if then == MORE and len(items) < MOST:
        return redirect(f"{pages.url_of(integration, PAGE)}?{LIST}=1#add")
    return page.leave(integration, PAGE, +1) if len(items) < 2 else page.stay(integration, PAGE)


def _shown_or_left(request: TenantRequest, integration: Integration, key: str) -> HttpResponse:
    form, url = pages.delivery_form(integration, key), _url(integration, key)
    return requested_check.answer(
        request,
        integration,
        check_requests.bucket_subject(integration, key),
        url=url,
        leave=lambda then: _leave(integration, then) if form.is_valid() else redirect(url),
        show=lambda: _show(request, integration, key, form),
    )


def _show(
    request: TenantRequest, integration: Integration, key: str, form: DeliveryForm, *, refused: bool = False
) -> HttpResponse:
    progress = requested_check.progress_of(integration, check_requests.bucket_subject(integration, key))
    return show(request, integration, PAGE, {**form_context(integration, key, form), **progress}, refused=refused)


def _url(integration: Integration, key: str) -> str:
    several = len(codec.deliveries_of(integration.draft)) > 1
    return delivery_url(integration, key) if several else pages.url_of(integration, PAGE)


def _back(integration: Integration) -> HttpResponse:
    several = len(codec.deliveries_of(integration.draft)) > 1
    return page.stay(integration, PAGE) if several else page.leave(integration, PAGE, -1)


def _again(integration: Integration, key: str) -> HttpResponse:
    return redirect(_url(integration, key))


def _live(request: TenantRequest, integration: Integration, key: str, form: DeliveryForm) -> HttpResponse:
    if not request.htmx:
        return _again(integration, key)
    return show_live(request, integration, PAGE, form_context(integration, key, form))
