"""The page behind an invitation into a tenant: sign in and accept, or choose a password and join."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from portal.tenancy import expiring_links, tenant_invitations
from portal.tenancy.models import ExpiringLink, LinkPurpose, User
from portal.tenancy.people_forms import JoinForm

_GONE, _UNPROCESSABLE = 410, 422
_PAGE = "registration/invitation.html"


@sensitive_post_parameters("new_password1", "new_password2")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@expiring_links.of_link
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show who is invited to what; opening it changes nothing, and accepting it works once."""
    try:
        link = expiring_links.open_link(token=token, purpose=LinkPurpose.INVITATION)
    except ExpiringLink.DoesNotExist:
        raise Http404 from None
    except ValidationError as ended:
        return _without_address(render(request, _PAGE, {"ended": " ".join(ended.messages)}, status=_GONE))
    answer = _accept(request, link) if request.method == "POST" else _show(request, link)
    return _without_address(answer)


def _accept(request: HttpRequest, link: ExpiringLink) -> HttpResponse:
    if isinstance(request.user, User):
        return _join(request, link, request.user)
    if tenant_invitations.has_account(link):
        return _show(request, link)
    form = JoinForm(link.for_email, request.POST)
    if not form.is_valid():
        return _show(request, link, form=form)
    try:
        tenant_invitations.accept_as_new(
            link=link, full_name=form.cleaned_data["full_name"], password=form.cleaned_data["new_password1"]
        )
    except ValidationError as refused:
        return _show(request, link, refused=" ".join(refused.messages))
    messages.success(request, _("Your account is ready. Sign in with your password."))
    return redirect("login")


def _join(request: HttpRequest, link: ExpiringLink, user: User) -> HttpResponse:
    try:
        tenant_invitations.accept(link=link, user=user)
    except ValidationError as refused:
        return _show(request, link, refused=" ".join(refused.messages))
    messages.success(request, _("You now have access to %(tenant)s.") % {"tenant": link.tenant.name})
    return redirect("tenant_home", slug=link.tenant.slug)


def _show(request: HttpRequest, link: ExpiringLink, *, form: JoinForm | None = None, refused: str = "") -> HttpResponse:
    user = request.user
    is_signed_in = isinstance(user, User)
    context: dict[str, Any] = {
        "link": link,
        "role": tenant_invitations.role_of(link).label.lower(),
        "may_change": tenant_invitations.gives_admin(link),
        "is_other": isinstance(user, User) and user.email != link.for_email,
        "has_account": is_signed_in or tenant_invitations.has_account(link),
        "form": form or JoinForm(link.for_email),
        "refused": refused,
    }
    return render(request, _PAGE, context, status=_UNPROCESSABLE if refused or (form and form.errors) else 200)


def _without_address(response: HttpResponse) -> HttpResponse:
    # The address itself is the secret, so only the origin is sent. With "no-referrer" browsers would send the form with
    # "Origin: null", which the check against forgery refuses: https://fetch.spec.whatwg.org/#append-a-request-origin-header
    response["Referrer-Policy"] = "strict-origin"
    return response
