"""Account security: a person's password, second factors and sessions."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts import passkeys, proofs, second_factors, sessions, totp_set_up
from portal.accounts.adapter import passkeys_work_here, rp_id
from portal.accounts.models import IdentityProvider
from portal.accounts.step_up import confirmed
from portal.messages.catalogue import explanation_of
from portal.messages.message import Message
from portal.secret_store import store
from portal.secret_store.store import SecretStoreOff, SecretUnreadable
from portal.tenancy import proof, tokens
from portal.tenancy.models import User

_CODES = "show_recovery_codes"


@require_safe
@login_required
def security(request: HttpRequest) -> HttpResponse:
    """Show how the person signs in, and where they are signed in."""
    user = _person(request)
    signed_in = sessions.of(user)
    factors = second_factors.summary_of(user)
    context = {
        "factors": factors,
        "is_required": bool(request.GET.get("required")) and not proof.has_second_factor(request.session),
        "next": _next(request),
        "store_is_on": store.is_on(),
        "has_passkeys": passkeys_work_here(request),
        "passkey_host": rp_id(request),
        "identities": user.identities.all(),
        "providers": IdentityProvider.objects.filter(tenant__memberships__user=user).select_related("tenant"),
        "tokens": tokens.listed(user),
        "may_create_token": bool(tokens.offered_to(user)),
        "sessions": [
            {
                "name": sessions.name_of(row),
                "browser": sessions.browser_of(row),
                "row": row,
                "last_active": sessions.last_active(row),
                "is_this": row.session_id == request.session.session_key,
            }
            for row in signed_in
        ],
    }
    return render(request, "accounts/security.html", context)


@require_POST
@login_required
@confirmed("security")
def totp_start(request: HttpRequest) -> HttpResponse:
    """Create the secret of a new authenticator app, and show it."""
    if not store.is_on():
        return redirect("security")
    totp_set_up.begin(request.session, _person(request))
    return redirect("totp_add")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@confirmed("security")
def totp_add(request: HttpRequest) -> HttpResponse:
    """Show the secret of the new app, and add the app once it has shown a right code."""
    user = _person(request)
    try:
        pending = totp_set_up.pending(request.session, user)
    except (SecretStoreOff, SecretUnreadable):
        return _unreadable(request)
    if pending is None:
        return redirect("security")
    if request.method == "POST":
        if not totp_set_up.finish(request.session, user, request.POST.get("code", "")):
            # By redirect: a kept page of a refused form would have the secret in it.
            messages.error(
                request, _("This code is not valid. Check that the clock of your phone is set automatically.")
            )
            return redirect("totp_add")
        return _added(request, user)
    return render(request, "accounts/totp.html", {"totp": pending})


@require_POST
@login_required
@confirmed("security")
def passkey_add(request: HttpRequest) -> HttpResponse:
    """Add the passkey that the browser created."""
    user = _person(request)
    try:
        passkeys.add(user, request.POST.get("name", ""), proofs.credential_of(request))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect("security")
    return _added(request, user)


@require_POST
@login_required
@confirmed("security")
def factor_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove an authenticator app or a passkey."""
    user = _person(request)
    second_factors.remove(user, pk, actor=user)
    sessions.end_others(user, request.session.session_key)
    messages.success(request, _("Removed. All your other sessions were signed out."))
    return redirect("security")


@require_safe
@login_required
@confirmed("security")
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Show new recovery codes once."""
    user = _person(request)
    try:
        codes = second_factors.unused_codes(user) if request.session.pop(_CODES, False) else []
    except (SecretStoreOff, SecretUnreadable):
        return _unreadable(request)
    context = {"codes_text": "\n".join(codes), "factors": second_factors.summary_of(user), "next": _next(request)}
    return render(request, "accounts/recovery_codes.html", context)


@require_POST
@login_required
@confirmed("security")
def recovery_codes_new(request: HttpRequest) -> HttpResponse:
    """Create new recovery codes in place of the old ones."""
    user = _person(request)
    if store.is_on() and second_factors.has_any(user):
        second_factors.new_recovery_codes(user)
        request.session[_CODES] = True
    return redirect("recovery_codes")


@require_POST
@login_required
@confirmed("security")
def session_end(request: HttpRequest) -> HttpResponse:
    """End one other session of the person, or all others."""
    user, key = _person(request), request.POST.get("session", "")
    if key == "others":
        sessions.end_others(user, request.session.session_key)
    else:
        sessions.end(user, key)
    messages.success(request, _("Signed out there."))
    return redirect("security")


def _added(request: HttpRequest, user: User) -> HttpResponse:
    """Record the proof that the new factor gave; show recovery codes to whoever has none yet."""
    proof.record(request.session, second_factor=True)
    sessions.renew(request)
    sessions.end_others(user, request.session.session_key)
    messages.success(request, _("Added. All your other sessions were signed out."))
    if store.is_on() and not second_factors.summary_of(user).codes:
        second_factors.new_recovery_codes(user)
        request.session[_CODES] = True
        return redirect("recovery_codes")
    return redirect("security")


def _unreadable(request: HttpRequest) -> HttpResponse:
    messages.error(request, explanation_of(Message("accounts.codes_unavailable")))
    return redirect("security")


def _person(request: HttpRequest) -> User:
    user: Any = request.user
    return user  # type: ignore[no-any-return]  # login_required


def _next(request: HttpRequest) -> str:
    page = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if is_ours else ""
