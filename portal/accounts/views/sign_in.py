"""Signing in: with a password and then a second factor, or with a passkey alone.

Failed attempts are limited for each account and each address. An account that does not exist is counted like one that
does, and is answered in the same words and after the same work.
"""

from collections.abc import Callable
from typing import Any

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import perform_password_login, record_authentication
from allauth.account.internal.stagekit import clear_login, unstash_login
from allauth.account.models import Login
from allauth.account.utils import perform_login
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from portal import mail, rate_limits
from portal.accounts import passkeys, proofs, second_factors, sign_in_log
from portal.accounts.adapter import passkeys_work_here
from portal.tenancy.models import User

# allauth has no types
_after_the_password: Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]
_after_the_password = login_stage_required(stage=AuthenticateStage.key, redirect_urlname="login")


class SignIn(LoginView):
    """Check a person's password. Raises TooManyRequests, which is answered with 429, beyond the limits of failures."""

    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Count the attempt before the password is checked, so that many at once are no way around the limit."""
        rate_limits.try_sign_in(**_who(request))
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Take the attempt back, and go on to the second factor of a person who has one; else sign them in."""
        rate_limits.signed_in(**_who(self.request))
        login = Login(user=form.get_user(), redirect_url=self.get_success_url())
        return perform_password_login(self.request, {}, login)  # type: ignore[no-any-return]  # allauth has no types

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what else the page offers."""
        offers = {
            "has_passkeys": passkeys_work_here(self.request),
            "can_reset": mail.is_configured() and bool(settings.SLUICE_PORTAL_URL),
            "has_sign_up": settings.SLUICE_SIGN_UP,
        }
        return {**super().get_context_data(**kwargs), **offers}


@require_POST
def passkey_options(request: HttpRequest) -> HttpResponse:
    """Return what the browser needs for a ceremony: to add a passkey, to use one's own, or to sign in with any."""
    rate_limits.try_passkey(address=request.META.get("REMOTE_ADDR", ""))
    user = request.user
    if request.POST.get("purpose") == "add":
        options = passkeys.options_to_add(user) if isinstance(user, User) else {}
    else:
        options = passkeys.options_to_use(user if isinstance(user, User) else _half_signed_in(request))
    return JsonResponse(options)


@require_POST
def passkey_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in the person whose passkey responded."""
    rate_limits.try_passkey(address=request.META.get("REMOTE_ADDR", ""))
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    try:
        person = passkeys.use(None, proofs.credential_of(request))
    except ValidationError as refused:
        sign_in_log.refused(request, "passkey")
        messages.error(request, " ".join(refused.messages))
        return redirect("login")
    record_authentication(request, person, "mfa", type=second_factors.PASSKEY, passwordless=True)
    return perform_login(request, person, redirect_url=_next(request))  # type: ignore[no-any-return]  # as above


@require_http_methods(["GET", "HEAD", "POST"])
@_after_the_password
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask a person whose password is right for their second factor, and then sign them in."""
    stage = request._login_stage  # type: ignore[attr-defined]  # set by allauth's decorator
    person, problem = stage.login.user, ""
    if not person.is_active:
        clear_login(request)
        return redirect("login")
    if request.method == "POST":
        problem = proofs.check_second_factor(request, person)
        if not problem:
            record_authentication(request, person, "mfa")
            return stage.exit()  # type: ignore[no-any-return]  # as above
    found = second_factors.summary_of(person)
    context = {"factors": found, "problem": problem, "has_passkeys": passkeys_work_here(request)}
    return render(request, "accounts/second_factor.html", context)


def _half_signed_in(request: HttpRequest) -> User | None:
    login = unstash_login(request, peek=True)
    return login.user if login else None


def _next(request: HttpRequest) -> str:
    page = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if is_ours else resolve_url(settings.LOGIN_REDIRECT_URL)


def _who(request: HttpRequest) -> dict[str, str]:
    return {"account": request.POST.get("username", ""), "address": request.META.get("REMOTE_ADDR", "")}
