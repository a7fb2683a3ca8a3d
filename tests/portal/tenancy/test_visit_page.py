"""Staff state why before they view a client's pages; the client reads it in the activity and its files."""

from typing import Any

import pytest
from django.test import Client

from portal import event_access
from portal.tenancy.models import AuditEvent, StaffRole, Tenant, User
from tests.world import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis", "asked")]
VISIT, STREAMS = "/t/north/visit/", "/t/north/streams/"
WHY = "Ticket 4711: no records since Monday"


@pytest.fixture
def asked(settings: Any, tmp_path: Any) -> None:
    settings.SLUICE_STAFF_REASON, settings.STATIC_ROOT = True, tmp_path


@pytest.fixture
def north() -> Tenant:
    return Tenant.objects.create(slug="north", name="North")


@pytest.fixture
def sue(north: Tenant, client: Client) -> User:
    user = person("sue@vendor.example", is_staff=True, staff_role=StaffRole.SUPPORT)
    client.force_login(user)
    return user


def reasons() -> list[str]:
    return list(AuditEvent.objects.filter(action="tenancy:staff:viewed").values_list("reason", flat=True))


@pytest.mark.usefixtures("sue")
def test_no_page_is_shown_before_a_reason_and_every_page_after(client: Client) -> None:
    answer = client.get(f"{STREAMS}?q=a")
    assert answer["Location"] == f"{VISIT}?next=%2Ft%2Fnorth%2Fstreams%2F%3Fq%3Da"
    assert "Why do you open North?" in client.get(answer["Location"]).content.decode()
    assert reasons() == []
    answer = client.post(VISIT, {"reason": f" {WHY}\r\n", "next": f"{STREAMS}?q=a"})
    assert answer["Location"] == f"{STREAMS}?q=a"
    for page in (STREAMS, "/t/north/", "/t/north/activity/"):
        assert client.get(page, follow=True).status_code == 200
    assert reasons() == [WHY]


@pytest.mark.usefixtures("sue")
@pytest.mark.parametrize("typed", ["", "  ", "\u200b\u2028"])
def test_a_reason_is_required(client: Client, typed: str) -> None:
    answer = client.post(VISIT, {"reason": typed, "next": STREAMS})
    assert answer.status_code == 422
    assert "State a reason, such as the number of a ticket." in answer.content.decode()
    assert client.get(STREAMS).status_code == 302
    assert reasons() == []


@pytest.mark.usefixtures("sue")
@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", ""])
def test_it_leads_to_no_other_site(client: Client, elsewhere: str) -> None:
    assert client.post(VISIT, {"reason": WHY, "next": elsewhere})["Location"] == "/t/north/"


@pytest.mark.usefixtures("sue")
def test_a_part_of_a_page_asks_by_a_page(client: Client) -> None:
    answer = client.get(STREAMS, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == f"{VISIT}?next=%2Ft%2Fnorth%2F"


@pytest.mark.django_db(transaction=True)  # connections are closed
def test_no_event_is_watched_before_a_reason(sue: User, client: Client) -> None:
    key = client.session.session_key
    assert event_access.viewer_of("tenant:north", key) is None
    client.post(VISIT, {"reason": WHY})
    assert event_access.viewer_of("tenant:north", key)


@pytest.mark.usefixtures("sue")
def test_another_reason_is_another_line_and_each_tenant_is_asked_for(client: Client) -> None:
    Tenant.objects.create(slug="south", name="South")
    for why in (WHY, "Call of Friday"):
        client.post(VISIT, {"reason": why})
    assert sorted(reasons()) == ["Call of Friday", WHY]
    assert client.get("/t/south/")["Location"].startswith("/t/south/visit/")


def test_the_tenants_own_people_are_not_asked(north: Tenant, client: Client) -> None:
    client.force_login(person("ada@north.example", north))
    assert client.get("/t/north/").status_code == 200
    for answer in (client.get(VISIT), client.post(VISIT, {"reason": WHY})):
        assert answer["Location"] == "/t/north/"
    assert reasons() == []


@pytest.mark.usefixtures("sue")
def test_the_client_reads_the_reason_under_activity_and_in_the_files(north: Tenant, client: Client) -> None:
    client.post(VISIT, {"reason": "=HYPERLINK(1) <b>"})
    ada = Client()
    ada.force_login(person("ada@north.example", north))
    assert "Reason: =HYPERLINK(1) &lt;b&gt;" in ada.get("/t/north/activity/").content.decode()
    table = b"".join(ada.get("/t/north/activity.csv").streaming_content).decode()
    assert "'=HYPERLINK(1) <b>" in table
    lines = b"".join(ada.get("/t/north/activity.jsonl").streaming_content).decode()
    assert '"reason": "=HYPERLINK(1) <b>"' in lines or '"reason":"=HYPERLINK(1) <b>"' in lines
