"""The start page and the navigation: each person comes to what is theirs."""

import pytest
from django.test import Client

from portal.navigation import navigation
from portal.tenancy.models import Membership, StaffRole, Tenant, TenantRole, User
from tests.world import person

pytestmark = pytest.mark.django_db


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def tenants(*slugs: str) -> list[Tenant]:
    return [Tenant.objects.create(slug=slug, name=slug.title()) for slug in slugs]


def test_a_stranger_signs_in_first() -> None:
    assert Client().get("/")["Location"] == "/accounts/login/?next=/"


def test_a_person_of_one_tenant_comes_to_it() -> None:
    [north] = tenants("north")
    assert browser(person("ada@north.example", north)).get("/")["Location"] == "/t/north/"


def test_a_person_of_several_tenants_chooses_among_their_own() -> None:
    north, south, _ = tenants("north", "south", "west")
    ada = person("ada@north.example", north)
    Membership.objects.create(tenant=south, user=ada, role=TenantRole.VIEWER)
    page = browser(ada).get("/").content.decode()
    assert 'href="/t/north/"' in page
    assert 'href="/t/south/"' in page
    assert "/t/west/" not in page


def test_a_person_of_no_tenant_gets_a_page_that_says_so() -> None:
    tenants("north")
    answer = browser(person("new@vendor.example", is_staff=True)).get("/")
    assert answer.status_code == 200
    assert "/t/north/" not in answer.content.decode()


@pytest.mark.parametrize("role", [StaffRole.SUPPORT, StaffRole.OPERATOR])
def test_staff_come_to_the_board_also_with_a_membership_from_before(role: StaffRole) -> None:
    support = person("support@vendor.example", is_staff=True, staff_role=role)
    assert browser(support).get("/")["Location"] == "/board/"
    [north] = tenants("north")
    Membership.objects.create(tenant=north, user=support, role=TenantRole.VIEWER)
    assert browser(support).get("/")["Location"] == "/board/"


@pytest.mark.parametrize("path", ["/", "/healthz", "/readyz"])
def test_these_pages_are_only_read(path: str) -> None:
    assert browser(person("ada@north.example")).post(path).status_code == 405


def test_the_process_is_alive_whoever_asks() -> None:
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"ok\n", "text/plain; charset=utf-8")


def sections(user: User | None, path: str, tenant: Tenant | None = None) -> list[tuple[str, bool]]:
    request = Client().get("/healthz").wsgi_request
    request.path = path
    if user is not None:
        request.user = user
    if tenant is not None:
        request.tenant = tenant  # type: ignore[attr-defined]  # a TenantRequest has it
    return [(item.label, item.current) for item in navigation(request)["nav"]]  # type: ignore[attr-defined]  # a list


def test_the_navigation_marks_the_open_section_alone() -> None:
    [north] = tenants("north")
    ada = person("ada@north.example", north)
    assert sections(ada, "/t/north/streams/0a1b/", north) == [
        ("Overview", False), ("Streams", True), ("Alerts", False), ("OpenPGP keys", False), ("Activity", False),
    ]  # fmt: skip
    assert dict(sections(ada, "/t/north/", north))["Overview"]
    assert not any(current for _, current in sections(ada, "/t/north/integrations/", north))


def test_the_navigation_shows_sections_to_those_who_may_open_them() -> None:
    [north] = tenants("north")
    support = person("support@vendor.example", is_staff=True, staff_role=StaffRole.SUPPORT)
    assert sections(None, "/") == []
    assert sections(person("ada@north.example", north), "/") == []
    assert [label for label, _ in sections(support, "/")] == ["All streams", "All alerts", "Admin"]
    assert len(sections(support, "/t/north/", north)) == 8
