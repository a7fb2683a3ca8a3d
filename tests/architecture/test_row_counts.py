"""A tenant's and a person's limits hold against two requests at once: the second counts what the first has added."""

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.core import context
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import RequestFactory

from onboarding.connections import creation
from onboarding.drafts import services as drafts
from portal import database_scope
from portal.accounts import passkeys, second_factors
from portal.notifications import webhook_services
from portal.outbox import endpoints
from portal.tenancy import tenant_invitations, tokens
from portal.tenancy.models import StaffRole, Tenant, TenantRole, User
from tests.portal.accounts.soft_passkey import SoftPasskey
from tests.portal.secret_store.keys import keys
from tests.world import person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clean_redis", "keys")]
__all__ = ["keys"]
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def add_endpoint(tenant: Tenant, user: User, number: int) -> None:
    chosen = ["first_record"]
    webhook_services.add(tenant=tenant, url=f"https://hooks.example/{number}", chosen=chosen, actor=user)


def add_passkey(tenant: Tenant, user: User, number: int) -> None:
    request = RequestFactory(SERVER_NAME="localhost", SERVER_PORT="8000").get("/")
    request.session = {}
    with context.request_context(request):
        options = json.loads(json.dumps(dict(passkeys.options_to_add(user))))
        passkeys.add(user, str(number), json.loads(SoftPasskey().create(options)))


def add_connection(tenant: Tenant, user: User, number: int) -> None:
    creation.start_connection(tenant=tenant, name=f"c{number}", account_id=f"11112222333{number}", actor=user)


def add_draft(tenant: Tenant, user: User, number: int) -> None:
    drafts.start_integration(tenant=tenant, actor=user)


def invite(tenant: Tenant, user: User, number: int) -> None:
    tenant_invitations.invite(tenant=tenant, email=f"b{number}@x.example", role=TenantRole.VIEWER, actor=user)


def add_token(tenant: Tenant, user: User, number: int) -> None:
    staff = User.objects.get(staff_role=StaffRole.OPERATOR)
    tokens.create(person=staff, name=f"program {number}", scopes=["vendor_keys"], actor=staff)


def add_app(tenant: Tenant, user: User, number: int) -> None:
    second_factors.add_totp(user, "A" * 32, number)


LIMITS: dict[Callable[[Tenant, User, int], None], tuple[Any, str]] = {
    add_endpoint: (endpoints, "MOST_ENDPOINTS"),
    add_passkey: (passkeys, "MOST"),
    add_connection: (creation, "MOST_CONNECTIONS"),
    add_draft: (drafts, "MOST_DRAFTS"),
    invite: (tenant_invitations, "MOST_OPEN"),
    add_token: (tokens, "MOST_TOKENS"),
}


@pytest.fixture
def at_most_one(settings: Any, monkeypatch: pytest.MonkeyPatch) -> tuple[Tenant, User]:
    """A tenant and its admin, who may have one of everything."""
    settings.SLUICE_PORTAL_URL = "http://localhost:8000"
    for module, limit in LIMITS.values():
        monkeypatch.setattr(module, limit, 1)
    tenant = Tenant.objects.create(slug="north", name="North")
    person("olga@vendor.example", is_staff=True, staff_role=StaffRole.OPERATOR)
    return tenant, person("ada@north.example", tenant)


def outcome_of_second(add: Callable[[Tenant, User, int], None], tenant: Tenant, user: User) -> str:
    """Add in two transactions, the second begun before the first is committed; return what became of the second."""
    outcomes: list[str] = []

    def second() -> None:
        try:
            add(tenant, user, 2)
            outcomes.append("added")
        except (ValidationError, IntegrityError) as error:
            outcomes.append("refused" if isinstance(error, ValidationError) else "failed")
        finally:
            connection.close()

    thread = threading.Thread(target=database_scope.carried(second))
    with transaction.atomic():
        add(tenant, user, 1)
        thread.start()
        _until_it_waits_or_ends(thread)
    thread.join(10)
    return outcomes[0]


def _until_it_waits_or_ends(thread: threading.Thread) -> None:
    until = time.monotonic() + 10
    with connection.cursor() as cursor:
        while thread.is_alive() and time.monotonic() < until:
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
            time.sleep(0.005)


def test_two_at_once_do_not_exceed_a_limit(at_most_one: tuple[Tenant, User]) -> None:
    found = {add.__name__: outcome_of_second(add, *at_most_one) for add in (*LIMITS, add_app)}
    assert found == {**{add.__name__: "refused" for add in LIMITS}, "add_app": "added"}, (
        "a second app replaces the first"
    )
