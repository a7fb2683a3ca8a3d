"""A request begins without a scope, shows its person their own memberships, and its page its tenant alone."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.test import Client, RequestFactory

from portal import database_scope
from portal.database_scope import NOTHING, Scope
from portal.tenancy import audit
from portal.tenancy.models import StaffRole, Tenant
from portal.tenancy.request_scope import RequestScope, rendered, scoped_to_its_end
from tests.world import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]


def scope_within(user: object) -> Scope:
    found: list[Scope] = []

    def note(request: HttpRequest) -> HttpResponse:
        found.append(database_scope.current())
        return HttpResponse()

    request = RequestFactory().get("/")
    request.user = user
    RequestScope(note)(request)
    return found[0]


def test_a_request_does_not_inherit_a_scope() -> None:
    with database_scope.every_tenant("a test"):
        assert scope_within(None) == NOTHING
        user = person("ada@north.example")
        assert scope_within(user) == Scope(person=user.pk)


@pytest.mark.parametrize("staff_role", ["", StaffRole.SUPPORT])
def test_a_page_is_in_the_scope_of_its_tenant(staff_role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    north, is_staff = Tenant.objects.create(slug="north", name="North"), bool(staff_role)
    user = person("ada@north.example", None if is_staff else north, is_staff=is_staff, staff_role=staff_role)
    client, found = Client(), []
    client.force_login(user)
    monkeypatch.setattr("onboarding.views.integrations.activity.render", page(found))
    assert client.get("/t/north/activity/").status_code == 200
    assert found == [Scope((north.pk,), user.pk)]


def page(found: list[Scope]):
    def render(*_: object, **__: object) -> HttpResponse:
        found.append(database_scope.current())
        return HttpResponse("page")

    return render


def test_people_of_several_tenants_are_offered_each_and_no_other() -> None:
    tenants = [Tenant.objects.create(slug=slug, name=slug.title()) for slug in ("north", "south", "west")]
    user = person("ada@north.example", tenants[0])
    tenants[1].memberships.create(user=user, role="viewer")
    client = Client()
    client.force_login(user)
    offered = client.get("/").content.decode()
    assert "North" in offered
    assert "South" in offered
    assert "West" not in offered


def test_a_page_that_would_be_rendered_later_is_rendered_now() -> None:
    response = TemplateResponse(RequestFactory().get("/"), "403.html")
    assert rendered(response).is_rendered
    plain = HttpResponse("x")
    assert rendered(plain) is plain


def test_the_admin_is_in_the_scope_of_every_tenant_until_it_is_rendered() -> None:
    for slug in ("north", "south"):
        Tenant.objects.create(slug=slug, name=slug.title())
    client = Client()
    client.force_login(person("support@vendor.example", is_staff=True, staff_role=StaffRole.SUPPORT))
    listed = client.get("/admin/tenancy/tenant/").content.decode()
    assert "North" in listed
    assert "South" in listed


def test_a_file_that_is_sent_in_pieces_is_read_in_the_scope_of_its_tenant() -> None:
    """The pieces are read when the view, and with it its scope, has ended."""
    north = Tenant.objects.create(slug="north", name="North")
    client = Client()
    client.force_login(person("ada@north.example", north))
    for number in range(3):
        audit.record("portal:x:y", tenant=north, actor="ada", target=f"t{number}")
    with database_scope.nothing():
        answer = client.get("/t/north/activity.jsonl")
        assert len(answer.getvalue().splitlines()) == 3


def test_pieces_that_are_awaited_are_read_in_the_scope_too() -> None:
    async def pieces() -> AsyncIterator[str]:
        for _ in range(2):
            yield database_scope.current().setting

    async def sent() -> list[bytes]:
        with database_scope.of_tenant(7):
            response = scoped_to_its_end(StreamingHttpResponse(pieces()))
        with database_scope.nothing():
            return [piece async for piece in response]

    assert asyncio.run(sent()) == [b"7/", b"7/"]
