"""Who may watch which topic: each app registers the access rule of its own topics, the same as that of its pages.

A topic is `kind:name` or `kind:name:part`, such as `run:12` or `stream:0a1b:masked`; /events/run/12/ is its path.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.db import connections
from django.http import HttpRequest

from portal.tenancy.models import User

AccessRule = Callable[..., bool]


@dataclass(frozen=True, slots=True)
class Registration:
    """The form of a kind's topics, and who may watch them."""

    form: re.Pattern[str]
    rule: AccessRule


REGISTERED: dict[str, Registration] = {}


def register(kind: str, *, form: str, rule: AccessRule) -> None:
    """Accept topics `kind:…` of the form, a regular expression for what follows the kind.

    The rule is called in a thread with an active user and the parts of the topic after its kind, as text. To be
    called from `AppConfig.ready`.
    """
    REGISTERED[kind] = Registration(re.compile(form), rule)


def is_topic(topic: str) -> bool:
    """Return whether an app registered topics of this kind and form."""
    kind, _, rest = topic.partition(":")
    registration = REGISTERED.get(kind)
    return registration is not None and registration.form.fullmatch(rest) is not None


def may_watch(topic: str, session_key: str) -> bool:
    """Return whether the user of the session may watch the topic; leaves no database connection open.

    Runs in a thread. Raises django.db.Error when PostgreSQL is not available.
    """
    if not is_topic(topic):
        return False
    kind, *parts = topic.split(":")
    try:
        user = _user_of(session_key)
        return isinstance(user, User) and user.is_active and REGISTERED[kind].rule(user, *parts)
    finally:
        connections.close_all()


def _user_of(session_key: str) -> User | AnonymousUser:
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user: User | AnonymousUser = get_user(request)
    return user
