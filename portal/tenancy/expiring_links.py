"""Links for people who are not signed in: one purpose each, expiring, revocable, and used once.

A token is the HMAC of the link's random number under the portal's secret key, so a mail's link can be written when the
mail is sent. The database has the number and the token's SHA-256, from which no one can make the token. Opening a link
by GET uses nothing up, so the scanners of mail programs do no harm. Opened, used and revoked stand in the tenant's
audit trail.
"""

import base64
import hashlib
import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from portal import database_scope, deadlocks
from portal.database_clock import DatabaseClock
from portal.messages.errors import validation_error
from portal.messages.message import Message
from portal.tenancy import audit
from portal.tenancy.models import ExpiringLink, LinkPurpose, Tenant, User

P = ParamSpec("P")
# Scanners for published secrets find tokens by their beginning.
PREFIX = "sluice_link_"
_SALT = "portal.tenancy.expiring_links"


@deadlocks.atomic
def create(
    *,
    purpose: LinkPurpose,
    tenant: Tenant,
    actor: User | str,
    valid_for: timedelta,
    for_email: str = "",
    details: dict[str, str] | None = None,
) -> ExpiringLink:
    """Create a link; `token_of` returns its token."""
    number = secrets.token_hex(16)
    link = ExpiringLink.objects.create(
        number=number,
        purpose=purpose,
        tenant=tenant,
        token_hash=_hash(_token(number, settings.SECRET_KEY)),
        for_email=for_email,
        details=details or {},
        created_by=str(actor),
        expires_at=DatabaseClock().now() + valid_for,
    )
    _record("created", link, actor)
    return link


def token_of(link: ExpiringLink) -> str:
    """Return the token of a link. Raises ValidationError if the portal's secret key has been changed since."""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        if _hash(token := _token(link.number, secret)) == link.token_hash:
            return token
    raise validation_error(Message("link.expired", by=link.created_by))


def find_link(*, token: str, purpose: LinkPurpose) -> ExpiringLink:
    """Return the link of a token, ended or not; raises ExpiringLink.DoesNotExist for a token that never was."""
    return ExpiringLink.objects.select_related("tenant").get(token_hash=_hash(token), purpose=purpose)


def open_link(*, token: str, purpose: LinkPurpose) -> ExpiringLink:
    """Return the link of a token, and record the first time that it was opened.

    Raises ExpiringLink.DoesNotExist for a token that never was, and ValidationError for one that has ended.
    """
    link = find_link(token=token, purpose=purpose)
    _check(link)
    if link.opened_at is None and ExpiringLink.objects.filter(pk=link.pk, opened_at=None).update(opened_at=Now()):
        _record("opened", link, link.for_email or "link")
    return link


@deadlocks.atomic
def use(*, link: ExpiringLink, actor: User | str) -> None:
    """Use a link up, in the transaction of what it does. Raises ValidationError where it has ended meanwhile."""
    locked = ExpiringLink.objects.select_for_update(of=("self",), no_key=True).get(pk=link.pk)
    _check(locked)
    locked.used_at = DatabaseClock().now()
    locked.save(update_fields=["used_at"])
    _record("used", link, actor)


@deadlocks.atomic
def revoke(*, link: ExpiringLink, actor: User | str) -> None:
    """End a link at once; nothing happens to one that has ended."""
    ended = open_links(link.tenant, LinkPurpose(link.purpose)).filter(pk=link.pk).update(revoked_at=Now())
    if ended:
        _record("revoked", link, actor)


def of_link(view: Callable[Concatenate[HttpRequest, str, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a view whose URL has `token` read the rows of the tenant of its link; of none without such a link."""

    @wraps(view)
    def scoped(request: HttpRequest, token: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        with database_scope.of_row(ExpiringLink.objects.filter(token_hash=_hash(token))):
            return view(request, token, *args, **kwargs)

    return scoped


def open_links(tenant: Tenant, purpose: LinkPurpose | None = None) -> QuerySet[ExpiringLink]:
    """Return the tenant's links that can still be used, of one purpose or all, newest first."""
    found = ExpiringLink.objects.filter(tenant=tenant, used_at=None, revoked_at=None)
    found = found.filter(purpose=purpose) if purpose else found
    return found.filter(expires_at__gt=Now()).select_related("tenant").order_by(F("created_at").desc(), "-pk")


def end_of(link: ExpiringLink) -> Message | None:
    """Return how a link has ended: used, revoked or expired; None for one that can be used."""
    if link.used_at:
        return Message("link.used")
    if link.revoked_at:
        return Message("link.revoked", by=link.created_by)
    return Message("link.expired", by=link.created_by) if link.expires_at <= DatabaseClock().now() else None


def _check(link: ExpiringLink) -> None:
    if ended := end_of(link):
        raise validation_error(ended)


def _token(number: str, secret: str) -> str:
    mac = salted_hmac(_SALT, number, secret, algorithm="sha256").digest()
    return PREFIX + base64.urlsafe_b64encode(mac).decode().rstrip("=")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _record(verb: str, link: ExpiringLink, actor: User | str) -> None:
    details = {**link.details, "link": link.pk}
    audit.record(
        f"tenancy:{link.purpose}:{verb}", tenant=link.tenant, actor=actor, target=link.for_email, details=details
    )
