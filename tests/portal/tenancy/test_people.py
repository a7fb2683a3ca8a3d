"""People by command line: from an empty database to a first sign-in, and a leaver out of everything in one act."""

import io
import json
from typing import Any

import pytest
from django.core import mail as outbox
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client

from portal.tenancy import people, services
from portal.tenancy.models import AuditEvent, Membership, StaffRole, Tenant, TenantRole, User
from tests.world import PASSWORD, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
ADA = "ada@north.example"
STRONG = "seven lifts and a boiler"


@pytest.fixture(autouse=True)
def portal(settings: Any) -> None:
    settings.SLUICE_PORTAL_URL = "https://portal.example"
    settings.SLUICE_MAIL_URL, settings.DEFAULT_FROM_EMAIL = "smtp://mail.example", "sluice@vendor.example"


@pytest.fixture
def north() -> Tenant:
    return Tenant.objects.create(slug="north", name="North")


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str, typed: str = "") -> dict[str, Any]:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    out = io.StringIO()
    call_command("person", *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


def trail() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


def signs_in(email: str, password: str) -> bool:
    return Client().login(username=email, password=password)


def test_the_first_member_of_support_signs_in(monkeypatch: pytest.MonkeyPatch) -> None:
    made = run(
        monkeypatch, "create", "Sue@Vendor.example", "--staff", "support", "--password-stdin", typed=f"{STRONG}\n"
    )
    assert made["email"] == "sue@vendor.example"
    client = Client()
    assert client.login(username="sue@vendor.example", password=STRONG)
    assert client.get("/admin/").status_code == 200
    opened = "tenancy:staff:opened-admin"
    assert trail() == ["tenancy:person:created", "tenancy:person:password-set", opened]
    assert STRONG not in json.dumps(list(AuditEvent.objects.values("details")))


def test_a_person_of_a_tenant_is_created_without_a_password(monkeypatch: pytest.MonkeyPatch, north: Tenant) -> None:
    made = run(monkeypatch, "create", ADA, "--name", "Ada North", "--tenant", "north", "--role", "admin")
    assert made == {
        "email": ADA,
        "name": "Ada North",
        "staff_role": "",
        "tenants": {"north": "admin"},
        "state": "active",
        "has_password": False,
    }
    assert not User.objects.get(email=ADA).has_usable_password()


@pytest.mark.parametrize(
    ("arguments", "typed", "code"),
    [
        (["create", ADA], "", "tenancy.no_place"),
        (["create", ADA, "--tenant", "north"], "", "tenancy.no_place"),
        (["create", ADA, "--staff", "support", "--tenant", "north", "--role", "admin"], "", "tenancy.no_place"),
        (["create", ADA, "--tenant", "nowhere", "--role", "admin"], "", "command.tenant_unknown"),
        (["create", ADA, "--staff", "support", "--password-stdin"], "", "tenancy.no_password"),
        (["create", ADA, "--staff", "support", "--password-stdin"], "tiny\n", "password_too_short"),
        (["create", "no address", "--staff", "support"], "", "invalid"),
        (["create", "taken@north.example", "--staff", "support"], "", "tenancy.email_taken"),
        (["role", "eve@north.example", "--staff", "none"], "", "tenancy.person_unknown"),
        (["role", "taken@north.example", "--staff", "support"], "", "tenancy.member_as_staff"),
        (["role", "staff@vendor.example", "--tenant", "north", "--role", "viewer"], "", "tenancy.staff_membership"),
        (["deactivate", "eve@north.example"], "", "tenancy.person_unknown"),
        (["password", "taken@north.example"], "1qaz2wsx3edc\n", "password_too_common"),
    ],
)
def test_what_is_refused_has_a_code_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, north: Tenant, arguments: list[str], typed: str, code: str
) -> None:
    person("taken@north.example", north)
    person("staff@vendor.example", is_staff=True, staff_role=StaffRole.OPERATOR)
    with pytest.raises(CommandError) as refused:
        run(monkeypatch, *arguments, typed=typed)
    assert [error["code"] for error in refused.value.errors] == [code]
    assert (User.objects.count(), Membership.objects.count(), trail()) == (2, 1, [])


def test_an_invitation_is_mailed_and_leads_to_a_sign_in(monkeypatch: pytest.MonkeyPatch, north: Tenant) -> None:
    answer = run(monkeypatch, "invite", ADA, "--tenant", "north", "--role", "viewer")
    assert answer["mailed"]
    assert "link" not in answer
    [sent] = outbox.outbox
    [link] = [line for line in sent.body.splitlines() if line.startswith("https://portal.example/")]
    path, client = link.removeprefix("https://portal.example"), Client()
    for _ in range(3):  # a mail scanner, then the person
        page = client.get(path, follow=True)
        assert "Choose a password" in page.content.decode()
    form = page.redirect_chain[-1][0]
    weak = client.post(form, {"new_password1": "short", "new_password2": "short"})
    assert "too short" in weak.content.decode()
    done = client.post(form, {"new_password1": STRONG, "new_password2": STRONG}, follow=True)
    assert "Your password is set." in done.content.decode()
    assert signs_in(ADA, STRONG)
    assert "This link is not valid" in Client().get(path, follow=True).content.decode()
    assert trail()[-1] == "tenancy:person:password-set"


def test_a_link_is_printed_for_those_without_mail(
    monkeypatch: pytest.MonkeyPatch, north: Tenant, settings: Any
) -> None:
    settings.SLUICE_MAIL_URL = ""
    with pytest.raises(CommandError, match="No mail server is set"):
        run(monkeypatch, "invite", ADA, "--tenant", "north", "--role", "viewer")
    assert not User.objects.exists()
    answer = run(monkeypatch, "invite", ADA, "--tenant", "north", "--role", "viewer", "--print-link")
    assert answer["link"].startswith("https://portal.example/accounts/password/")
    settings.SLUICE_PORTAL_URL = ""
    with pytest.raises(CommandError, match="SLUICE_PORTAL_URL"):
        run(monkeypatch, "invite", ADA, "--print-link")


def test_an_expired_link_and_one_of_a_leaver_are_not_valid(
    monkeypatch: pytest.MonkeyPatch, north: Tenant, settings: Any
) -> None:
    answer = run(monkeypatch, "invite", ADA, "--tenant", "north", "--role", "viewer", "--print-link")
    path = answer["link"].removeprefix("https://portal.example")
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert "This link is not valid" in Client().get(path, follow=True).content.decode()
    settings.PASSWORD_RESET_TIMEOUT = 3600
    assert "Choose a password" in Client().get(path, follow=True).content.decode()
    User.objects.update(is_active=False)
    assert "This link is not valid" in Client().get(path, follow=True).content.decode()
    with pytest.raises(CommandError, match="deactivated"):
        run(monkeypatch, "invite", ADA)


def test_roles_change_and_end(monkeypatch: pytest.MonkeyPatch, north: Tenant) -> None:
    run(monkeypatch, "create", ADA, "--tenant", "north", "--role", "viewer")
    assert run(monkeypatch, "role", ADA, "--tenant", "north", "--role", "admin")["tenants"] == {"north": "admin"}
    assert run(monkeypatch, "role", ADA, "--tenant", "north", "--role", "none")["tenants"] == {}
    assert run(monkeypatch, "role", ADA, "--staff", "operator")["staff_role"] == "operator"
    assert run(monkeypatch, "role", ADA, "--staff", "none")["staff_role"] == ""
    assert not User.objects.get(email=ADA).is_staff


def test_a_new_password_ends_the_sessions(monkeypatch: pytest.MonkeyPatch, north: Tenant) -> None:
    person(ADA, north)
    client = Client()
    assert client.login(username=ADA, password=PASSWORD)
    run(monkeypatch, "password", ADA, typed=f"{STRONG}\n")
    assert client.get("/t/north/")["Location"].startswith("/accounts/login/")
    assert (signs_in(ADA, PASSWORD), signs_in(ADA, STRONG)) == (False, True)


def test_a_leaver_is_out_of_everything_in_one_act(monkeypatch: pytest.MonkeyPatch, north: Tenant) -> None:
    ada = person(ADA, north)
    services.add_member(
        tenant=Tenant.objects.create(slug="south", name="South"), user=ada, role=TenantRole.VIEWER, actor="test"
    )
    client = Client()
    assert client.login(username=ADA, password=PASSWORD)
    assert run(monkeypatch, "deactivate", ADA)["state"] == "deactivated"
    assert client.get("/t/north/")["Location"].startswith("/accounts/login/")
    assert not signs_in(ADA, PASSWORD)
    assert not Membership.objects.filter(user=ada).exists()
    assert trail()[-3:] == ["tenancy:membership:ended"] * 2 + ["tenancy:person:deactivated"]


def test_no_one_deactivates_themselves_or_changes_their_own_role() -> None:
    sue = person("sue@vendor.example", is_staff=True, staff_role=StaffRole.SUPPORT)
    for act in (
        lambda: people.deactivate(user=sue, actor=sue),
        lambda: people.set_staff_role(user=sue, role=StaffRole.OPERATOR, actor=sue),
    ):
        with pytest.raises(ValidationError):
            act()
    assert trail() == []


def test_people_are_listed(monkeypatch: pytest.MonkeyPatch, north: Tenant) -> None:
    person(ADA, north)
    out = io.StringIO()
    call_command("person", "list", stdout=out)
    assert out.getvalue() == "ada@north.example  -  admin of north  active\n"
    assert [found["email"] for found in run(monkeypatch, "list")["people"]] == [ADA]
