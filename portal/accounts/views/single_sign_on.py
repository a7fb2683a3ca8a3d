"""Single sign-on: to the tenant's identity provider and back. It links only from within a session or an invitation."""

from urllib.parse import urlsplit

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal import rate_limits
from portal.accounts import second_factors, sign_in_log
from portal.accounts.models import IdentityProvider
from portal.accounts.oidc import client, identities
from portal.accounts.oidc.client import Attempt, Claims, SignOnFailed
from portal.accounts.step_up import confirmed
from portal.messages.catalogue import explanation_of
from portal.messages.message import Message
from portal.secret_store.store import SecretStoreOff, SecretUnreadable
from portal.tenancy import proof
from portal.tenancy.models import User

_KEY = "sign_on"
INVITED = "sign_on_invitation"  # whose invitation this browser opened, and its token


@require_safe
def sign_on(request: HttpRequest, uid: str) -> HttpResponse:
    """Send the browser to the identity provider to sign in, or for an invitation that it has opened to link."""
    with identities.scope_of(uid):
        row = get_object_or_404(IdentityProvider, uid=uid)
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    invited = request.session.get(INVITED, {}) if request.GET.get("invited") else {}
    try:
        return redirect(_begun(request, row, link_to=invited.get("person")))
    except SignOnFailed as failure:
        return _failed(request, failure.message)


@require_POST
@login_required
@confirmed("security")
def sign_on_link(request: HttpRequest, uid: str) -> HttpResponse:
    """Begin to link an account of the identity provider, and show the link that leads there.

    A browser does not follow the redirect of a form to another site: form-action of our policy.
    """
    row = get_object_or_404(IdentityProvider, uid=uid, tenant__memberships__user=request.user.pk)
    try:
        url = _begun(request, row, link_to=request.user.pk)
    except SignOnFailed as failure:
        return _failed(request, failure.message)
    return render(request, "accounts/sign_on_link.html", {"url": url, "host": host_of(row)})


@require_safe
def sign_on_callback(request: HttpRequest) -> HttpResponse:
    """Sign in the person whom the identity provider names, or link its account to the one who asked for it."""
    begun = request.session.pop(_KEY, None)
    try:
        if not begun:
            raise SignOnFailed(Message("accounts.sign_on_not_begun"))
        with identities.scope_of(begun["provider"]):
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


def invite(request: HttpRequest, person: User, token: str) -> bool:
    """Remember the invitation that this browser opened; return False for a link that links nothing: a reset."""
    request.session.pop(INVITED, None)
    if not _is_new(person):
        return False
    request.session[INVITED] = {"person": person.pk, "token": token}
    return True


def _is_new(person: User) -> bool:
    """Return whether the person has no way to sign in yet: a mail alone is no way around a second factor."""
    return not person.has_usable_password() and not second_factors.has_any(person)


def _begun(request: HttpRequest, row: IdentityProvider, *, link_to: int | None) -> str:
    """Begin an attempt in the session, and return the provider's address for it. Raises SignOnFailed."""
    rate_limits.try_passkey(address=request.META.get("REMOTE_ADDR", ""))
    attempt = client.new_attempt()
    try:
        url = client.authorization_url(identities.provider_of(row), attempt, _callback(request))
    except (SecretStoreOff, SecretUnreadable):
        raise SignOnFailed(Message("accounts.sign_on_secret")) from None
    request.session[_KEY] = {"provider": row.uid, "attempt": attempt.as_dict(), "link_to": link_to}
    return url


def _returned(request: HttpRequest, row: IdentityProvider, claims: Claims, link_to: int | None) -> HttpResponse:
    if link_to is None:
        return _signed_in(request, row, identities.person_of(row, claims), claims)
    if request.user.is_authenticated:
        if not isinstance(request.user, User) or request.user.pk != link_to:
            raise SignOnFailed(Message("accounts.sign_on_not_begun"))
        identities.link(row, request.user, claims)
        messages.success(request, _("Linked. You can sign in with it from now on."))
        return redirect("security")
    person = _invited(request, link_to)
    identities.link(row, person, claims)
    # The provider's word for a second factor counts from the next sign-in on: this one rests on a mail.
    return perform_login(request, person)  # type: ignore[no-any-return]  # allauth has no types


def _invited(request: HttpRequest, link_to: int) -> User:
    """Return the person whose invitation this browser opened, if it is still valid. Raises SignOnFailed."""
    invited = request.session.pop(INVITED, {})
    person = User.objects.filter(pk=link_to, is_active=True).first()
    is_theirs = person is not None and invited.get("person") == link_to
    if (
        person is None
        or not is_theirs
        or not _is_new(person)
        or not default_token_generator.check_token(person, invited.get("token"))
    ):
        raise SignOnFailed(Message("accounts.sign_on_not_begun"))
    return person


def _signed_in(request: HttpRequest, row: IdentityProvider, person: User, claims: Claims) -> HttpResponse:
    """Sign the person in, by way of their own second factor; the provider's counts in its own tenant only."""
    response: HttpResponse = perform_login(request, person)
    if claims.has_second_factor and request.user == person:
        proof.record_of_tenant(request.session, row.tenant)
    return response


def _failed(request: HttpRequest, message: Message) -> HttpResponse:
    user = request.user
    sign_in_log.refused(request, message.code, user if isinstance(user, User) else None)
    messages.error(request, explanation_of(message))
    return redirect("security" if request.user.is_authenticated else "login")


def _callback(request: HttpRequest) -> str:
    path = reverse("sign_on_callback")
    return f"{settings.SLUICE_PORTAL_URL}{path}" if settings.SLUICE_PORTAL_URL else request.build_absolute_uri(path)


def host_of(row: IdentityProvider) -> str:
    """Return the provider's host name, as pages show it."""
    return urlsplit(row.issuer).hostname or row.issuer
