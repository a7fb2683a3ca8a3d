"""Topics: which forms are accepted, and that each rule gets the parts of its own topics."""

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from portal import event_access
from portal.event_access import is_topic, still_allowed, viewer_of
from portal.events import topic_of
from portal.tenancy import audit
from portal.tenancy.models import AuditEvent, StaffRole, Tenant, TenantRole, User
from tests.world import person


@pytest.fixture(autouse=True)
def _own_topics(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_access, "REGISTERED", dict(event_access.REGISTERED))
    event_access.register("lift", form=r"[0-9]{1,3}(:(up|down))?", rule=_odd_lifts)
    event_access.register("house", form="[a-z]+", rule=_house)


def _odd_lifts(user: User, number: str, *direction: str) -> bool:
    return int(number) % 2 == 1 and direction != ("down",)


def _house(user: User, slug: str) -> Tenant | bool:
    """Leave it to the scope which tenants' rows the person may see; the name of a tenant needs less than that."""
    return next((event.tenant for event in AuditEvent.objects.filter(tenant__slug=slug)[:1]), False)


@pytest.mark.parametrize("topic", ["lift:1", "lift:999", "lift:1:up", "lift:2:down"])
def test_a_topic_of_the_registered_form_is_one(topic: str) -> None:
    assert is_topic(topic)


@pytest.mark.parametrize(
    "topic",
    ["", ":", "lift", "lift:", "lift:1:", "lift:1000", "lift:1:left", "lift:1\n", "lift:1:up:down", "Lift:1", "door:1"],
)  # fmt: skip
def test_anything_else_is_no_topic(topic: str) -> None:
    assert not is_topic(topic)


@pytest.mark.parametrize(
    ("path", "topic"),
    [
        ("/events/lift/1/", "lift:1"),
        ("/events/lift/1/up", "lift:1:up"),
        ("/events/lift:1/", None),
        ("/events/lift/1:up/", None),
        ("/events/", None),
        ("/events/lift//1/", None),
        ("/events/lift/../1/", None),
    ],
)
def test_a_path_names_a_topic_by_slashes_only(path: str, topic: str | None) -> None:
    assert topic_of(path) == topic


@settings(max_examples=100, deadline=None)
@given(st.text("lift:/019upon\n.", max_size=16))
def test_a_path_gives_a_topic_that_is_registered_or_none(rest: str) -> None:
    topic = topic_of(f"/events/{rest}")
    assert topic is None or is_topic(topic)
    assert topic is None or rest.strip("/").split("/") == topic.split(":")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("session_key", ["", "x" * 32, "x" * 16 + "\0"])
def test_a_session_that_does_not_exist_may_watch_nothing(session_key: str) -> None:
    assert viewer_of("lift:1", session_key) is None
    assert still_allowed({("lift:1", session_key), ("lift:3", session_key)}) == set()


@pytest.fixture
def houses() -> tuple[Tenant, Tenant]:
    north, south = (Tenant.objects.create(slug=slug, name=slug) for slug in ("north", "south"))
    for tenant in (north, south):
        audit.record("tenancy:house:built", tenant=tenant, actor="a test")
    return north, south


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return str(client.session.session_key)


def watched(session_key: str) -> list[str]:
    """Which topics a session may watch, when it begins to and afterwards: both answers are the same."""
    topics = ["house:north", "house:south"]
    begun = [topic for topic in topics if viewer_of(topic, session_key)]
    assert still_allowed({(topic, session_key) for topic in topics}) == {(topic, session_key) for topic in begun}
    return begun


@pytest.mark.django_db(transaction=True)
def test_a_rule_finds_the_rows_of_the_tenants_of_the_person_alone(houses: tuple[Tenant, Tenant]) -> None:
    for tenant in houses:
        ada = person(f"ada@{tenant.slug}.example", tenant, TenantRole.VIEWER)
        assert watched(session_of(ada)) == [f"house:{tenant.slug}"]


@pytest.mark.django_db(transaction=True)
def test_a_rule_finds_every_row_for_staff_whose_visits_are_recorded(houses: tuple[Tenant, Tenant]) -> None:
    olga = person("olga@vendor.example", is_staff=True, staff_role=StaffRole.OPERATOR)
    assert watched(session_of(olga)) == ["house:north", "house:south"]
    visits = AuditEvent.objects.filter(action="tenancy:staff:viewed").order_by("pk")
    assert [visit.tenant for visit in visits] == list(houses)
