"""The link for the AWS administrator: who asks, the role's files, its test, and nothing else; without a cookie."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from onboarding.connections import administrator_links, creation, external_ids, grant
from onboarding.models.connection import Connection
from onboarding.models.connection_check import ConnectionCheck
from onboarding.models.states import ConnectionState
from portal.outbox.models import OutboxItem
from portal.tenancy.models import AuditEvent, ExpiringLink, Tenant, TenantRole
from tests.onboarding.pages import do_requested_checks, draft, post, signed_in, tenant_with_admin, url
from tests.world import World, apply_template, person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clean_redis")]
FILES = ("sluice-access.yaml", "sluice-access.sh", "sluice-access.tf")


@pytest.fixture(autouse=True)
def portal(settings) -> None:
    settings.SLUICE_PORTAL_URL = "https://portal.example"


@pytest.fixture
def new_link() -> tuple[Connection, str]:
    tenant, _ = tenant_with_admin()
    connection = creation.start_connection(
        tenant=tenant, actor="ada@north.example", name="Main", account_id="111122223333"
    )
    return connection, path_of(administrator_links.create(connection=connection, actor="ada@north.example"))


def path_of(link: ExpiringLink) -> str:
    return administrator_links.address_of(link).removeprefix("https://portal.example")


def trail() -> list[str]:
    actions = AuditEvent.objects.filter(action__startswith="tenancy:aws-administrator").order_by("pk")
    return [action.rpartition(":")[2] for action in actions.values_list("action", flat=True)]


def test_the_page_says_who_asks_and_what_the_role_may_do(new_link: tuple[Connection, str]) -> None:
    connection, path = new_link
    person("ada@north.example", full_name="Ada North")
    browser = Client()
    answer = browser.get(path)
    page = " ".join(answer.content.decode().split())
    for expected in ("Ada North of Northwind asks you", "1111 2222 3333", connection.external_id, *FILES):
        assert expected in page
    for sentence in answer.context["permissions"]:
        assert str(sentence)[:40] in page.replace("&#x27;", "'").replace("&quot;", '"') or "<" in str(sentence)
    assert (answer["Referrer-Policy"], answer["Cache-Control"]) == ("no-referrer", "no-store")
    browser.get(path)
    assert trail() == ["created", "opened"]


@pytest.mark.parametrize("method", ["get", "post"])
def test_no_cookie_is_set_and_none_is_needed(new_link: tuple[Connection, str], method: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    answer = getattr(browser, method)(new_link[1], {"role_arn": "not an ARN"} if method == "post" else {})
    assert answer.status_code == (422 if method == "post" else 200)
    assert not answer.cookies
    assert not browser.cookies


@pytest.mark.parametrize("name", ["", *FILES])
def test_no_cookie_is_read(new_link: tuple[Connection, str], name: str) -> None:
    answer = Client().get(new_link[1] + name, headers={"Cookie": "sessionid=unknown"})
    assert not answer.wsgi_request.session.accessed


def test_the_files_are_those_of_the_connections_page(new_link: tuple[Connection, str]) -> None:
    connection, path = new_link
    expected = (grant.role_template(connection), grant.role_script(connection), grant.role_terraform(connection))
    for name, content in zip(FILES, expected, strict=True):
        answer = Client().get(path + name)
        assert answer.content.decode() == content
        assert answer["Content-Disposition"] == f'attachment; filename="{name}"'


def test_the_administrator_verifies_and_the_link_is_used_up(world: World) -> None:
    connection = creation.start_connection(
        tenant=world.tenant, actor=world.admin, name="Main", account_id=world.account_id
    )
    link = administrator_links.create(connection=connection, actor=world.admin)
    path, browser = path_of(link), Client(enforce_csrf_checks=True)
    browser.get(path)
    apply_template(world.root(), grant.role_template(connection))
    answer = browser.post(path, {"do": "verify", "role_arn": connection.usual_role_arn})
    assert (answer.status_code, answer["Location"]) == (302, f"{path}#result")
    assert "Verifying the role." in browser.get(path).content.decode()
    do_requested_checks()
    page = browser.get(path).content.decode()
    assert "The role works</h1>" in page
    assert connection.external_id not in page
    assert browser.get(path + "sluice-access.yaml").status_code == 410
    assert Connection.objects.get(pk=connection.pk).state == ConnectionState.VERIFIED
    assert trail() == ["created", "opened", "used"]
    item = OutboxItem.objects.get(kind="role_verified", channel="bell")
    assert (item.recipient, item.path) == (world.admin, f"/t/{world.tenant.slug}/connections/{connection.uid}/")
    verified = AuditEvent.objects.get(action="onboarding:connection:verified")
    assert (verified.actor, verified.tenant) == ("AWS administrator", world.tenant)


@pytest.mark.parametrize("arn", ["", "x", "arn:aws:iam::999999999999:role/sluice/sluice-access", "arn:" + "a" * 9000])
def test_a_role_that_cannot_be_tested_is_refused_at_its_field(new_link: tuple[Connection, str], arn: str) -> None:
    answer = Client().post(new_link[1], {"do": "verify", "role_arn": arn})
    assert answer.status_code == 422
    assert 'id="id_role_arn_error"' in answer.content.decode()
    assert not ConnectionCheck.objects.exists()


def test_a_second_link_and_a_revocation_end_the_first(new_link: tuple[Connection, str]) -> None:
    connection, first = new_link
    second = path_of(administrator_links.create(connection=connection, actor="ben@north.example"))
    assert Client().get(first).status_code == 410
    administrator_links.revoke(connection=connection, actor="ben@north.example")
    answer = Client().get(second)
    assert (answer.status_code, "This link was revoked." in answer.content.decode()) == (410, True)
    assert connection.external_id not in answer.content.decode()
    assert Client().post(second, {"role_arn": connection.usual_role_arn}).status_code == 410


def test_it_expires(new_link: tuple[Connection, str]) -> None:
    ExpiringLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    for path in (new_link[1], new_link[1] + FILES[0]):
        assert Client().get(path).status_code == 410


def test_attempts_are_limited(new_link: tuple[Connection, str]) -> None:
    answers = [Client().post(new_link[1], {"role_arn": "x"}).status_code for _ in range(12)]
    assert answers == [422] * 10 + [429] * 2


def test_a_link_of_one_purpose_opens_nothing_else(new_link: tuple[Connection, str]) -> None:
    token = new_link[1].rstrip("/").rpartition("/")[2]
    assert Client().get(reverse("invitation", kwargs={"token": token})).status_code == 404


@pytest.mark.parametrize("of", ["wizard", "connection"])
def test_an_admin_creates_and_revokes_the_link_on_both_pages(of: str) -> None:
    tenant, client = tenant_with_admin()
    connection = creation.start_connection(tenant=tenant, actor="test", name="Main", account_id="111122223333")
    integration = draft(tenant, connect={"choice": connection.uid, "connection": connection.uid})
    at = {"slug": tenant.slug, "uid": connection.uid}
    page = url(integration, "connect") if of == "wizard" else reverse("connection", kwargs=at)

    def press(do: str) -> str:
        if of == "wizard":
            post(client, integration, "connect", {"choice": connection.uid}, do=do)
        else:
            client.post(page, {"do": do})
        return client.get(page).content.decode()

    found = re.search(r"https://portal\.example(/aws-administrator/\S+/)<", press("ask"))
    assert found
    assert Client().get(found[1]).status_code == 200
    assert "First opened" in client.get(page).content.decode()
    assert "https://portal.example/aws-administrator" not in press("revoke_ask")
    assert Client().get(found[1]).status_code == 410


def test_a_viewer_is_not_shown_the_link(new_link: tuple[Connection, str]) -> None:
    connection, path = new_link
    tenant = Tenant.objects.get()
    viewer = signed_in(person("vera@north.example", tenant, TenantRole.VIEWER).email)
    page = viewer.get(reverse("connection", kwargs={"slug": tenant.slug, "uid": connection.uid})).content.decode()
    assert path not in page


def test_without_an_address_of_the_portal_no_link_is_offered(settings) -> None:
    settings.SLUICE_PORTAL_URL = ""
    tenant, client = tenant_with_admin()
    connection = creation.start_connection(tenant=tenant, actor="test", name="Main", account_id="111122223333")
    at = reverse("connection", kwargs={"slug": tenant.slug, "uid": connection.uid})
    assert 'value="ask"' not in client.get(at).content.decode()
    assert client.post(at, {"do": "ask"}).status_code == 422


def test_a_new_external_id_ends_the_link(new_link: tuple[Connection, str]) -> None:
    connection, path = new_link
    external_ids.renew_external_id(connection=connection, actor="ada@north.example")
    answer = Client().get(path)
    assert (answer.status_code, connection.external_id in answer.content.decode()) == (410, False)


def test_who_has_the_link_cannot_renew_an_expired_external_id(new_link: tuple[Connection, str]) -> None:
    connection, path = new_link
    Connection.objects.update(external_id_created_at=timezone.now() - timedelta(hours=49))
    ExpiringLink.objects.update(expires_at=timezone.now() + timedelta(hours=1))
    answer = Client().post(path, {"do": "verify", "role_arn": connection.usual_role_arn})
    assert "The external ID has expired." in answer.content.decode()
    assert Connection.objects.get().external_id == connection.external_id
