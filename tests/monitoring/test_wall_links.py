"""Links for screens: few, expiring, revocable, only a hash stored, and never more than their creator."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from monitoring import wall_links
from monitoring.models import WallLink
from portal import database_scope, event_access
from portal.event_access import still_allowed, viewer_of
from portal.tenancy import token_text
from portal.tenancy.models import AuditEvent, Membership, StaffRole, Tenant, TenantRole, User
from tests.monitoring.conftest import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(admin: User, northwind: Tenant) -> tuple[WallLink, str]:
    return wall_links.create(person=admin, tenant=northwind, name="  Lobby \t north ", days=30)


def actions() -> list[tuple[str, str, str]]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", "actor", "target"))


def test_only_the_hash_of_a_token_is_stored_and_the_token_finds_the_link(made: tuple[WallLink, str]) -> None:
    link, token = made
    assert token.startswith("sluice_wall_")
    stored = WallLink.objects.values().get()
    assert token not in str(stored)
    assert (stored["name"], stored["token_hash"]) == ("Lobby north", token_text.hash_of(token))
    assert timedelta(days=29) < link.expires_at - timezone.now() < timedelta(days=31)
    assert wall_links.find(token) == link


def test_created_opened_and_revoked_are_audit_events(
    made: tuple[WallLink, str], admin: User, northwind: Tenant
) -> None:
    link, _ = made
    for _again in range(2):
        wall_links.note_use(link, address="192.0.2.7")
        link.refresh_from_db()
    assert link.last_used_from == "192.0.2.7"
    assert wall_links.revoke(tenant=northwind, uid=link.uid, actor=admin) == link
    assert wall_links.revoke(tenant=northwind, uid=link.uid, actor=admin) is None
    assert actions() == [
        ("monitoring:wall-link:created", admin.email, "Lobby north"),
        ("monitoring:wall-link:opened", "wall display", "Lobby north"),
        ("monitoring:wall-link:revoked", admin.email, "Lobby north"),
    ]


@pytest.mark.parametrize("change", ["revoked", "expired", "suspended", "viewer", "left", "inactive"])
def test_a_link_ends_with_its_creators_right(
    made: tuple[WallLink, str], admin: User, northwind: Tenant, change: str
) -> None:
    link, token = made
    if change == "revoked":
        wall_links.revoke(tenant=northwind, uid=link.uid, actor=admin)
    elif change == "expired":
        WallLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif change == "suspended":
        Tenant.objects.update(is_suspended=True)
    elif change == "viewer":
        Membership.objects.update(role=TenantRole.VIEWER)
    elif change == "left":
        Membership.objects.all().delete()
    else:
        User.objects.update(is_active=False)
    assert wall_links.find(token) is None
    assert event_access.LINKS[wall_links.PREFIX]("wall:northwind", token) is None


def test_a_link_of_staff_ends_with_their_role(operator: User) -> None:
    _, token = wall_links.create(person=operator, tenant=None, name="Operations room")
    assert wall_links.find(token) is not None
    operator.staff_role = StaffRole.NONE
    operator.save()
    assert wall_links.find(token) is None


def test_a_link_watches_its_own_wall_and_nothing_else(
    made: tuple[WallLink, str], admin: User, operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_access.connections, "close_all", lambda: None)  # it would end the test's transaction
    link, token = made
    _, of_staff = wall_links.create(person=operator, tenant=None, name="Operations room")
    viewer = viewer_of("wall:northwind", token)
    assert viewer == event_access.Viewer(admin.pk, link.expires_at, link=link.uid)
    assert viewer_of("wall:all", of_staff) is not None
    others = ("wall:all", "wall:contoso", "board:northwind", "alerts:northwind", "tenant:northwind", "nothing:x")
    assert [topic for topic in others if viewer_of(topic, token)] == []
    assert [topic for topic in ("board:all", "wall:northwind") if viewer_of(topic, of_staff)] == []
    pairs = {("wall:northwind", token), ("board:northwind", token), ("wall:all", of_staff)}
    assert still_allowed(pairs) == {("wall:northwind", token), ("wall:all", of_staff)}


@pytest.mark.parametrize("token", ["", "sluice_wall_", "sluice_wall_" + "A" * 38, "sluice_token_" + "A" * 38, "x\0"])
def test_what_is_no_token_costs_no_query(token: str, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        assert wall_links.find(token) is None


def test_an_api_token_is_no_link(django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        assert wall_links.find(token_text.new_token()) is None


@pytest.mark.parametrize(
    ("name", "days", "code"),
    [
        (" ", 30, "wall.name_not_valid"),
        ("x" * 61, 30, "wall.name_not_valid"),
        ("a\u202eb", 30, "wall.name_not_valid"),
        ("Lobby", 0, "wall.days_not_valid"),
        ("Lobby", 366, "wall.days_not_valid"),
    ],
)
def test_what_makes_no_sense_is_refused(admin: User, northwind: Tenant, name: str, days: int, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        wall_links.create(person=admin, tenant=northwind, name=name, days=days)
    assert [error.code for errors in refused.value.error_dict.values() for error in errors] == [code]
    assert not WallLink.objects.exists()


def test_twenty_screens_are_enough(admin: User, northwind: Tenant) -> None:
    for number in range(wall_links.MOST):
        wall_links.create(person=admin, tenant=northwind, name=f"screen {number}")
    with pytest.raises(ValidationError, match="maximum"):
        wall_links.create(person=admin, tenant=northwind, name="one more")


def test_a_link_of_another_tenant_is_not_listed_and_not_revoked(made: tuple[WallLink, str], outsider: User) -> None:
    contoso = Tenant.objects.get(slug="contoso")
    assert list(wall_links.of_board(contoso)) == []
    assert wall_links.revoke(tenant=contoso, uid=made[0].uid, actor=outsider) is None
    with database_scope.of_tenant(contoso.pk):
        assert not WallLink.objects.exists(), "row-level security"


def test_a_link_of_staff_is_no_tenants_row(operator: User, northwind: Tenant) -> None:
    wall_links.create(person=operator, tenant=None, name="Operations room")
    with database_scope.of_tenant(northwind.pk):
        assert not WallLink.objects.exists()


def test_a_person_of_the_vendor_cannot_open_a_tenants_board_by_becoming_staff(
    made: tuple[WallLink, str], admin: User
) -> None:
    admin.is_staff, admin.staff_role = True, StaffRole.SUPPORT
    admin.save()
    assert wall_links.find(made[1]) is None


def test_a_second_admin_sees_and_revokes_the_first_ones_link(made: tuple[WallLink, str], northwind: Tenant) -> None:
    other = person("grace", northwind)
    assert [link.name for link in wall_links.of_board(northwind)] == ["Lobby north"]
    assert wall_links.revoke(tenant=northwind, uid=made[0].uid, actor=other) is not None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_staff", [False, True])
def test_two_people_at_once_create_no_more_than_twenty(northwind: Tenant, is_staff: bool) -> None:
    tenant = None if is_staff else northwind
    role = {"is_staff": True, "staff_role": StaffRole.OPERATOR} if is_staff else {"tenant": northwind}
    people = [person(name, **role) for name in ("ada", "bo", "cy")]
    for number in range(wall_links.MOST - 1):
        wall_links.create(person=people[0], tenant=tenant, name=f"screen {number}")
    together = threading.Barrier(3)
    outcomes: list[str] = []

    def create(someone: User) -> None:
        try:
            with database_scope.every_tenant("the test creates links to every board"):
                together.wait(30)
                wall_links.create(person=someone, tenant=tenant, name="one more")
            outcomes.append("created")
        except ValidationError as refused:
            outcomes.append(refused.error_dict["name"][0].code or "")
        finally:
            connection.close()

    threads = [threading.Thread(target=create, args=(someone,)) for someone in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["created", "wall.too_many", "wall.too_many"]
    assert wall_links.of_board(tenant).count() == wall_links.MOST


def test_a_link_is_created_only_for_someone_who_may(northwind: Tenant, outsider: User) -> None:
    for tenant in (northwind, None):
        with pytest.raises(ValidationError, match="may not create links"):
            wall_links.create(person=outsider, tenant=tenant, name="Lobby", actor="command line")
    assert not WallLink.objects.exists()
