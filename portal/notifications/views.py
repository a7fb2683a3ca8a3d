"""A person's notifications, what they chose, and the page behind the link that switches a kind of mail off."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.messages.catalogue import text_of
from portal.outbox import bell, choices
from portal.outbox.kinds import KINDS, Kind
from portal.outbox.models import Channel
from portal.outbox.unsubscribe import subscription_of
from portal.tenancy import proof
from portal.tenancy.models import User

PER_PAGE = 50


class PersonRequest(HttpRequest):
    """A request by a signed-in person."""

    user: User


@require_safe
@login_required
def notifications(request: PersonRequest) -> HttpResponse:
    """Show a person's notifications, newest first."""
    reader = proof.reader_of(request.user, request.session)
    page = Paginator(bell.items_of(reader).select_related("tenant"), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "has_hidden": bell.has_hidden(reader)}
    return render(request, "notifications/notifications.html", context)


@require_POST
@login_required
def notifications_read(request: PersonRequest) -> HttpResponse:
    """Mark one notification as read, or all of the person's."""
    bell.mark_read(proof.reader_of(request.user, request.session), uid=request.POST.get("notification", ""))
    return redirect("notifications")


@dataclass(frozen=True, slots=True)
class Box:
    """One choice: its value in the form, its name for screen readers, and whether it is ticked."""

    value: str
    label: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the settings: a kind, who is notified, whether it is always on, and a choice for each channel."""

    label: str
    audience: str
    is_fixed: bool
    boxes: tuple[Box | None, ...]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def notification_settings(request: PersonRequest) -> HttpResponse:
    """Show which kinds of events a person is notified of by which channel, and store what they choose."""
    if request.method == "POST":
        pairs = (value.partition("/") for value in request.POST.getlist("wanted"))
        choices.choose(request.user, {(kind, channel) for kind, _slash, channel in pairs})
        messages.success(request, _("Notification settings saved."))
        return redirect("notification_settings")
    off = choices.chosen(request.user)
    return render(request, "notifications/settings.html", {"lines": [_line(kind, off) for kind in KINDS]})


def _line(kind: Kind, off: set[tuple[str, str]]) -> Line:
    label = text_of(kind.label)
    mail = Box(f"{kind.key}/mail", _("%(kind)s by mail") % {"kind": label}, (kind.key, Channel.MAIL) not in off)
    bell_box = Box(f"{kind.key}/bell", _("%(kind)s by the bell") % {"kind": label}, (kind.key, Channel.BELL) not in off)
    boxes = (mail, bell_box if kind.has_bell else None)
    return Line(label, text_of(kind.audience), kind.is_security, boxes)


@csrf_exempt  # a mail program posts here without cookies: the token is the authority (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether to switch a kind of mail off; do so when it is posted. Answer 404 to a token that is not valid."""
    subscription = subscription_of(token)
    if subscription is None:
        raise Http404
    is_done = request.method == "POST"
    if is_done:
        choices.switch_off(subscription.person, subscription.kind, Channel.MAIL)
    context = {"kind": text_of(subscription.kind.label), "email": subscription.person.email, "is_done": is_done}
    return render(request, "notifications/unsubscribe.html", context)
