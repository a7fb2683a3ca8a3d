"""The support staff's site: invisible to others, read-only where services change rows, and without passwords."""

import pytest
from django.contrib.admin.sites import site
from django.test import Client, RequestFactory

from portal.tenancy.admin import AuditEventAdmin, MembershipInline, TenantAdmin, UserAdmin
from portal.tenancy.models import AuditEvent, Membership, StaffRole, Tenant, TenantRole, User
from tests.world import PASSWORD, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]

TENANTS, PEOPLE, TRAIL = "/admin/tenancy/tenant/", "/admin/tenancy/user/", "/admin/tenancy/auditevent/"


def staff(role: StaffRole) -> Client:
    client = Client()
    client.force_login(person(f"{role}@vendor.example", is_staff=True, staff_role=role))
    return client


def test_a_stranger_is_sent_to_the_one_sign_in_page_and_back() -> None:
    answer = Client().get(TENANTS, follow=True)
    assert answer.redirect_chain[-1] == (f"/accounts/login/?next={TENANTS}", 302)
    assert Client().get("/admin/login/")["Location"] == "/accounts/login/?next=/admin/login/"


@pytest.mark.parametrize("url", ["/admin/", "/admin/login/", TENANTS, PEOPLE, TRAIL])
def test_clients_see_no_admin_at_all(url: str) -> None:
    client = Client()
    client.force_login(person("ada@north.example", Tenant.objects.create(slug="north", name="North")))
    assert client.get(url).status_code == 404


def test_support_suspends_and_resumes_tenants_with_a_line_each() -> None:
    tenants = [Tenant.objects.create(slug=slug, name=slug) for slug in ("north", "south")]
    client, chosen = staff(StaffRole.SUPPORT), [tenant.pk for tenant in tenants]
    for action, suspended in (("suspend", True), ("resume", False)):
        answer = client.post(TENANTS, {"action": action, "_selected_action": chosen}, follow=True)
        assert f"2 tenants {action}" in answer.content.decode().replace("resumed", "resume").replace(
            "suspended", "suspend"
        )
        assert set(Tenant.objects.values_list("is_suspended", flat=True)) == {suspended}
    assert AuditEvent.objects.filter(action__startswith="tenancy:tenant:").count() == 4


def test_a_tenant_that_support_adds_and_renames_is_in_the_trail() -> None:
    client = staff(StaffRole.SUPPORT)
    inlines = [inline.formset.prefix for inline in client.get(f"{TENANTS}add/").context["inline_admin_formsets"]]
    rows = {f"{prefix}-{name}": "0" for prefix in inlines for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    assert client.post(f"{TENANTS}add/", {"slug": "north", "name": "North", **rows}).status_code == 302
    tenant = Tenant.objects.get()
    assert client.post(f"{TENANTS}{tenant.pk}/change/", {"name": "North Ltd", **rows}).status_code == 302
    tenant.refresh_from_db()
    assert tenant.name == "North Ltd"
    of_tenants = AuditEvent.objects.filter(action__startswith="tenancy:tenant:").order_by("pk")
    recorded = of_tenants.values_list("action", "actor", "object_type", "object_id")
    who = ("support@vendor.example", "tenant", str(tenant.pk))
    assert list(recorded) == [("tenancy:tenant:created", *who), ("tenancy:tenant:renamed", *who)]
    assert AuditEvent.objects.latest("pk").details == {"from": "North", "to": "North Ltd"}


def test_operators_view_tenants_and_change_none() -> None:
    north = Tenant.objects.create(slug="north", name="North")
    client = staff(StaffRole.OPERATOR)
    assert client.get(TENANTS).status_code == 200
    assert client.get(f"{TENANTS}add/").status_code == 403
    client.post(TENANTS, {"action": "suspend", "_selected_action": [north.pk]})
    north.refresh_from_db()
    assert not north.is_suspended


def test_the_slug_of_a_tenant_is_chosen_once() -> None:
    request, admin = RequestFactory().get("/"), TenantAdmin(Tenant, site)
    assert "slug" not in admin.get_readonly_fields(request)
    assert {"slug", "is_suspended", "created_at"} == set(admin.get_readonly_fields(request, Tenant(slug="north")))


def test_the_list_counts_people_once_however_many_searches_match() -> None:
    north = Tenant.objects.create(slug="north", name="North")
    for name in ("ada", "bob", "eve"):
        person(f"{name}@north.example", north)
    admin = TenantAdmin(Tenant, site)
    [row] = admin.get_queryset(RequestFactory().get("/"))
    assert (admin.people(row), admin.connection_count(row), admin.integration_count(row)) == (3, 0, 0)
    page = staff(StaffRole.SUPPORT).get(f"{TENANTS}?q=north.example").content.decode()
    assert page.count('class="field-slug"') == 1


def test_no_one_adds_or_changes_lines_of_the_trail() -> None:
    line = AuditEvent.objects.create(actor="a", action="portal:x:y")
    client = staff(StaffRole.SUPPORT)
    assert client.get(TRAIL).status_code == 200
    assert client.get(f"{TRAIL}add/").status_code == 403
    assert client.post(f"{TRAIL}{line.pk}/change/", {"actor": "b"}).status_code == 403


@pytest.mark.parametrize("url", [PEOPLE, TRAIL])
def test_no_one_deletes_people_or_lines_of_the_trail(url: str) -> None:
    AuditEvent.objects.create(actor="a", action="portal:x:y")
    client = staff(StaffRole.SUPPORT)
    first = (User if url == PEOPLE else AuditEvent).objects.order_by("pk").first()
    assert first is not None
    assert client.post(f"{url}{first.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_password_is_never_on_a_page_of_the_admin() -> None:
    ada = person("ada@north.example")
    page = staff(StaffRole.SUPPORT).get(f"{PEOPLE}{ada.pk}/change/").content.decode()
    assert "ada@north.example" in page
    assert ada.password not in page
    assert PASSWORD not in page


@pytest.mark.parametrize(
    ("role", "may_change", "may_delete"), [(StaffRole.SUPPORT, True, True), (StaffRole.OPERATOR, False, False)]
)
def test_support_alone_changes_memberships(role: StaffRole, may_change: bool, may_delete: bool) -> None:
    request = RequestFactory().get("/")
    request.user = person(f"{role}@vendor.example", is_staff=True, staff_role=role)
    inline = MembershipInline(Tenant, site)
    assert inline.has_view_permission(request)
    assert (inline.has_add_permission(request), inline.has_change_permission(request)) == (may_change, may_change)
    assert inline.has_delete_permission(request) is may_delete
    for admin, may_view, may_keep in (
        (UserAdmin(User, site), may_change, may_change),
        (AuditEventAdmin(AuditEvent, site), True, False),
    ):
        assert admin.has_module_permission(request) is may_view
        assert (admin.has_add_permission(request), admin.has_change_permission(request)) == (may_keep, may_keep)
        assert not admin.has_delete_permission(request)


def test_each_field_of_a_membership_has_an_accessible_name() -> None:
    north = Tenant.objects.create(slug="north", name="North")
    Membership.objects.create(tenant=north, user=person("ada@north.example"), role=TenantRole.VIEWER)
    page = staff(StaffRole.SUPPORT).get(f"{TENANTS}{north.pk}/change/").content.decode()
    assert 'aria-label="Role"' in page
    assert 'aria-label="Remove membership"' in page
