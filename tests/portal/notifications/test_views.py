"""A person's notifications and settings, and the link that switches a kind of mail off without signing in."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.messages.message import Message
from portal.outbox import bell, choices, kinds, outbox, unsubscribe
from portal.outbox.models import Channel, NotificationChoice, OutboxItem
from portal.tenancy.models import Tenant, User
from tests.world import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]


@pytest.fixture(autouse=True)
def portal(settings: Any, tmp_path: Any) -> None:
    settings.SLUICE_PORTAL_URL, settings.STATIC_ROOT = "https://portal.example", tmp_path


@pytest.fixture
def ada() -> User:
    return person("ada@north.example", Tenant.objects.create(slug="north", name="North"))


@pytest.fixture
def browser(ada: User, client: Client) -> Client:
    client.force_login(ada)
    return client


def notify(*people: User, count: int = 1, kind: kinds.Kind = kinds.INTEGRATION_READY) -> None:
    for number in range(count):
        message = Message("notification.ready", integration=f"sensors-{number}", tenant="North")
        event = f"event-{number}"
        outbox.write(kind, message, event=event, to=people, tenant=Tenant.objects.get(), path="/t/north/")


def count_in_bar(browser: Client) -> str:
    page = browser.get("/notifications/settings/").content.decode()
    found = re.search(r'class="count">([^<]*)<', page)
    return found[1] if found else ""


def test_the_bell_counts_what_is_unread(browser: Client, ada: User) -> None:
    assert count_in_bar(browser) == ""
    notify(ada, person("eve@north.example", Tenant.objects.get()), count=2)
    assert count_in_bar(browser) == "2"
    page = browser.get("/notifications/").content.decode()
    assert "Integration sensors-1 is ready" in page
    assert page.index("sensors-1") < page.index("sensors-0")


def test_the_bell_counts_to_99_with_two_queries_and_nothing_with_one(browser: Client, ada: User) -> None:
    def counting() -> int:
        with CaptureQueriesContext(connection) as queries:
            browser.get("/notifications/settings/")
        return len([query for query in queries if "outbox_outboxitem" in query["sql"]])

    assert counting() == 1
    notify(ada, count=bell.MOST_COUNTED + 10)
    assert count_in_bar(browser) == "99+"
    assert counting() == 2


def test_notifications_are_marked_as_read_by_their_person_alone(browser: Client, ada: User) -> None:
    eve = person("eve@north.example", Tenant.objects.get())
    notify(ada, eve, count=3)
    mine = OutboxItem.objects.filter(recipient=ada)
    browser.post("/notifications/read/", {"notification": mine.first().uid})
    assert mine.filter(read_at=None).count() == 2
    browser.post("/notifications/read/", {"notification": OutboxItem.objects.filter(recipient=eve).first().uid})
    assert browser.post("/notifications/read/").status_code == 302
    assert mine.filter(read_at=None).count() == 0
    assert OutboxItem.objects.filter(recipient=eve, read_at=None).count() == 3


def test_who_left_a_tenant_sees_nothing_of_it_but_that_access_ended(browser: Client, ada: User) -> None:
    notify(ada)
    notify(ada, kind=kinds.MEMBERSHIP_CHANGED)
    ada.memberships.all().delete()
    assert kinds_shown(browser) == ["membership_changed"]
    assert count_in_bar(browser) == "1"


def kinds_shown(browser: Client) -> list[str]:
    return [item.kind for item in browser.get("/notifications/").context["page"]]


def test_a_tenant_that_requires_a_second_factor_shows_nothing_to_a_session_without_one(
    browser: Client, ada: User
) -> None:
    notify(ada)
    notify(ada, kind=kinds.MEMBERSHIP_CHANGED)
    outbox.write(kinds.SIGN_IN_CHANGED, Message("notification.password_changed", email=ada.email), event="e", to=[ada])
    Tenant.objects.update(requires_second_factor=True)
    page = browser.get("/notifications/").content.decode()
    assert (count_in_bar(browser), kinds_shown(browser)) == ("1", ["sign_in_changed"])
    assert "sensors-0" not in page
    assert "requires a second factor are not shown" in page
    browser.post("/notifications/read/")
    unread = OutboxItem.objects.filter(read_at=None).values_list("kind", flat=True)
    assert set(unread) == {"integration_ready", "membership_changed"}


@pytest.mark.parametrize("proof", [{"second_factor": True}, {"second_factor_of_tenant": 0}])
def test_a_session_with_the_second_factor_is_shown_everything(
    browser: Client, ada: User, proof: dict[str, int]
) -> None:
    notify(ada)
    Tenant.objects.update(requires_second_factor=True)
    session = browser.session
    session.update({name: value or Tenant.objects.get().pk for name, value in proof.items()})
    session.save()
    assert (count_in_bar(browser), kinds_shown(browser)) == ("1", ["integration_ready"])
    assert "are not shown" not in browser.get("/notifications/").content.decode()


def test_who_left_such_a_tenant_is_still_shown_that_access_ended(browser: Client, ada: User) -> None:
    notify(ada, kind=kinds.MEMBERSHIP_CHANGED)
    Tenant.objects.update(requires_second_factor=True)
    ada.memberships.all().delete()
    assert kinds_shown(browser) == ["membership_changed"]


def test_a_person_chooses_kinds_and_channels(browser: Client, ada: User) -> None:
    page = browser.get("/notifications/settings/").content.decode()
    assert page.count("checked") == sum(1 + kind.has_bell for kind in kinds.KINDS if not kind.is_opt_in)
    always = sum(1 + kind.has_bell for kind in kinds.KINDS if kind.is_security)
    assert len(re.findall(r"\bdisabled\s*>", page)) == always
    chosen = {"wanted": ["first_record/bell", "setup_failed/mail", "no_such_kind/mail"]}
    assert (
        "Notification settings saved." in browser.post("/notifications/settings/", chosen, follow=True).content.decode()
    )
    off = choices.chosen(ada)
    assert ("first_record", "mail") in off
    assert ("first_record", "bell") not in off
    assert not {key for key, _ in off} & {"membership_changed", "invitation", "no_such_kind"}
    assert browser.get("/notifications/settings/").content.decode().count("checked") == always + 2


def test_the_link_in_a_mail_switches_its_kind_off_when_it_is_posted(ada: User, client: Client) -> None:
    path = unsubscribe.link_for(ada, kinds.FIRST_RECORD).removeprefix("https://portal.example")
    for _ in range(2):
        page = client.get(path).content.decode()
    assert "Stop mail of this kind?" in page
    assert "ada@north.example" in page
    assert not NotificationChoice.objects.exists()
    one_click = Client(enforce_csrf_checks=True)
    for _ in range(2):
        assert one_click.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert [(row.kind, row.channel) for row in NotificationChoice.objects.all()] == [("first_record", Channel.MAIL)]
    assert not one_click.cookies.get("sessionid")


def test_a_token_that_is_not_valid_is_not_found(ada: User, client: Client) -> None:
    path = unsubscribe.link_for(ada, kinds.FIRST_RECORD).removeprefix("https://portal.example")
    changed = path[:-2] + ("A" if path[-2] != "A" else "B") + "/"
    security = unsubscribe.link_for(ada, kinds.MEMBERSHIP_CHANGED).removeprefix("https://portal.example")
    for bad in (changed, security, "/notifications/unsubscribe/x/"):
        assert (client.get(bad).status_code, client.post(bad).status_code) == (404, 404)
    User.objects.update(is_active=False)
    assert client.post(path).status_code == 404
    assert not NotificationChoice.objects.exists()
