"""Single sign-on: to the tenant's identity provider and back. It links only from within a session or an invitation."""

from urllib.parse import urlsplit

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal import rate_limits
from portal.accounts.models import IdentityProvider
from portal.accounts.oidc import client, identities
from portal.accounts.oidc.client import Attempt, Claims, SignOnFailed
from portal.accounts.step_up import confirmed
from portal.messages.catalogue import explanation_of
from portal.messages.message import Message
from portal.secret_store.store import SecretStoreOff, SecretUnreadable
from portal.tenancy.models import User

_KEY = "sign_on"
INVITED = "sign_on_invited"  # whose invitation this browser opened


@require_safe
def sign_on(request: HttpRequest, uid: str) -> HttpResponse:
    """Send the browser to the identity provider to sign in, or for an invitation that it has opened to link."""
    row = get_object_or_404(IdentityProvider, uid=uid)
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    return _sent(request, row, link_to=request.session.get(INVITED) if request.GET.get("invited") else None)


@require_safe  # a browser would not follow the redirect of a form to another site: form-action of our policy
@login_required
@confirmed("security")
def sign_on_link(request: HttpRequest, uid: str) -> HttpResponse:
    """Send the browser to the identity provider, to link its account to the person who is signed in."""
    row = get_object_or_404(IdentityProvider, uid=uid, tenant__memberships__user=request.user.pk)
    return _sent(request, row, link_to=request.user.pk)


@require_safe
def sign_on_callback(request: HttpRequest) -> HttpResponse:
    """Sign in the person whom the identity provider names, or link its account to the one who asked for it."""
    begun = request.session.pop(_KEY, None)
    try:
        if not begun:
            raise SignOnFailed(Message("accounts.sign_on_not_begun"))
        row = get_object_or_404(IdentityProvider.objects.select_related("tenant"), uid=begun["provider"])
        attempt = Attempt(**begun["attempt"])
        claims = client.claims_of(identities.provider_of(row), attempt, request.GET.dict(), _callback(request))
        return _returned(request, row, claims, begun["link_to"])
    except SignOnFailed as failure:
        return _failed(request, failure.message)
    except (SecretStoreOff, SecretUnreadable):
        return _failed(request, Message("accounts.sign_on_secret"))


@require_POST
@login_required
@confirmed("security")
def identity_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove an identity of the person."""
    if isinstance(request.user, User):
        identities.unlink(request.user, pk)
        messages.success(request, _("Removed."))
    return redirect("security")


def _sent(request: HttpRequest, row: IdentityProvider, *, link_to: int | None) -> HttpResponse:
    rate_limits.try_passkey(address=request.META.get("REMOTE_ADDR", ""))
    attempt = client.new_attempt()
    try:
        url = client.authorization_url(identities.provider_of(row), attempt, _callback(request))
    except SignOnFailed as failure:
        return _failed(request, failure.message)
    except (SecretStoreOff, SecretUnreadable):
        return _failed(request, Message("accounts.sign_on_secret"))
    request.session[_KEY] = {"provider": row.uid, "attempt": attempt.as_dict(), "link_to": link_to}
    return redirect(url)


def _returned(request: HttpRequest, row: IdentityProvider, claims: Claims, link_to: int | None) -> HttpResponse:
    if link_to is None:
        return _signed_in(request, identities.person_of(row, claims), claims)
    if request.user.is_authenticated:
        if not isinstance(request.user, User) or request.user.pk != link_to:
            raise SignOnFailed(Message("accounts.sign_on_not_begun"))
        identities.link(row, request.user, claims)
        messages.success(request, _("Linked. You can sign in with it from now on."))
        return redirect("security")
    if request.session.pop(INVITED, None) != link_to:
        raise SignOnFailed(Message("accounts.sign_on_not_begun"))
    person = get_object_or_404(User, pk=link_to, is_active=True)
    identities.link(row, person, claims)
    return _signed_in(request, person, claims)


def _signed_in(request: HttpRequest, person: User, claims: Claims) -> HttpResponse:
    """Go on to the person's own second factor, unless the provider says that it checked one."""
    if claims.has_second_factor:
        record_authentication(request, person, "mfa", type="webauthn", passwordless=True)
    return perform_login(request, person)  # type: ignore[no-any-return]  # allauth has no types


def _failed(request: HttpRequest, message: Message) -> HttpResponse:
    messages.error(request, explanation_of(message))
    return redirect("security" if request.user.is_authenticated else "login")


def _callback(request: HttpRequest) -> str:
    path = reverse("sign_on_callback")
    return f"{settings.SLUICE_PORTAL_URL}{path}" if settings.SLUICE_PORTAL_URL else request.build_absolute_uri(path)


def host_of(row: IdentityProvider) -> str:
    """Return the provider's host name, as pages show it."""
    return urlsplit(row.issuer).hostname or row.issuer
