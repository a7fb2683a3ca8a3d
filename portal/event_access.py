"""Who may watch which topic: each app registers the access rule of its own topics, the same as that of its pages.

A topic is `kind:name` or `kind:name:part`, such as `run:12` or `stream:0a1b:masked`; /events/run/12/ is its path.
"""

import logging
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import InterfaceError, OperationalError, connections
from django.http import HttpRequest

from portal import database_scope
from portal.tenancy import proof, staff_visits
from portal.tenancy.access import staff_roles, tenants_of
from portal.tenancy.models import Tenant, User

log = logging.getLogger(__name__)

AccessRule = Callable[..., Tenant | bool]
NoteRule = Callable[["Sent"], None]
UntilRule = Callable[..., datetime | None]


@dataclass(frozen=True, slots=True)
class Registration:
    """The form of a kind's topics, and who may watch them."""

    form: re.Pattern[str]
    rule: AccessRule
    note: NoteRule | None = None
    until: UntilRule | None = None


REGISTERED: dict[str, Registration] = {}


@dataclass(frozen=True, slots=True)
class Sent:
    """What a person was sent on a topic, in the session with this digest: the notes of the events (`live.publish`)."""

    topic: str
    user_id: int
    session: str
    notes: Sequence[Mapping[str, Any]]


def register(
    kind: str, *, form: str, rule: AccessRule, note: NoteRule | None = None, until: UntilRule | None = None
) -> None:
    """Accept topics `kind:…` of the form, a regular expression for what follows the kind.

    The rule is called in a thread with an active user and the parts of the topic after its kind, as text. It returns
    the tenant whose topic it is, or True for a topic of no tenant, and False for who may not. `note` is called in a
    thread, without a scope, with what someone was sent: every 45 s while a stream is open, and at its end. `until` is
    called as the rule is, and returns when access ends that lasts for a time only. To be called from `AppConfig.ready`.
    """
    REGISTERED[kind] = Registration(re.compile(form), rule, note, until)


def is_topic(topic: str) -> bool:
    """Return whether an app registered topics of this kind and form."""
    kind, _, rest = topic.partition(":")
    registration = REGISTERED.get(kind)
    return registration is not None and registration.form.fullmatch(rest) is not None


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who may watch a topic, and when the session ends; `link` names the link by which it is watched.

    Open streams are counted by link, or by person: a screen takes none of its creator's.
    """

    user_id: int
    until: datetime
    link: str = ""


LinkRule = Callable[[str, str], Viewer | None]
LINKS: dict[str, LinkRule] = {}


def register_links(prefix: str, rule: LinkRule) -> None:
    """Accept tokens with this beginning in the address of an event stream, in place of a session.

    The rule is called in a thread with a topic and the token. To be called from `AppConfig.ready`.
    """
    LINKS[prefix] = rule


def is_link(key: str) -> bool:
    """Return whether a key is the token of a link, and not the key of a session."""
    return _rule_of(key) is not None


def _rule_of(key: str) -> LinkRule | None:
    return next((rule for prefix, rule in LINKS.items() if key.startswith(prefix)), None)


def viewer_of(topic: str, session_key: str) -> Viewer | None:
    """Return the viewer if the user of the session, or the link, may watch the topic; closes its database connection.

    Staff who watch a topic of a tenant visit it, as with a page, and only after they stated why.
    Runs in a thread. Raises django.db.Error when PostgreSQL is not available.
    """
    try:
        if by_link := _rule_of(session_key):
            return by_link(topic, session_key) if is_topic(topic) else None
        user, session = _user_of(session_key)
        tenant = _watched(user, topic, session) if user else False
        if user is None or tenant is False:
            return None
        if isinstance(tenant, Tenant) and user.is_staff:
            if staff_visits.lacks_reason(session, tenant):
                return None
            with database_scope.of_tenant(tenant.pk):
                _visit(user, tenant, session_key)
        session_end = Session.objects.filter(session_key=session_key).values_list("expire_date", flat=True).first()
        access_end = _end_of_access(user, topic)
        return Viewer(user.pk, min(session_end, access_end or session_end)) if session_end else None
    finally:
        connections.close_all()


def still_allowed(pairs: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return which pairs of topic and session key may still be watched; one database connection serves them all.

    Runs in a thread. Raises django.db.Error when PostgreSQL is not available.
    """
    try:
        by_link = {(topic, key) for topic, key in pairs if (rule := _rule_of(key)) and rule(topic, key)}
        of_people = [pair for pair in pairs if not is_link(pair[1])]
        users = {session_key: _user_of(session_key) for session_key in {key for _, key in of_people}}
        known = [(topic, key, *users[key]) for topic, key in of_people]
        watched = {(topic, key) for topic, key, user, session in known if user and _watched(user, topic, session)}
        return watched | by_link
    finally:
        connections.close_all()


def note_sent(sent: Sequence[Sent]) -> Sequence[Sent]:
    """Have noted who was sent what, by the rules of the topics; return those that could not be noted.

    One database connection serves them all. Runs in a thread.
    """
    failed: list[Sent] = []
    try:
        for place, each in enumerate(sent):
            try:
                _note(each)
            except (InterfaceError, OperationalError):  # PostgreSQL is away, for the others too
                log.exception("events.notes_failed count=%s", len(sent) - place)
                return [*failed, *sent[place:]]
            except Exception:  # one that cannot be noted must not keep the others from it
                log.exception("events.note_failed topic=%s", each.topic)
                failed.append(each)
        return failed
    finally:
        connections.close_all()


def _note(sent: Sent) -> None:
    registration = REGISTERED.get(sent.topic.partition(":")[0])
    if registration is not None and registration.note is not None:
        registration.note(sent)


def _watched(user: User, topic: str, session: SessionBase) -> Tenant | bool:
    if not is_topic(topic):
        return False
    kind, *parts = topic.split(":")
    with _scope_of_tenants(user):
        tenant = REGISTERED[kind].rule(user, *parts)
        lacks = proof.lacks_second_factor(user, session, tenant if isinstance(tenant, Tenant) else None)
    return False if lacks else tenant


def _end_of_access(user: User, topic: str) -> datetime | None:
    kind, *parts = topic.split(":")
    until = REGISTERED[kind].until
    if until is None:
        return None
    with _scope_of_tenants(user):
        return until(user, *parts)


def _scope_of_tenants(user: User) -> AbstractContextManager[None]:
    """Return the scope of all tenants that the person may view: a topic names a row, of any of them."""
    if staff_roles(user):
        return database_scope.every_tenant("staff may view every tenant")
    with database_scope.of_person(user.pk):
        tenants = tuple(tenants_of(user).values_list("pk", flat=True))
    return database_scope.of_tenants(tenants, person_id=user.pk)


def _visit(user: User, tenant: Tenant, session_key: str) -> None:
    session = _session(session_key)
    staff_visits.record(user, tenant, session)
    if session.modified:
        session.save()


def _session(session_key: str) -> SessionBase:
    store: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    return store


def _user_of(session_key: str) -> tuple[User | None, SessionBase]:
    request = HttpRequest()
    if "\0" in session_key:  # no session has such a key, and PostgreSQL cannot search for one
        return None, _session("")
    request.session = _session(session_key)
    user = get_user(request)
    return user if isinstance(user, User) and user.is_active else None, request.session
