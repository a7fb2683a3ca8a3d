"""Changes to tenants and their people, each with its line in the audit trail; by page and by command line."""

import json
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone

from portal.outbox.models import OutboxItem
from portal.tenancy import audit, services
from portal.tenancy.command import tenant_called
from portal.tenancy.models import AuditEvent, Membership, Tenant, TenantRole, User
from tests.world import person

pytestmark = pytest.mark.django_db


def north() -> Tenant:
    return services.create_tenant(slug="north", name="North", actor="test")


def trail() -> list[tuple[str, str, str]]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", "actor", "target"))


def test_a_tenant_is_created_with_its_line() -> None:
    assert str(north()) == "North"
    assert trail() == [("tenancy:tenant:created", "test", "north")]


@pytest.mark.parametrize(
    ("slug", "name", "field"), [("North", "N", "slug"), ("north", "", "name"), ("n" * 41, "N", "slug")]
)
def test_a_tenant_that_is_not_valid_leaves_nothing(slug: str, name: str, field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        services.create_tenant(slug=slug, name=name, actor="test")
    assert set(caught.value.message_dict) == {field}
    assert (Tenant.objects.count(), trail()) == (0, [])


def test_a_slug_is_given_once() -> None:
    north()
    with pytest.raises(ValidationError) as caught:
        north()
    assert set(caught.value.message_dict) == {"slug"}
    assert len(trail()) == 1


def test_a_role_replaces_the_one_before_and_both_are_recorded() -> None:
    tenant, ada = north(), person("ada@north.example")
    actor = person("support@vendor.example", is_staff=True)
    first = services.add_member(tenant=tenant, user=ada, role=TenantRole.ADMIN, actor=actor)
    again = services.add_member(tenant=tenant, user=ada, role=TenantRole.VIEWER, actor=actor)
    assert first.pk == again.pk
    assert Membership.objects.get().role == TenantRole.VIEWER
    assert trail()[1:] == [("tenancy:membership:granted", "support@vendor.example", "ada@north.example")] * 2
    roles = list(AuditEvent.objects.order_by("pk").values_list("details__role", flat=True))
    assert roles == [None, "admin", "viewer"]


def test_suspending_keeps_everything_else_and_can_be_undone() -> None:
    tenant = north()
    Tenant.objects.filter(pk=tenant.pk).update(name="Renamed meanwhile")
    for suspended in (True, False):
        services.set_suspended(tenant=tenant, suspended=suspended, actor="test")
        found = Tenant.objects.get()
        assert (found.is_suspended, found.name) == (suspended, "Renamed meanwhile")
    assert [action for action, _, _ in trail()[1:]] == ["tenancy:tenant:suspended", "tenancy:tenant:resumed"]


def test_a_line_of_the_trail_fits_and_needs_no_tenant() -> None:
    event = audit.record("portal:x:y", tenant=None, actor="worker", target="t" * 300)
    event.refresh_from_db()
    assert (event.tenant, len(event.target), event.details) == (None, 200, {})
    newest_first = [audit.record("portal:x:z", tenant=None, actor="worker"), event]
    assert list(AuditEvent.objects.all()) == newest_first


def printed(*arguments: str) -> str:
    out = StringIO()
    call_command("tenant", *arguments, stdout=out)
    return out.getvalue()


def test_a_command_answers_people_in_lines_and_programs_in_json() -> None:
    assert printed("create", "north", "--name", "North") == "slug: north\nname: North\n"
    assert json.loads(printed("create", "south", "--name", "South", "--json")) == {"slug": "south", "name": "South"}
    assert AuditEvent.objects.filter(actor="command line").count() == 2


def test_a_tenant_is_found_by_its_slug_or_named_as_missing() -> None:
    tenant = north()
    assert tenant_called("north") == tenant
    with pytest.raises(CommandError, match="nowhere"):
        tenant_called("nowhere")


def notified() -> set[tuple[str, str]]:
    rows = OutboxItem.objects.filter(channel="bell").select_related("recipient")
    return {(item.recipient.email, item.body.code) for item in rows}


def test_a_changed_membership_is_reported_to_the_person_and_the_admins() -> None:
    tenant, support = north(), person("support@vendor.example")
    boss, vic = person("boss@north.example", tenant), person("vic@north.example", tenant, TenantRole.VIEWER)
    User.objects.update(last_login=timezone.now())
    vic.refresh_from_db()
    services.add_member(tenant=tenant, user=vic, role=TenantRole.VIEWER, actor=support)
    assert notified() == set(), "nothing changed"
    services.add_member(tenant=tenant, user=vic, role=TenantRole.ADMIN, actor=support)
    assert notified() == {(who.email, "notification.membership_granted") for who in (boss, vic)}
    OutboxItem.objects.all().delete()
    services.remove_member(tenant=tenant, user=vic, actor=support)
    assert notified() == {(who.email, "notification.membership_ended") for who in (boss, vic)}
    services.remove_member(tenant=tenant, user=vic, actor=support)
    assert OutboxItem.objects.count() == 2


def test_a_person_who_never_signed_in_has_an_invitation_and_no_more() -> None:
    tenant, ada = north(), person("ada@north.example")
    services.add_member(tenant=tenant, user=ada, role=TenantRole.ADMIN, actor="test")
    assert notified() == set()
