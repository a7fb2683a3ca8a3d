"""Who may view and do what: each role, each kind of person, and everything of another tenant."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory

from portal.tenancy.access import (
    Needs,
    TenantRequest,
    is_any_staff,
    is_staff_with,
    may_view,
    of_tenant,
    role_in,
    staff_required,
    tenant_for,
)  # fmt: skip
from portal.tenancy.models import StaffRole, Tenant, TenantRole, User
from tests.world import person

pytestmark = pytest.mark.django_db

PEOPLE = ("admin", "viewer", "outsider", "support", "operator", "superuser", "staff without a role", "nobody")


@pytest.fixture
def north() -> Tenant:
    return Tenant.objects.create(slug="north", name="North")


@pytest.fixture
def people(north: Tenant) -> dict[str, User | AnonymousUser]:
    south = Tenant.objects.create(slug="south", name="South")
    return {
        "admin": person("admin@north.example", north),
        "viewer": person("viewer@north.example", north, TenantRole.VIEWER),
        "outsider": person("admin@south.example", south),
        "support": person("support@vendor.example", is_staff=True, staff_role=StaffRole.SUPPORT),
        "operator": person("operator@vendor.example", is_staff=True, staff_role=StaffRole.OPERATOR),
        "superuser": User.objects.create_superuser("root@vendor.example"),
        "staff without a role": person("new@vendor.example", is_staff=True),
        "nobody": AnonymousUser(),
    }


def asked(user: User | AnonymousUser) -> HttpRequest:
    request = RequestFactory().get("/t/north/")
    request.user = user
    request.session = SessionStore()
    return request


def allowed(people: dict[str, User | AnonymousUser], needs: Needs, slug: str = "north") -> set[str]:
    found = set()
    for name, user in people.items():
        try:
            tenant_for(asked(user), slug, needs=needs)
        except Http404:
            continue
        found.add(name)
    return found


STAFF = {"support", "operator", "superuser"}


def test_its_people_and_the_staff_view_a_tenant_and_its_admins_act(people: dict[str, User | AnonymousUser]) -> None:
    assert allowed(people, "viewer") == {"admin", "viewer", *STAFF}
    assert allowed(people, "admin") == {"admin"}


def test_in_a_suspended_tenant_no_one_acts_and_all_view(people: dict[str, User | AnonymousUser], north: Tenant) -> None:
    north.is_suspended = True
    north.save()
    assert allowed(people, "admin") == set()
    assert allowed(people, "viewer") == {"admin", "viewer", *STAFF}


def test_a_tenant_that_does_not_exist_answers_as_one_of_others(people: dict[str, User | AnonymousUser]) -> None:
    assert allowed(people, "viewer", "nowhere") == set()
    assert allowed(people, "viewer", "NORTH") == set()


@pytest.mark.parametrize("name", ["admin", "viewer", "support", "superuser"])
def test_a_person_who_was_deactivated_may_nothing(
    people: dict[str, User | AnonymousUser], north: Tenant, name: str
) -> None:
    user = people[name]
    assert isinstance(user, User)
    user.is_active = False
    user.save()
    assert not may_view(user, north)
    assert role_in(user, north) is None
    assert not is_any_staff(user)


def test_a_role_of_the_staff_counts_only_while_the_person_is_staff(people: dict[str, User | AnonymousUser]) -> None:
    former = people["support"]
    assert isinstance(former, User)
    former.is_staff = False
    assert not is_staff_with(former, StaffRole.SUPPORT)
    assert not is_any_staff(former)


def test_support_and_operators_have_their_own_rights(people: dict[str, User | AnonymousUser]) -> None:
    may = {name for name, user in people.items() if is_staff_with(user, StaffRole.SUPPORT)}
    assert may == {"support", "superuser"}
    # The role of no one gives nothing, also to staff who have it.
    assert is_staff_with(people["superuser"])
    assert not is_staff_with(people["operator"])


@pytest.mark.parametrize(
    ("name", "role"), [("admin", TenantRole.ADMIN), ("viewer", TenantRole.VIEWER), ("support", None)]
)
def test_a_view_of_a_tenant_receives_the_tenant_and_the_role(
    people: dict[str, User | AnonymousUser], north: Tenant, name: str, role: TenantRole | None
) -> None:
    @of_tenant()
    def view(request: TenantRequest, number: int) -> HttpResponse:
        """Show it."""
        return HttpResponse(f"{request.tenant.slug} {request.role} {number}")

    answer = view(asked(people[name]), "north", number=3)
    assert answer.content.decode() == f"north {role} 3"
    assert (view.__name__, view.__doc__) == ("view", "Show it.")


def test_a_view_of_a_tenant_asks_a_stranger_to_sign_in_and_hides_from_others(
    people: dict[str, User | AnonymousUser],
) -> None:
    @of_tenant("admin")
    def view(request: TenantRequest) -> HttpResponse:
        raise AssertionError("a person without access came through")

    answer = view(asked(people["nobody"]), "north")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/t/north/")
    for name in ("viewer", "outsider", "support", "superuser"):
        with pytest.raises(Http404):
            view(asked(people[name]), "north")


def test_a_view_of_the_staff_is_hidden_from_everyone_else(people: dict[str, User | AnonymousUser]) -> None:
    @staff_required(StaffRole.OPERATOR)
    def view(request: HttpRequest, *, page: int) -> HttpResponse:
        return HttpResponse(str(page))

    assert view(asked(people["nobody"]), page=1).status_code == 302
    assert [view(asked(people[name]), page=2).content for name in ("operator", "superuser")] == [b"2", b"2"]
    for name in ("admin", "support", "staff without a role"):
        with pytest.raises(Http404):
            view(asked(people[name]), page=1)
