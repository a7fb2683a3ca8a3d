"""Who may view and do what: each role, each kind of person, and everything of another tenant."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory

from portal.tenancy.access import (
    RightMissing,
    TenantRequest,
    has_right,
    has_staff_right,
    of_tenant,
    require,
    rights_in,
    role_in,
    staff_required,
    tenant_for,
)  # fmt: skip
from portal.tenancy.models import StaffRole, Tenant, TenantRole, User
from portal.tenancy.rights import Right
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


def allowed(people: dict[str, User | AnonymousUser], needs: Right, slug: str = "north") -> set[str]:
    found = set()
    for name, user in people.items():
        try:
            tenant_for(asked(user), slug, needs=needs)
        except (Http404, RightMissing):
            continue
        found.add(name)
    return found


def hidden(people: dict[str, User | AnonymousUser], needs: Right) -> set[str]:
    """Those to whom the tenant does not exist."""
    found = set()
    for name, user in people.items():
        try:
            tenant_for(asked(user), "north", needs=needs)
        except RightMissing:
            continue
        except Http404:
            found.add(name)
    return found


STAFF = {"support", "operator", "superuser"}


def test_its_people_and_the_staff_view_a_tenant_and_its_admins_act(people: dict[str, User | AnonymousUser]) -> None:
    assert allowed(people, Right.VIEW) == {"admin", "viewer", *STAFF}
    assert allowed(people, Right.SET_UP) == {"admin"}


@pytest.mark.parametrize("right", [Right.VIEW, Right.SET_UP, Right.PEOPLE])
def test_only_strangers_are_told_that_there_is_no_such_tenant(
    people: dict[str, User | AnonymousUser], right: Right
) -> None:
    assert hidden(people, right) == {"outsider", "staff without a role", "nobody"}


def test_in_a_suspended_tenant_no_one_acts_and_all_view(people: dict[str, User | AnonymousUser], north: Tenant) -> None:
    north.is_suspended = True
    north.save()
    assert allowed(people, Right.SET_UP) == set()
    assert allowed(people, Right.VIEW) == {"admin", "viewer", *STAFF}


def test_a_tenant_that_does_not_exist_answers_as_one_of_others(people: dict[str, User | AnonymousUser]) -> None:
    assert allowed(people, Right.VIEW, "nowhere") == set()
    assert allowed(people, Right.VIEW, "NORTH") == set()


@pytest.mark.parametrize("name", ["admin", "viewer", "support", "superuser"])
def test_a_person_who_was_deactivated_may_nothing(
    people: dict[str, User | AnonymousUser], north: Tenant, name: str
) -> None:
    user = people[name]
    assert isinstance(user, User)
    user.is_active = False
    user.save()
    assert not rights_in(user, north)
    assert role_in(user, north) is None
    assert not has_staff_right(user, Right.BOARD)


def test_a_role_of_the_staff_counts_only_while_the_person_is_staff(people: dict[str, User | AnonymousUser]) -> None:
    former = people["support"]
    assert isinstance(former, User)
    former.is_staff = False
    assert not has_staff_right(former, Right.KEEP_TENANTS)
    assert not has_staff_right(former, Right.BOARD)


def test_support_and_operators_have_their_own_rights(people: dict[str, User | AnonymousUser]) -> None:
    def having(right: Right) -> set[str]:
        return {name for name, user in people.items() if has_staff_right(user, right)}

    assert having(Right.KEEP_TENANTS) == {"support", "superuser"}
    assert having(Right.BOARD) == STAFF
    assert having(Right.SET_UP) == set()


def test_rights_are_of_one_tenant(people: dict[str, User | AnonymousUser], north: Tenant) -> None:
    south = Tenant.objects.get(slug="south")
    assert has_right(people["admin"], north, Right.DOWNLOAD)
    assert not rights_in(people["admin"], south)
    assert not has_right(people["viewer"], north, Right.DOWNLOAD)
    assert has_right(people["viewer"], north, Right.READ_VALUES)
    assert not has_right(people["support"], north, Right.READ_VALUES)


def test_a_view_asks_for_another_right_without_a_query(
    people: dict[str, User | AnonymousUser], django_assert_num_queries
) -> None:
    @of_tenant()
    def view(request: TenantRequest) -> HttpResponse:
        require(request, Right.KEYS)
        return HttpResponse("done")

    with django_assert_num_queries(3):  # the tenant, the role in it, and once an hour that the person was seen
        assert view(asked(people["admin"]), "north").content == b"done"
    with django_assert_num_queries(3), pytest.raises(RightMissing):
        view(asked(people["viewer"]), "north")


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
    @of_tenant(Right.SET_UP)
    def view(request: TenantRequest) -> HttpResponse:
        raise AssertionError("a person without access came through")

    answer = view(asked(people["nobody"]), "north")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/t/north/")
    with pytest.raises(Http404):
        view(asked(people["outsider"]), "north")
    for name in ("viewer", "support", "superuser"):
        with pytest.raises(RightMissing) as missing:
            view(asked(people[name]), "north")
        assert (missing.value.right, missing.value.tenant.slug) == (Right.SET_UP, "north")


def test_a_view_of_the_staff_is_hidden_from_everyone_else(people: dict[str, User | AnonymousUser]) -> None:
    @staff_required(Right.KEEP_TENANTS)
    def view(request: HttpRequest, *, page: int) -> HttpResponse:
        return HttpResponse(str(page))

    assert view(asked(people["nobody"]), page=1).status_code == 302
    assert [view(asked(people[name]), page=2).content for name in ("support", "superuser")] == [b"2", b"2"]
    for name in ("admin", "operator", "staff without a role"):
        with pytest.raises(Http404):
            view(asked(people[name]), page=1)
