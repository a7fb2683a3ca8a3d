"""Memberships by support's admin: through the service, recorded, shown to the tenant's admins, never one's own."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from portal.tenancy import services
from portal.tenancy.models import AuditEvent, Membership, StaffRole, Tenant, TenantRole, User
from tests.world import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]


@pytest.fixture
def north() -> Tenant:
    return Tenant.objects.create(slug="north", name="North")


@pytest.fixture
def support() -> User:
    return person("support@vendor.example", is_staff=True, staff_role=StaffRole.SUPPORT)


def saved(support: User, tenant: Tenant, *rows: dict[str, object], reason: str = "Left.") -> str:
    """The tenant's page in the admin after these rows of people were sent."""
    client = Client()
    client.force_login(support)
    initial = Membership.objects.filter(tenant=tenant).count()
    form: dict[str, object] = {
        "name": tenant.name,
        "reason": reason,
        "memberships-TOTAL_FORMS": len(rows),
        "memberships-INITIAL_FORMS": initial,
    }
    for place, row in enumerate(rows):
        form |= {f"memberships-{place}-{name}": value for name, value in {"tenant": tenant.pk, **row}.items()}
    form |= {f"{shown}-{total}_FORMS": 0 for shown in ("connections", "integrations") for total in ("TOTAL", "INITIAL")}
    return client.post(f"/admin/tenancy/tenant/{tenant.pk}/change/", form, follow=True).content.decode()


def trail() -> list[tuple[str, str, str, object]]:
    return [
        (event.action.removeprefix("tenancy:membership:"), event.actor, event.target, event.details.get("role"))
        for event in AuditEvent.objects.filter(action__startswith="tenancy:membership:").order_by("pk")
    ]


def test_adding_changing_and_removing_are_recorded(north: Tenant, support: User) -> None:
    ada = person("ada@north.example")
    saved(support, north, {"user": ada.pk, "role": "viewer"})
    membership = Membership.objects.get()
    saved(support, north, {"id": membership.pk, "user": ada.pk, "role": "admin"})
    saved(support, north, {"id": membership.pk, "user": ada.pk, "role": "admin"})
    removed = {"id": membership.pk, "user": ada.pk, "role": "admin", "DELETE": "on"}
    assert "State a reason above to remove a membership." in saved(support, north, removed, reason="")
    assert Membership.objects.exists()
    saved(support, north, removed)
    assert AuditEvent.objects.get(action="tenancy:membership:ended").reason == "Left."
    assert trail() == [
        ("granted", "support@vendor.example", "ada@north.example", "viewer"),
        ("granted", "support@vendor.example", "ada@north.example", "admin"),
        ("ended", "support@vendor.example", "ada@north.example", None),
    ]
    assert not Membership.objects.exists()


def test_support_cannot_become_a_client(north: Tenant, support: User) -> None:
    page = saved(support, north, {"user": support.pk, "role": "admin"})
    assert "No one can change their own access to a tenant." in page
    assert (Membership.objects.count(), trail()) == (0, [])


def test_other_staff_cannot_become_a_client_either(north: Tenant, support: User) -> None:
    operator = person("operator@vendor.example", is_staff=True, staff_role=StaffRole.OPERATOR)
    page = saved(support, north, {"user": operator.pk, "role": "viewer"})
    assert "operator@vendor.example is a member of staff." in page
    assert (Membership.objects.count(), trail()) == (0, [])


def test_the_person_of_a_membership_stays(north: Tenant, support: User) -> None:
    ada, eve = person("ada@north.example", north), person("eve@north.example")
    saved(support, north, {"id": Membership.objects.get().pk, "user": eve.pk, "role": "viewer"})
    assert list(Membership.objects.values_list("user__email", "role")) == [(ada.email, "viewer")]


def test_a_membership_that_staff_have_from_before_can_be_removed(north: Tenant, support: User) -> None:
    operator = person("operator@vendor.example", north, is_staff=True, staff_role=StaffRole.OPERATOR)
    saved(support, north, {"id": Membership.objects.get().pk, "user": operator.pk, "role": "admin", "DELETE": "on"})
    assert not Membership.objects.exists()


def test_the_last_admin_does_not_leave_and_support_may_remove_them(north: Tenant, support: User) -> None:
    ada = person("ada@north.example", north)
    with pytest.raises(ValidationError) as refused:
        services.remove_member(tenant=north, user=ada, actor=ada)
    assert refused.value.code == "people.last_admin"
    services.remove_member(tenant=north, user=person("eve@north.example"), actor="test")
    assert trail() == []
    services.remove_member(tenant=north, user=ada, actor=support)
    assert trail() == [("ended", "support@vendor.example", "ada@north.example", None)]


@pytest.mark.parametrize(("role", "is_shown"), [(TenantRole.ADMIN, True), (TenantRole.VIEWER, False)])
def test_the_tenants_admins_see_it_on_their_overview(
    north: Tenant, support: User, role: TenantRole, is_shown: bool
) -> None:
    eve = person("eve@north.example")
    services.add_member(tenant=north, user=eve, role=TenantRole.VIEWER, actor=support)
    services.add_member(tenant=north, user=person("bob@north.example"), role=TenantRole.VIEWER, actor="command line")
    client = Client()
    client.force_login(person("ada@north.example", north, role))
    page = client.get("/t/north/").content.decode()
    assert ("changed who has access" in page) is is_shown
    notice = page.split("changed who has access")[-1].split("View all activity")[0]
    assert ("eve@north.example" in notice) is is_shown
    assert "bob@north.example" not in notice or not is_shown
