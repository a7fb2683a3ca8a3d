"""The page on which a signed-in person confirms who they are, before what does harm in the wrong hands."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from portal.accounts import proofs, second_factors, sessions
from portal.accounts.adapter import passkeys_work_here
from portal.tenancy import proof
from portal.tenancy.models import User

REASONS: dict[str, Promise] = {
    "download": gettext_lazy("You are about to download an access key."),
    "key_mail": gettext_lazy("You are about to choose where access keys are mailed."),
    "remove": gettext_lazy("You are about to remove something for good."),
    "revoke": gettext_lazy("You are about to revoke an access key."),
    "security": gettext_lazy("You are about to change how you sign in."),
    "token": gettext_lazy("You are about to create or revoke an API token."),
    "unmask": gettext_lazy("You are about to see values in a client’s records."),
    "wall_link": gettext_lazy("You are about to create or revoke a link that shows the board to anyone who has it."),
    "sign_in_settings": gettext_lazy("You are about to change how people of your organisation sign in."),
}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask for a password, a code or a passkey, say why, and go back to where the person was."""
    user, problem = request.user, ""
    if not isinstance(user, User):
        return redirect("login")
    factors = second_factors.summary_of(user)
    # A session that began before the second factor existed proves it now: a password alone would not.
    may_use_password = user.has_usable_password() and (proof.has_second_factor(request.session) or not factors.has_any)
    if request.method == "POST":
        by_password = may_use_password and "password" in request.POST
        problem = proofs.check_password(request, user) if by_password else proofs.check_second_factor(request, user)
        if not problem:
            return _back(request, second_factor=not by_password)
    context = {
        "why": REASONS.get(request.GET.get("why", "")),
        "factors": factors,
        "may_use_password": may_use_password,
        "has_passkeys": passkeys_work_here(request),
        "problem": problem,
        "back": _next(request),
    }
    return render(request, "accounts/confirm.html", context)


def _back(request: HttpRequest, *, second_factor: bool) -> HttpResponse:
    proof.record(request.session, second_factor=second_factor)
    sessions.renew(request)
    if request.GET.get("again"):
        messages.success(request, _("Confirmed. Choose the action again; for ten minutes you are not asked."))
    return redirect(_next(request))


def _next(request: HttpRequest) -> str:
    page = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if is_ours else "/"
