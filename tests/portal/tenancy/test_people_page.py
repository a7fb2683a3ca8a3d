"""The people of a tenant: invited, given another role, removed, leaving; and what is refused."""

import re
import smtplib

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from portal import live
from portal.outbox import tasks
from portal.outbox.models import OutboxItem
from portal.tenancy import services, tenant_invitations
from portal.tenancy.models import AuditEvent, ExpiringLink, Membership, StaffRole, Tenant, TenantRole, User
from tests.world import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
PAGE = "/t/north/people/"


@pytest.fixture
def north(settings) -> Tenant:
    settings.SLUICE_PORTAL_URL, settings.SLUICE_MAIL_URL = "https://portal.example", ""
    return Tenant.objects.create(slug="north", name="North")


@pytest.fixture
def ada(north: Tenant) -> Client:
    return signed_in(person("ada@north.example", north))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(client: Client, path: str = PAGE) -> str:
    return " ".join(client.get(path).content.decode().split())


def invited(client: Client, email: str = "ben@north.example", role: str = "viewer") -> str:
    """The link that the page shows where the portal sends no mail."""
    page = client.post(PAGE, {"do": "invite", "email": email, "role": role}).content.decode()
    found = re.search(r"https://portal\.example(/invitations/\S+/)<", page)
    assert found, page
    return found[1]


def roles(tenant: Tenant) -> dict[str, str]:
    return dict(Membership.objects.filter(tenant=tenant).values_list("user__email", "role"))


def test_the_page_lists_people_and_what_may_be_changed(north: Tenant, ada: Client) -> None:
    vera = person("vera@north.example", north, TenantRole.VIEWER)
    page = text(ada)
    assert page.index("ada@north.example") < page.index("vera@north.example")
    assert "Change role to admin" in page
    assert "Invite a person" in page
    seen = text(signed_in(vera))
    assert "ada@north.example" in seen
    for offer in ("Change role", "Invite a person", "Remove from"):
        assert offer not in seen
    assert "Leave North</button>" in seen


@pytest.mark.parametrize(("role", "status"), [(StaffRole.SUPPORT, 200), (StaffRole.OPERATOR, 403)])
def test_operators_see_no_people(north: Tenant, role: StaffRole, status: int) -> None:
    staff = signed_in(person("sam@vendor.example", is_staff=True, staff_role=role))
    assert staff.get(PAGE).status_code == status
    assert ("/people/" in text(staff, "/t/north/")) is (status == 200)
    for act in ("invite", "role", "remove", "revoke", "resend"):
        assert staff.post(PAGE, {"do": act}).status_code == 403


def test_an_invitation_becomes_an_account_with_the_role(north: Tenant, ada: Client) -> None:
    link = invited(ada, "Ben@North.example ", "viewer")
    assert "ben@north.example" in text(ada)
    stranger = Client()
    assert "Create account and join" in text(stranger, link)
    assert stranger.get(link)["Referrer-Policy"] == "strict-origin"
    form = {
        "full_name": "Ben",
        "new_password1": "seven lifts and a boiler",
        "new_password2": "seven lifts and a boiler",
    }
    answer = stranger.post(link, form)
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")
    assert roles(north) == {"ada@north.example": "admin", "ben@north.example": "viewer"}
    assert stranger.get(link).status_code == 410
    assert "This link has been used." in text(stranger, link)
    assert stranger.login(username="ben@north.example", password="seven lifts and a boiler")


@pytest.mark.parametrize(
    ("first", "second", "problem"),
    [
        ("", "", "Choose a password."),
        ("seven lifts and a boiler", "another", "The passwords are not the same."),
        ("short", "short", "at least 12 characters"),
        ("ben@north.example", "ben@north.example", "too similar to the"),
    ],
)
def test_a_password_that_is_not_good_leaves_the_invitation_open(north, ada, first, second, problem) -> None:
    link = invited(ada)
    answer = Client().post(link, {"full_name": "Ben", "new_password1": first, "new_password2": second})
    assert answer.status_code == 422
    assert problem in answer.content.decode()
    assert 'value="Ben"' in answer.content.decode()
    assert not User.objects.filter(email="ben@north.example").exists()
    assert Client().get(link).status_code == 200


def test_a_person_with_an_account_signs_in_and_accepts(north: Tenant, ada: Client) -> None:
    ben = person("ben@north.example", Tenant.objects.create(slug="south", name="South"))
    link = invited(ada, role="admin")
    assert f"/accounts/login/?next={link}" in text(Client(), link)
    assert Client().post(link, {"new_password1": "x", "new_password2": "x"}).status_code == 200
    answer = signed_in(ben).post(link)
    assert answer["Location"] == "/t/north/"
    assert roles(north)["ben@north.example"] == "admin"
    assert signed_in(ben).post(link).status_code == 410


def test_another_person_cannot_accept(north: Tenant, ada: Client) -> None:
    link = invited(ada)
    eve = signed_in(person("eve@north.example"))
    assert "You are signed in as eve@north.example." in text(eve, link)
    assert eve.post(link).status_code == 422
    assert "eve@north.example" not in roles(north)


def test_staff_cannot_become_members(north: Tenant, ada: Client) -> None:
    sam = person("sam@vendor.example", is_staff=True, staff_role=StaffRole.SUPPORT)
    link = invited(ada, "sam@vendor.example")
    assert signed_in(sam).post(link).status_code == 422
    assert roles(north) == {"ada@north.example": "admin"}
    assert ExpiringLink.objects.get().used_at is None


def test_a_deactivated_person_is_not_let_in_again(north: Tenant, ada: Client) -> None:
    person("ben@north.example", is_active=False)
    link = invited(ada)
    form = {"new_password1": "seven lifts and a boiler", "new_password2": "seven lifts and a boiler"}
    assert Client().post(link, form).status_code == 422
    assert "ben@north.example" not in roles(north)


def test_no_one_joins_a_suspended_tenant(north: Tenant, ada: Client) -> None:
    link = invited(ada)
    Tenant.objects.update(is_suspended=True)
    form = {"new_password1": "seven lifts and a boiler", "new_password2": "seven lifts and a boiler"}
    assert Client().post(link, form).status_code == 422
    assert not User.objects.filter(email="ben@north.example").exists()
    assert ExpiringLink.objects.get().used_at is None


def test_an_earlier_invitation_does_not_lower_a_role(north: Tenant, ada: Client) -> None:
    link, ben = invited(ada), person("ben@north.example")
    services.add_member(tenant=north, user=ben, role=TenantRole.ADMIN, actor="test")
    signed_in(ben).post(link)
    assert roles(north)["ben@north.example"] == "admin"


def test_who_was_removed_cannot_come_back_by_an_earlier_invitation(north: Tenant, ada: Client) -> None:
    link, ben = invited(ada), person("ben@north.example")
    services.add_member(tenant=north, user=ben, role=TenantRole.VIEWER, actor="test")
    ada.post(PAGE, {"do": "remove", "person": ben.pk, "reason": "Left."})
    assert AuditEvent.objects.get(action="tenancy:membership:ended").reason == "Left."
    assert signed_in(ben).post(link).status_code == 410
    assert "ben@north.example" not in roles(north)


def test_the_link_is_shown_once_and_kept_nowhere(north: Tenant, ada: Client) -> None:
    as_browser = {"sec-fetch-mode": "navigate", "referer": f"http://testserver{PAGE}"}
    answer = ada.post(PAGE, {"do": "invite", "email": "ben@north.example", "role": "viewer"}, headers=as_browser)
    assert (answer.status_code, "/invitations/" in answer.content.decode()) == (200, True)
    assert not list(live.connect().scan_iter("refused:*"))


def test_a_second_invitation_replaces_the_first(north: Tenant, ada: Client) -> None:
    first, second = invited(ada), invited(ada, role="admin")
    assert "This link was revoked. Ask ada@north.example for a new one." in text(Client(), first)
    assert "as an admin" in text(Client(), second)
    assert tenant_invitations.open_invitations(north).count() == 1


@pytest.fixture
def mailing(north, settings) -> None:
    settings.SLUICE_MAIL_URL, settings.DEFAULT_FROM_EMAIL = "smtp://mail.example", "sluice@vendor.example"


def invite(client: Client, **changes: str) -> str:
    form = {"do": "invite", "email": "ben@north.example", "role": "viewer", **changes}
    answer = client.post(PAGE, form, follow=True)
    return " ".join(answer.content.decode().split())


@pytest.mark.usefixtures("mailing")
def test_its_mail_is_queued_and_sent_by_a_worker(north: Tenant, ada: Client, mailoutbox) -> None:
    page = invite(ada)
    assert "The invitation to ben@north.example is queued to be sent." in page
    assert "/invitations/" not in page
    assert (mailoutbox, "Queued" in page) == ([], True)
    tasks.deliver()
    [mail] = mailoutbox
    assert (mail.to, mail.subject) == (["ben@north.example"], "Invitation to North on Sluice")
    found = re.search(r"https://portal\.example(/invitations/\S+/)", mail.body)
    assert found
    assert found[1].split("/")[2] not in str([*OutboxItem.objects.values(), *ExpiringLink.objects.values()])
    assert Client().get(found[1]).status_code == 200
    assert 'data-label="Mail"> Sent <time' in text(ada)


@pytest.mark.usefixtures("mailing")
def test_the_page_shows_what_the_mail_server_answered(north: Tenant, ada: Client, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise smtplib.SMTPRecipientsRefused({"ben@north.example": (codes.pop(), b"mailbox <full>")})

    codes = [550, 450]
    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    for label in ("Next attempt", "Not sent"):
        invite(ada)
        tasks.deliver()
        assert label in text(ada)
        assert "mailbox &lt;full&gt;" in text(ada)


@pytest.mark.usefixtures("mailing")
def test_sending_again_replaces_the_link_and_cancels_a_mail_that_waits(north, ada, mailoutbox) -> None:
    invite(ada)
    ada.post(PAGE, {"do": "resend", "invitation": ExpiringLink.objects.get().pk})
    tasks.deliver()
    assert len(mailoutbox) == 1
    assert sorted(OutboxItem.objects.values_list("state", flat=True)) == ["cancelled", "delivered"]


@pytest.mark.usefixtures("mailing")
def test_without_an_address_of_the_portal_no_invitation_is_created(north, ada, settings) -> None:
    settings.SLUICE_PORTAL_URL = ""
    assert "SLUICE_PORTAL_URL" in invite(ada)
    assert not ExpiringLink.objects.exists()


@pytest.mark.usefixtures("mailing")
def test_whether_an_address_has_an_account_changes_nothing(north, ada, mailoutbox) -> None:
    person("eve@south.example", Tenant.objects.create(slug="south", name="South"))
    pages = [invite(ada, email=email) for email in ("eve@south.example", "ben@north.example")]
    tasks.deliver()
    assert {item.recipient_id for item in OutboxItem.objects.filter(channel="mail")} == {None}
    assert len(mailoutbox) == 2
    assert "is queued to be sent" in pages[0]


def test_an_invitation_is_revoked(north: Tenant, ada: Client) -> None:
    link = invited(ada)
    ada.post(PAGE, {"do": "revoke", "invitation": ExpiringLink.objects.get().pk})
    assert Client().get(link).status_code == 410
    for act in ("revoke", "resend"):
        answer = ada.post(PAGE, {"do": act, "invitation": ExpiringLink.objects.get().pk})
        assert (answer.status_code, "This invitation has ended." in answer.content.decode()) == (422, True)


def test_an_invitation_ends_with_the_right_of_who_sent_it(north: Tenant, ada: Client) -> None:
    zoe = person("zoe@north.example", north)
    link = invited(signed_in(zoe))
    services.add_member(
        tenant=north, user=zoe, role=TenantRole.VIEWER, actor=User.objects.get(email="ada@north.example")
    )
    assert Client().get(link).status_code == 410


@pytest.mark.parametrize(
    "form", [{"email": "ben"}, {"email": ""}, {"role": "owner"}, {"email": "a" * 250 + "@x.example"}]
)
def test_what_cannot_be_invited_keeps_what_was_typed(north: Tenant, ada: Client, form: dict[str, str]) -> None:
    sent = {"do": "invite", "email": "ben@north.example", "role": "viewer", **form}
    answer = ada.post(PAGE, sent)
    assert answer.status_code == 422
    assert f'value="{sent["email"]}"' in answer.content.decode() or not sent["email"]
    assert not ExpiringLink.objects.exists()


def test_who_has_access_already_is_not_invited(north: Tenant, ada: Client) -> None:
    answer = ada.post(PAGE, {"do": "invite", "email": "ADA@north.example", "role": "viewer"})
    assert "ada@north.example already has access to North." in answer.content.decode()


def test_open_invitations_are_bounded(north: Tenant, ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tenant_invitations, "MOST_OPEN", 1)
    invited(ada)
    answer = ada.post(PAGE, {"do": "invite", "email": "cy@north.example", "role": "viewer"})
    assert "1 invitations are open" in answer.content.decode()


def test_roles_are_changed_and_people_removed(north: Tenant, ada: Client) -> None:
    vera = person("vera@north.example", north, TenantRole.VIEWER)
    browser = signed_in(vera)
    ada.post(PAGE, {"do": "role", "person": vera.pk, "role": "admin"})
    assert roles(north)["vera@north.example"] == "admin"
    ada.post(PAGE, {"do": "remove", "person": vera.pk})
    assert browser.get("/t/north/").status_code == 404
    actions = AuditEvent.objects.filter(target="vera@north.example").order_by("pk").values_list("action", "actor")
    assert list(actions) == [
        ("tenancy:membership:granted", "ada@north.example"),
        ("tenancy:membership:ended", "ada@north.example"),
    ]


@pytest.mark.parametrize("chosen", ["", "x", "0", "9" * 30, "-1", "١"])
def test_someone_who_is_not_one_of_the_tenants_people_cannot_be_changed(north, ada, chosen) -> None:
    outsider = person("cy@south.example", Tenant.objects.create(slug="south", name="South"))
    for act in ("role", "remove"):
        for of in (chosen, str(outsider.pk)):
            answer = ada.post(PAGE, {"do": act, "person": of, "role": "admin"})
            assert answer.status_code == 422
    assert Membership.objects.filter(user=outsider, role="admin").count() == 1


def test_the_last_admin_cannot_leave_and_another_can(north: Tenant, ada: Client) -> None:
    assert "You are the only admin." in text(ada)
    answer = ada.post(PAGE, {"do": "leave"})
    assert "North would have no admin left. Give another person the admin role first." in answer.content.decode()
    zoe = person("zoe@north.example", north)
    assert "Leave North</button>" in text(ada)
    assert ada.post(PAGE, {"do": "leave"})["Location"] == "/"
    assert roles(north) == {zoe.email: "admin"}


def test_a_deactivated_admin_does_not_count(north: Tenant, ada: Client) -> None:
    person("zoe@north.example", north, is_active=False)
    assert ada.post(PAGE, {"do": "leave"}).status_code == 422


def test_no_one_changes_their_own_role(north: Tenant, ada: Client) -> None:
    person("zoe@north.example", north)
    me = User.objects.get(email="ada@north.example")
    assert ada.post(PAGE, {"do": "role", "person": me.pk, "role": "viewer"}).status_code == 422
    assert roles(north)["ada@north.example"] == "admin"


def test_who_has_a_second_factor_is_listed(north: Tenant, ada: Client) -> None:
    vera = person("vera@north.example", north, TenantRole.VIEWER)
    Authenticator.objects.create(user=vera, type=Authenticator.Type.RECOVERY_CODES, data={})
    members = ada.get(PAGE).context["members"]
    assert [member.has_second_factor for member in members] == [False, False]
    Authenticator.objects.create(user=vera, type=Authenticator.Type.TOTP, data={})
    answer = ada.get(PAGE)
    assert [member.has_second_factor for member in answer.context["members"]] == [False, True]
    assert answer.content.decode().count('<td data-label="Second factor">Yes</td>') == 1


def test_when_each_person_was_last_seen_is_noted_once_an_hour(north: Tenant, ada: Client) -> None:
    assert Membership.objects.get().last_seen_at is None
    ada.get("/t/north/")
    first = Membership.objects.get().last_seen_at
    ada.get("/t/north/")
    assert first is not None
    assert Membership.objects.get().last_seen_at == first
