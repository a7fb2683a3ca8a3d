"""What a person sees who lacks a right: no offer on the pages, "View only" above them, and who can help."""

import pytest
from django.test import Client

from portal.tenancy.models import StaffRole, Tenant, TenantRole, User
from tests.world import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]

ACT = "/t/north/integrations/new/"


@pytest.fixture
def north() -> Tenant:
    return Tenant.objects.create(slug="north", name="North & Sons")


def page_for(user: User, path: str = "/t/north/", *, act: bool = False) -> tuple[int, str]:
    client = Client()
    client.force_login(user)
    answer = client.post(path) if act else client.get(path)
    return answer.status_code, " ".join(answer.content.decode().split())


def test_a_viewer_learns_who_can_help(north: Tenant) -> None:
    ada, ben = person("ada@north.example", north), person("ben@north.example", north)
    User.objects.filter(pk=ada.pk).update(full_name="Ada Example")
    User.objects.filter(pk=ben.pk).update(is_active=False)
    status, page = page_for(person("vera@north.example", north, TenantRole.VIEWER), ACT, act=True)
    assert status == 403
    assert "Only admins of North &amp; Sons may set up, change and repair streams. You are a viewer." in page
    assert 'Ada Example, <a class="break" href="mailto:ada@north.example">' in page
    assert "ben@north.example" not in page


def test_a_tenant_without_an_admin_says_so(north: Tenant) -> None:
    _, page = page_for(person("vera@north.example", north, TenantRole.VIEWER), ACT, act=True)
    assert "North &amp; Sons has no admin." in page


def test_an_admin_of_a_suspended_tenant_learns_that_it_is_suspended(north: Tenant) -> None:
    ada = person("ada@north.example", north)
    Tenant.objects.update(is_suspended=True)
    status, page = page_for(ada, ACT, act=True)
    assert (status, "North &amp; Sons is suspended</h1>" in page) == (403, True)
    assert "is suspended: nothing can be changed." in page_for(ada)[1]


def test_staff_are_not_told_who_the_people_are(north: Tenant) -> None:
    person("ada@north.example", north)
    operator = person("olga@vendor.example", is_staff=True, staff_role=StaffRole.OPERATOR)
    status, page = page_for(operator, ACT, act=True)
    assert status == 403
    assert "Staff can view its pages." in page
    assert "ada@north.example" not in page


@pytest.mark.parametrize("role", TenantRole)
def test_a_viewer_is_offered_nothing_to_do_and_told_why(north: Tenant, role: TenantRole) -> None:
    vera = person("vera@north.example", north, role)
    for path in ("/t/north/", "/t/north/keys/"):
        _, page = page_for(vera, path)
        assert ("You are a viewer." in page) is (role == TenantRole.VIEWER)
        assert ('method="post"' in page.split("<main")[1]) is (role == TenantRole.ADMIN)


def test_what_is_refused_for_another_reason_has_the_page_without_names() -> None:
    status, page = page_for(
        person("olga@vendor.example", is_staff=True, staff_role=StaffRole.OPERATOR), "/admin/tenancy/user/"
    )
    assert (status, "Permission denied</h1>" in page) == (403, True)
