"""Who may watch which topic: the rules of the pages that show it, asked with a session key."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.db import connections
from django.http import HttpRequest

from onboarding.models import Integration, Run
from portal.tenancy.access import is_staff_with, role_in
from portal.tenancy.models import StaffRole, Tenant, User


def may_watch(topic: str, session_key: str) -> bool:
    """Tell whether the person of the session may watch the topic; leaves no database connection open.

    Runs in a thread. Raises django.db.Error when PostgreSQL is away.
    """
    try:
        person = _person(session_key)
        return isinstance(person, User) and person.is_active and _allowed(person, *topic.split(":"))
    finally:
        connections.close_all()


def _person(session_key: str) -> User | AnonymousUser:
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    person: User | AnonymousUser = get_user(request)
    return person


def _allowed(person: User, kind: str, name: str, audience: str = "") -> bool:
    if kind == "board" and name == "all":
        return _is_staff(person)
    tenant = _tenant(kind, name)
    if tenant is None:
        return False
    if kind == "stream" and audience == "clear":
        return role_in(person, tenant) is not None
    return _is_staff(person) or role_in(person, tenant) is not None


def _tenant(kind: str, name: str) -> Tenant | None:
    if kind == "board":
        return Tenant.objects.filter(slug=name).first()
    if kind == "stream":
        integration = Integration.objects.select_related("tenant").filter(uid=name).first()
        return integration.tenant if integration else None
    if not name.isdecimal():
        return None
    run = Run.objects.select_related("integration__tenant").filter(pk=int(name)).first()
    return run.integration.tenant if run else None


def _is_staff(person: User) -> bool:
    return is_staff_with(person, StaffRole.SUPPORT, StaffRole.OPERATOR)
