"""People in the admin: support creates, invites and deactivates them through the services."""

from typing import Any

import pytest
from django.core import mail as outbox
from django.test import Client

from portal.outbox import delivery
from portal.tenancy.models import AuditEvent, Membership, StaffRole, Tenant, User
from tests.world import person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clean_redis")]
PEOPLE = "/admin/tenancy/user/"
EVE = "eve@north.example"


@pytest.fixture(autouse=True)
def portal(settings: Any) -> None:
    settings.SLUICE_PORTAL_URL = "https://portal.example"
    settings.SLUICE_MAIL_URL, settings.DEFAULT_FROM_EMAIL = "smtp://mail.example", "sluice@vendor.example"


@pytest.fixture
def support(client: Client) -> Client:
    client.force_login(person("sue@vendor.example", is_staff=True, staff_role=StaffRole.SUPPORT))
    return client


def add(client: Client, **fields: str) -> str:
    form = {"email": EVE, "full_name": "Eve", "staff_role": "", **fields}
    return client.post(f"{PEOPLE}add/", form, follow=True).content.decode()


def trail() -> list[tuple[str, str]]:
    rows = AuditEvent.objects.filter(action__startswith="tenancy:person:").order_by("pk")
    return [(row.action.removeprefix("tenancy:person:"), row.actor) for row in rows]


def test_a_new_person_is_created_and_invited(support: Client) -> None:
    assert "Invited eve@north.example. The mail is in the outbox." in add(support, email="Eve@North.example")
    delivery.deliver_due()
    assert [sent.to for sent in outbox.outbox] == [[EVE]]
    assert trail() == [("created", "sue@vendor.example"), ("invited", "sue@vendor.example")]
    assert not User.objects.get(email=EVE).has_usable_password()


def test_an_address_is_given_once_whatever_its_case(support: Client) -> None:
    person(EVE)
    assert "already exists" in add(support, email="EVE@north.example")
    assert (User.objects.count(), trail()) == (2, [])


def test_without_a_mail_server_the_person_is_there_and_it_is_said(support: Client, settings: Any) -> None:
    settings.SLUICE_MAIL_URL = ""
    page = add(support)
    assert "Could not invite eve@north.example. No mail server is set" in page
    assert User.objects.filter(email=EVE).exists()


def test_names_and_staff_roles_change_and_addresses_do_not(support: Client) -> None:
    eve = person(EVE)
    change = {"email": "other@north.example", "full_name": "Eve North", "staff_role": "operator"}
    support.post(f"{PEOPLE}{eve.pk}/change/", change)
    eve.refresh_from_db()
    assert (eve.email, eve.full_name, eve.staff_role, eve.is_staff) == (EVE, "Eve North", "operator", True)
    assert trail() == [("renamed", "sue@vendor.example"), ("staff-role", "sue@vendor.example")]


def test_a_member_of_a_tenant_cannot_become_staff(support: Client) -> None:
    eve = person(EVE, Tenant.objects.create(slug="north", name="North"))
    page = support.post(f"{PEOPLE}{eve.pk}/change/", {"full_name": "", "staff_role": "support"}).content.decode()
    assert "Members of a tenant cannot become staff." in page
    assert trail() == []


def test_the_own_staff_role_stays(support: Client) -> None:
    sue = User.objects.get(email="sue@vendor.example")
    page = support.post(f"{PEOPLE}{sue.pk}/change/", {"full_name": "", "staff_role": "operator"}).content.decode()
    assert "No one can change their own staff role." in page
    sue.refresh_from_db()
    assert sue.staff_role == StaffRole.SUPPORT


def test_leavers_are_deactivated_and_oneself_is_not(support: Client) -> None:
    eve, sue = person(EVE, Tenant.objects.create(slug="north", name="North")), User.objects.get(staff_role="support")
    chosen = {"action": "deactivate", "_selected_action": [eve.pk, sue.pk]}
    assert "State a reason beside the action." in support.post(PEOPLE, chosen, follow=True).content.decode()
    assert Membership.objects.exists()
    page = support.post(PEOPLE, {**chosen, "reason": "Left."}, follow=True).content.decode()
    assert AuditEvent.objects.get(action="tenancy:person:deactivated").reason == "Left."
    assert AuditEvent.objects.get(action="tenancy:membership:ended").reason == "Left."
    assert "Deactivated eve@north.example." in page
    assert "No one can deactivate themselves." in page
    assert list(User.objects.filter(is_active=True)) == [sue]
    assert not Membership.objects.exists()


def test_an_invitation_is_sent_again(support: Client) -> None:
    eve = person(EVE)
    support.post(PEOPLE, {"action": "send_invitation", "_selected_action": [eve.pk]})
    delivery.deliver_due()
    assert [sent.to for sent in outbox.outbox] == [[EVE]]


def test_operators_do_none_of_it(client: Client) -> None:
    client.force_login(person("op@vendor.example", is_staff=True, staff_role=StaffRole.OPERATOR))
    assert client.get(f"{PEOPLE}add/").status_code == 403
    assert client.post(PEOPLE, {"action": "deactivate", "_selected_action": [1]}).status_code == 403
