"""Staff view a tenant's pages read-only, under a banner, and with a line in the tenant's audit trail."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from portal.tenancy import staff_visits
from portal.tenancy.models import AuditEvent, Membership, StaffRole, Tenant, TenantRole, User
from tests.world import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]

BANNER = "View only."


@pytest.fixture
def north() -> Tenant:
    return Tenant.objects.create(slug="north", name="North")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def staff(role: StaffRole = StaffRole.SUPPORT) -> User:
    return person(f"{role}@vendor.example", is_staff=True, staff_role=role)


def visits() -> list[tuple[str, str]]:
    return list(AuditEvent.objects.filter(action="tenancy:staff:viewed").values_list("tenant__slug", "actor"))


@pytest.mark.parametrize("role", [StaffRole.SUPPORT, StaffRole.OPERATOR])
def test_a_visit_is_one_line_however_many_pages(north: Tenant, role: StaffRole) -> None:
    client = signed_in(staff(role))
    for page in ("", "streams/", "keys/"):
        assert BANNER in client.get(f"/t/north/{page}", follow=True).content.decode()
    assert visits() == [("north", f"{role}@vendor.example")]


def test_each_tenant_has_its_line_and_so_has_each_session(north: Tenant) -> None:
    Tenant.objects.create(slug="south", name="South")
    user = staff()
    for client in (signed_in(user), signed_in(user)):
        client.get("/t/north/")
        client.get("/t/south/")
    assert sorted(visits()) == [("north", user.email)] * 2 + [("south", user.email)] * 2


def test_an_hour_later_it_is_another_visit(north: Tenant) -> None:
    client = signed_in(staff())
    client.get("/t/north/")
    session = client.session
    earlier = (timezone.now() - staff_visits.EVERY - timedelta(seconds=1)).timestamp()
    session["visited"] = {str(north.pk): earlier, "0": earlier}
    session.save()
    client.get("/t/north/")
    assert len(visits()) == 2
    assert set(client.session["visited"]) == {str(north.pk)}


def test_the_tenants_own_people_see_no_banner_and_leave_no_line(north: Tenant) -> None:
    client = signed_in(person("ada@north.example", north))
    assert BANNER not in client.get("/t/north/").content.decode()
    assert visits() == []


def test_the_client_reads_of_the_visit_under_activity(north: Tenant) -> None:
    signed_in(staff()).get("/t/north/")
    page = signed_in(person("ada@north.example", north)).get("/t/north/activity/").content.decode()
    assert "viewed pages of this tenant as staff" in page


def test_a_membership_that_staff_have_from_before_gives_nothing(north: Tenant) -> None:
    user = staff()
    Membership.objects.create(tenant=north, user=user, role=TenantRole.ADMIN)
    client = signed_in(user)
    assert BANNER in client.get("/t/north/").content.decode()
    assert client.post("/t/north/integrations/new/").status_code == 403
    assert client.get("/")["Location"] == "/board/"


def test_the_admin_is_opened_with_one_line_an_hour(north: Tenant) -> None:
    client = signed_in(staff())
    for _ in range(2):
        assert client.get("/admin/tenancy/tenant/").status_code == 200
    opened = AuditEvent.objects.filter(action="tenancy:staff:opened-admin")
    assert list(opened.values_list("tenant", "actor")) == [(None, "support@vendor.example")]
