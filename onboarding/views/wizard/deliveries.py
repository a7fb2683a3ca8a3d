"""Page 3 of the wizard: the deliveries. Of one there is a form; of several there is a list, and a form for each."""

import re
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from onboarding.deliveries import s3_prefix, secrets
from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.form_codec import kind_of
from onboarding.deliveries.form_inputs import InputKind
from onboarding.deliveries.form_schema import DESTINATION_FORMS, inputs_of
from onboarding.deliveries.kinds import KINDS
from onboarding.deliveries.secret_detection import WORDS, is_token, looks_secret, must_not_be_kept
from onboarding.drafts import codec
from onboarding.drafts import services as drafts
from onboarding.models.integration import Integration
from onboarding.views import page
from onboarding.views.page import draft_of, show, show_live, typed, wants
from onboarding.views.wizard import review
from onboarding.views.wizard.delivery_lines import line_of, not_allowed, one_url
from onboarding.wizard import aws_checks, pages
from onboarding.wizard.forms.delivery import DeliveryForm
from onboarding.wizard.forms.delivery_fields import DESTINATIONS, NO_STORAGE
from portal.aws.errors import AwsFault
from portal.messages.catalogue import explanation_of
from portal.tenancy.access import TenantRequest, of_tenant

PAGE = "delivery"
MOST = 20
_IN_A_WORD = re.compile(r"^(?:Amazon|Apache) | (?:Service|Serverless|endpoint|tables)$")
# Says that the list is wanted though there is one delivery, and that it is the list that was submitted.
LIST = "list"


def delivery_page(request: TenantRequest, integration: Integration) -> HttpResponse:
    """The one delivery there is or may be, or the list of several."""
    items = codec.deliveries_of(integration.draft)
    is_list = len(items) > 1 or (bool(items) and LIST in request.GET)
    if request.method == "POST":
        if LIST in request.POST:
            return _from_list(request, integration, items)
        return _one(request, integration, next(iter(items), "1"))
    if is_list:
        return show(request, integration, PAGE, _list(integration, items))
    return _one(request, integration, next(iter(items), "1"))


@require_http_methods(["GET", "POST"])
@of_tenant("admin")
def delivery_one(request: TenantRequest, uid: str, key: str) -> HttpResponse:
    """Show or save one delivery of several; the wizard's other rules are those of its pages."""
    integration = draft_of(request, uid)
    if not pages.is_editable(integration) or key not in codec.deliveries_of(integration.draft):
        raise Http404
    if request.method == "POST" and wants(request) != "keep":
        drafts.begin_turn(integration=integration)
    try:
        return _one(request, integration, key)
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
        drafts.save_delivery(integration=integration, key=key, values={**values, pages.ASKED: True})
    if pages.standing(integration, PAGE).state == "done":
        return page.leave(integration, PAGE, +1)
    return show(request, integration, PAGE, _list(integration, codec.deliveries_of(integration.draft)), refused=True)


def _added(integration: Integration, items: dict[str, dict[str, Any]], kind: str) -> HttpResponse:
    key = str(max((int(one) for one in items), default=0) + 1)
    form = DeliveryForm({"kind": kind}, asked=False, connection=pages.connection_of(integration))
    stream_name = str(pages.values_of(integration, "stream").get("name", ""))
    suggested = form.suggested(stream_name, taken={str(one.get("name")) for one in items.values()})
    first = next(iter(items.values()), {})
    suggested |= {name: str(first[name]) for name in ("bucket", "bucket_mode") if first.get(name)}
    drafts.save_delivery(integration=integration, key=key, values=suggested)
    return redirect(one_url(integration, key))


def _one(request: TenantRequest, integration: Integration, key: str) -> HttpResponse:
    if request.method == "GET":
        return show(request, integration, PAGE, _form_context(integration, key, pages.delivery_form(integration, key)))
    do, _, which = wants(request).partition(":")
    values, refused = _kept(request, integration, key)
    if do == "kind" and which in dict(DESTINATIONS):
        return _of_another_kind(integration, key, values, which)
    drafts.save_delivery(integration=integration, key=key, values=values, turn=page.turn_of(request))
    if do == "keep":
        form = pages.delivery_form(integration, key, always_bound=True)
        return _live(request, integration, key, form)
    if do == "back":
        return _back(integration)
    return _go_on(request, integration, key, {**values, pages.REFUSED: refused}, adds=do == "more")


def _kept(request: TenantRequest, integration: Integration, key: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what is kept of what was typed, and why the rest is not, by its fields."""
    before = codec.deliveries_of(integration.draft).get(key, {})
    values = typed(request, PAGE)
    for one in inputs_of(kind_of(values)):
        if one.kind is InputKind.TICK:
            values.setdefault(one.field, "")
    refused = dict.fromkeys(_secret_fields(values), WORDS)
    values = {**values, **dict.fromkeys(refused, "")}
    if before.get(pages.ASKED):
        values[pages.ASKED] = True
    answered = before.get(pages.REFUSED, {})
    values[pages.REFUSED] = {
        field: words for field, words in answered.items() if before.get(field) == values.get(field)
    }
    return values, refused


def _secret_fields(values: dict[str, Any]) -> list[str]:
    """Return the fields that hold what must not rest in a draft."""
    inputs = {one.field: one for one in inputs_of(kind_of(values))}
    return [
        field
        for field, value in values.items()
        if (must_not_be_kept(inputs[field], value) if field in inputs else looks_secret(value) or is_token(value))
    ]


def _of_another_kind(integration: Integration, key: str, values: dict[str, Any], kind: str) -> HttpResponse:
    """Go to the form of another kind; what was typed stays, but for what every kind has its own usual values of."""
    if kind == "none":
        drafts.save_delivery(integration=integration, key=key, values={**values, "kind": kind})
        return _again(integration, key)
    stream_name = str(pages.values_of(integration, "stream").get("name", ""))
    others = {str(one.get("name")) for other, one in codec.deliveries_of(integration.draft).items() if other != key}
    form = DeliveryForm({"kind": kind}, asked=False, connection=pages.connection_of(integration))
    usual = form.suggested(stream_name, taken=others)
    kept = {name: value for name, value in values.items() if name not in usual or (name == "bucket" and value)}
    kept.pop(pages.ASKED, None)
    drafts.save_delivery(integration=integration, key=key, values={**usual, **kept})
    return _again(integration, key)


def _go_on(
    request: TenantRequest, integration: Integration, key: str, values: dict[str, Any], *, adds: bool
) -> HttpResponse:
    values = {**values, pages.ASKED: True}
    drafts.save_delivery(integration=integration, key=key, values=values)
    if (form := pages.delivery_form(integration, key)).is_valid():
        values[pages.REFUSED] = _asked_aws(request, integration, key, values)
        drafts.save_delivery(integration=integration, key=key, values=values)
        form = pages.delivery_form(integration, key)
    if not form.is_valid():
        return show(request, integration, PAGE, _form_context(integration, key, form), refused=True)
    items = codec.deliveries_of(integration.draft)
    if adds and len(items) < MOST:
        return redirect(f"{pages.url_of(integration, PAGE)}?{LIST}=1#add")
    return page.leave(integration, PAGE, +1) if len(items) < 2 else page.stay(integration, PAGE)


def _asked_aws(request: TenantRequest, integration: Integration, key: str, values: dict[str, Any]) -> dict[str, str]:
    if pages.standing(integration, "connect").state != "done" or _is_answered(integration, key, values):
        return {}
    try:
        words = aws_checks.bucket_conflict(integration=integration, values=values)
    except AwsFault as fault:
        messages.warning(
            request,
            f"Couldn’t check whether “{values.get('bucket', '')}” is available: {explanation_of(fault.message)} "
            "Sluice checks again before it creates anything.",
        )
        return {}
    return {"bucket": words} if words else {}


def _is_answered(integration: Integration, key: str, values: dict[str, Any]) -> bool:
    # Several deliveries may share a bucket; AWS is asked about it once.
    others = (one for other, one in codec.deliveries_of(integration.draft).items() if other != key)
    return any(
        one.get(pages.ASKED)
        and not one.get(pages.REFUSED)
        and all(one.get(name) == values.get(name) for name in ("bucket", "bucket_mode"))
        for one in others
    )


def _back(integration: Integration) -> HttpResponse:
    several = len(codec.deliveries_of(integration.draft)) > 1
    return page.stay(integration, PAGE) if several else page.leave(integration, PAGE, -1)


def _again(integration: Integration, key: str) -> HttpResponse:
    several = len(codec.deliveries_of(integration.draft)) > 1
    return redirect(one_url(integration, key)) if several else page.stay(integration, PAGE)


def _live(request: TenantRequest, integration: Integration, key: str, form: DeliveryForm) -> HttpResponse:
    if not request.htmx:
        return _again(integration, key)
    return show_live(request, integration, PAGE, _form_context(integration, key, form))


def _list(integration: Integration, items: dict[str, dict[str, Any]]) -> dict[str, Any]:
    lines = [line_of(integration, key, values) for key, values in items.items()]
    return {"lines": lines, "kinds": _cards(*DESTINATION_FORMS) if len(lines) < MOST else []}


def _cards(*kinds: str) -> list[tuple[str, Any, str]]:
    """Return kinds as cards: each with its words, and what has to be there first."""
    choices = dict(DESTINATIONS)
    return [
        (kind, choices[kind], DESTINATION_FORMS[kind].prerequisites if kind in DESTINATION_FORMS else "")
        for kind in kinds
    ]


def _form_context(integration: Integration, key: str, form: DeliveryForm) -> dict[str, Any]:
    prefix = str(form["prefix"].value() or form.destination.PREFIX)
    zone = str(form["time_zone"].value() or "UTC") if "time_zone" in form.fields else "UTC"
    zone = zone if s3_prefix.is_time_zone(zone) else "UTC"
    problem = s3_prefix.problem_with(prefix)
    is_one_of_several = len(codec.deliveries_of(integration.draft)) > 1
    is_none = str(form["kind"].value()) == "none"
    kind = "none" if is_none else form.chosen
    title = form.destination.TITLE
    near = dict.fromkeys(("s3", kind) if is_one_of_several else ("s3", kind, "none"))
    far = [one for one in DESTINATION_FORMS if one not in near]
    stream = pages.values_of(integration, "stream")
    return {
        "form": form,
        "kinds": _cards(*near),
        "more_kinds": _cards(*far),
        "more_titles": ", ".join(dict.fromkeys(_IN_A_WORD.sub("", KINDS[one].TITLE) for one in far)),
        "destination_title": title,
        "kind": kind,
        "secret_command": secrets.command(
            form.chosen,
            region=str(stream.get("region") or "eu-west-1"),
            name=f"{form['name'].value() or form.initial['name']}-secret",
        ),
        **({"title": f"Deliver to {title}"} if is_one_of_several else {}),
        "is_none": is_none,
        "none_words": NO_STORAGE[1].note,
        "needs": DESTINATION_FORMS[form.chosen].prerequisites,
        "is_error_prefix_given": form["error_prefix"].value() not in {"", Delivery(name="", bucket="").error_prefix},
        "is_one_of_several": is_one_of_several,
        "prefix_now": "" if problem else s3_prefix.evaluated(prefix, datetime.now(UTC), zone),
        "prefix_zone": zone,
        "prefix_problem": explanation_of(problem) if problem else "",
        "not_allowed": not_allowed(integration, pages.delivery_form(integration, key, always_bound=True)),
        "role_sentences": review.delivery_role_sentences(integration, form),
    }
