"""The vendor's pusher reads the feed: bounded pages, one answer while nothing changes, and no tenant but its own."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from onboarding import vendor_feed
from onboarding.vendor_feed import Kind, publish
from portal.tenancy.models import StaffRole, Tenant
from tests.onboarding.encrypted_keys import integration_of, key
from tests.onboarding.feed import commit
from tests.portal.api.programs import KEYS, Program, code_of, program
from tests.world import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
EVENTS = "/api/v1/vendor-events"


@pytest.fixture
def pusher() -> Program:
    return program()


@pytest.fixture
def north() -> Tenant:
    return Tenant.objects.create(slug="north", name="North")


def test_the_feed_begins_now_and_continues_with_next(pusher: Program, north: Tenant) -> None:
    copy = key(integration_of(north))
    began = pusher.get(EVENTS).json()
    assert began == {"events": [], "cursor": "0", "next": f"{EVENTS}?after=0", "has_more": False}
    publish(Kind.READY, copy.credential.integration, credential=copy.credential)
    commit()
    answer = pusher.get(began["next"]).json()
    [event] = answer["events"]
    url = f"{KEYS}/{copy.uid}"
    assert (event["type"], event["facts"]) == ("ready", {})
    assert event["key"] == {"id": copy.uid, "url": url, "access_key_id": "AKIA1"}
    assert event["integration"] == {"id": copy.credential.integration.uid, "name": "harbour"}
    assert event["tenant"] == {"slug": "north", "name": "North"}
    assert event["stream"] == {"name": "sluice-harbour", "region": "eu-west-1", "account_id": "111122223333"}
    assert pusher.get(event["key"]["url"]).json()["ciphertext"] == "for vendor"
    assert pusher.get(EVENTS).json()["next"] == answer["next"]
    assert pusher.get(answer["next"]).json()["events"] == []


def test_nothing_new_is_answered_without_a_body(pusher: Program, north: Tenant) -> None:
    integration = integration_of(north)
    following = pusher.get(EVENTS).json()["next"]
    tag = pusher.get(following)["ETag"]
    assert pusher.get(following, **{"If-None-Match": tag}).status_code == 304
    publish(Kind.TEST_REQUESTED, integration)
    commit()
    [event] = pusher.get(following, **{"If-None-Match": tag}).json()["events"]
    assert (event["type"], event["key"]) == ("test-requested", None)


def test_a_page_is_bounded_and_costs_the_same(pusher: Program, north: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendor_feed, "MOST_ON_A_PAGE", 3)
    integration = integration_of(north)
    for _ in range(2):
        publish(Kind.READY, integration)
    commit()
    pusher.get(EVENTS)

    def counted() -> tuple[int, int, bool]:
        with CaptureQueriesContext(connection) as queries:
            page = pusher.get(f"{EVENTS}?after=0").json()
        return len(queries), len(page["events"]), page["has_more"]

    few = counted()
    for _ in range(5):
        publish(Kind.READY, integration)
    commit()
    assert (few[1:], counted()[1:]) == ((2, False), (3, True))
    assert counted()[0] == few[0]


def test_a_cursor_that_is_none_or_of_another_database_is_a_problem(pusher: Program, north: Tenant) -> None:
    for after in ("", "x", "1-2", "1-00000000000g"):
        assert code_of(pusher.get(f"{EVENTS}?after={after}")) == (400, "api.cursor_unknown")
    assert code_of(pusher.get(f"{EVENTS}?after=5-000000000000")) == (410, "api.cursor_gone")


def test_a_limited_token_sees_its_tenants_events_alone(pusher: Program, north: Tenant) -> None:
    south = integration_of(Tenant.objects.create(slug="south", name="South"))
    publish(Kind.READY, integration_of(north))
    publish(Kind.READY, south)
    publish(Kind.REVOKED, south)
    commit()
    bound = program(person("bound@vendor.example", is_staff=True, staff_role=StaffRole.OPERATOR), tenant=north)
    assert [event["type"] for event in bound.get(f"{EVENTS}?after=0").json()["events"]] == ["ready"]
    assert code_of(bound.get(pusher.get(EVENTS).json()["next"])) == (410, "api.cursor_gone")
    mine = bound.get(EVENTS).json()
    assert bound.get(mine["next"]).json()["events"] == []
    assert len(pusher.get(f"{EVENTS}?after=0").json()["events"]) == 3


def test_without_the_views_own_filter_postgresql_shows_a_limited_token_nothing_more(
    north: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(Kind.READY, integration_of(Tenant.objects.create(slug="south", name="South")))
    commit()
    every = vendor_feed._events
    monkeypatch.setattr(vendor_feed, "_events", lambda tenant_id: every(None))
    assert program(tenant=north).get(f"{EVENTS}?after=0").json()["events"] == []
