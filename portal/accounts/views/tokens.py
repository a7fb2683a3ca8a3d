"""A person's API tokens: created, shown once, revoked. Account security lists them."""

from contextlib import suppress

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts.step_up import confirmed
from portal.accounts.token_forms import TokenForm
from portal.refused_pages import never_kept
from portal.tenancy import tokens
from portal.tenancy.models import User

_UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@confirmed("token")
def token_create(request: HttpRequest) -> HttpResponse:
    """Show the form of a new token; the page that answers it shows the token, once."""
    person = _person(request)
    offered = tokens.offered_to(person)
    if not offered:
        raise Http404
    form = TokenForm(person, offered, request.POST if request.method == "POST" else None)
    if form.is_valid():
        with suppress(ValidationError):
            token, text = form.create()
            return never_kept(render(request, "accounts/token_created.html", {"token": token, "text": text}))
    return render(request, "accounts/token_new.html", {"form": form}, status=_UNPROCESSABLE if form.errors else 200)


@require_POST
@login_required
@confirmed("token")
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke one of the person's own tokens."""
    person = _person(request)
    token = get_object_or_404(tokens.tokens_of(person), pk=pk)
    tokens.revoke(token=token, actor=person)
    messages.success(request, _("The token %(name)s was revoked.") % {"name": token.name})
    return redirect("security")


def _person(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User):
        raise Http404
    return user
