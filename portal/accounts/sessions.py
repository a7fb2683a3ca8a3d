"""Sessions of people: begun at sign-in, limited while idle and in all, listed, and ended from anywhere.

One column holds both limits: `expire_date` is an idle limit from now, never later than the absolute one. Whatever reads
it (pages, event streams, clearsessions) obeys both.
"""

from datetime import datetime, timedelta
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from portal import live
from portal.accounts import sign_in_log
from portal.accounts.models import SignedIn
from portal.tenancy import audit, people, proof
from portal.tenancy.models import User

STARTED_AT = "signed_in_at"
# The session is stored anew after a sixth of the idle limit, not at each request.
SHARE = 6
# The first that fits: most browsers name others too.
_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def begin(request: HttpRequest, user: User, **_: Any) -> None:
    """Begin a session at sign-in: its limits, what it proves, its row in the list. Receives Django's signal."""
    methods = {str(record.get("method")) for record in get_authentication_records(request, user)}
    sign_in_log.succeeded(request, user, methods)
    proof.record(request.session, second_factor="mfa" in methods)
    request.session[STARTED_AT] = timezone.now().isoformat()
    extend(request.session)
    request.session.save()
    _list(request, user, timezone.now())


def idle_limit() -> timedelta:
    """Return how long a session lasts without a request of its person."""
    return timedelta(minutes=settings.SLUICE_SESSION_IDLE_MINUTES)


def extend(session: SessionBase) -> None:
    """Set the end of the session to the idle limit from now, or to the absolute limit if that is earlier."""
    session.set_expiry(min(timezone.now() + idle_limit(), _latest_end(session)))


def is_due(session: SessionBase) -> bool:
    """Return whether the session's end would move by more than a share of the idle limit."""
    end = min(timezone.now() + idle_limit(), _latest_end(session))
    return end - session.get_expiry_date() > idle_limit() / SHARE


def renew(request: HttpRequest, *, password_changed: bool = False) -> None:
    """Give the session a new key, as after each proof of who the person is; it stays in the list."""
    user, old = request.user, SignedIn.objects.filter(session_id=request.session.session_key).first()
    if not isinstance(user, User):
        return
    if password_changed:
        update_session_auth_hash(request, user)
    else:
        request.session.cycle_key()
    request.session.save()
    _list(request, user, old.signed_in_at if old else timezone.now())


def of(user: User) -> QuerySet[SignedIn]:
    """Return the person's sessions that have not expired, the newest first."""
    return SignedIn.objects.filter(user=user, session__expire_date__gt=timezone.now()).select_related("session")


def end(user: User, name: str) -> None:
    """End one session of the person, by its name in the list; its next request is signed out, its event streams end."""
    for found in of(user):
        if name_of(found) == name:
            Session.objects.filter(pk=found.pk).delete()
            audit.record("accounts:session:ended", tenant=None, actor=user, target=user.email, about=user)


def name_of(signed_in: SignedIn) -> str:
    """Return what stands for the session in a page, with which no one can sign in."""
    return live.digest(signed_in.session_id)[:20]


def end_others(user: User, session_key: str | None, *, actor: people.Actor | None = None) -> int:
    """End all sessions of the person but one, and record that they did, or `actor`; return how many."""
    keys = list(of(user).exclude(session_id=session_key).values_list("session_id", flat=True))
    Session.objects.filter(pk__in=keys).delete()
    if keys:
        audit.record(
            "accounts:session:ended",
            tenant=None,
            actor=actor or user,
            target=user.email,
            about=user,
            details={"count": len(keys)},
        )
    return len(keys)


def last_active(signed_in: SignedIn) -> datetime:
    """Return when the session was last extended; requests within a share of the idle limit are not counted."""
    return max(signed_in.signed_in_at, signed_in.session.expire_date - idle_limit())


def browser_of(signed_in: SignedIn) -> str:
    """Return the browser and system that the session's browser names, or the start of its user agent."""
    agent = signed_in.user_agent
    browser = next((name for part, name in _BROWSERS if part in agent), "")
    system = next((name for part, name in _SYSTEMS if part in agent), "")
    return f"{browser} · {system}" if browser and system else agent[:60]


def _latest_end(session: SessionBase) -> datetime:
    started = session.get(STARTED_AT)
    begun = datetime.fromisoformat(started) if started else timezone.now()
    return begun + timedelta(seconds=settings.SESSION_COOKIE_AGE)


def _list(request: HttpRequest, user: User, signed_in_at: datetime) -> None:
    SignedIn.objects.update_or_create(
        session_id=request.session.session_key,
        defaults={
            "user": user,
            "signed_in_at": signed_in_at,
            "address": request.META.get("REMOTE_ADDR") or None,
            "user_agent": request.META.get("HTTP_USER_AGENT", "")[:200],
        },
    )
