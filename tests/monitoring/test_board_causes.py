"""Many streams with one cause are one row of the board, and the row leads to them."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from monitoring import board_causes, health, selectors
from monitoring.cause_titles import title_of
from monitoring.models import HealthState, StreamHealth
from portal.messages.message import Message
from portal.tenancy.models import Tenant, User
from tests.monitoring.conftest import NOW, live_integration

pytestmark = pytest.mark.django_db
DEGRADED = Message("stream.connection_degraded", problem=Message("aws.throttled"))


def give(tenant: Tenant, name: str, state: HealthState, message: Message | None, *, age: int = 0) -> None:
    integration = live_integration(tenant, name, account=f"{tenant.pk:06}{abs(hash(name)) % 10**6:06}")
    at = NOW - timedelta(seconds=age)
    StreamHealth.objects.create(
        integration=integration,
        state=state,
        rank=state.rank,
        message=message,
        checked_at=at,
        valid_until=at + timedelta(minutes=15),
    )


def usage(share: float) -> Message:
    return Message(
        "stream.near_write_limit", usage_share=share, limit=Message("stream.limit_in_records", record_count=1000)
    )


@pytest.fixture
def contoso() -> Tenant:
    return Tenant.objects.create(slug="contoso", name="Contoso Homes")


@pytest.fixture
def streams(northwind: Tenant, contoso: Tenant) -> None:
    for number in range(3):
        give(northwind, f"degraded-{number}", HealthState.FAILING, DEGRADED)
    give(contoso, "degraded-3", HealthState.FAILING, DEGRADED)
    give(northwind, "full-1", HealthState.ATTENTION, usage(0.83))
    give(northwind, "full-2", HealthState.ATTENTION, usage(0.91))
    give(northwind, "old", HealthState.FAILING, DEGRADED, age=3600)
    live_integration(northwind, "new")


def found(tenant: Tenant | None = None, **chosen: str) -> list[tuple[str, str, int, int, int]]:
    rows = selectors.board(tenant, now=NOW, **chosen)
    listed = board_causes.causes(rows, now=NOW)
    return [(each.state.value, each.code, each.streams, each.tenants, each.sentences) for each in listed]


@pytest.mark.usefixtures("streams")
def test_one_cause_is_one_row_the_worst_first_then_the_most(northwind: Tenant) -> None:
    rest = [
        ("attention", "stream.near_write_limit", 2, 1, 2),
        ("unknown", "stream.not_checked", 1, 1, 1),
        ("unknown", "stream.not_collected", 1, 1, 1),
    ]
    assert found() == [("failing", "stream.connection_degraded", 4, 2, 1), *rest]
    assert found(northwind) == [("failing", "stream.connection_degraded", 3, 1, 1), *rest]
    assert found(state="attention") == rest[:1]
    assert found(search="contoso") == [("failing", "stream.connection_degraded", 1, 1, 1)]


@pytest.mark.usefixtures("streams")
def test_it_takes_one_query(django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        found()


@pytest.mark.usefixtures("streams")
@pytest.mark.parametrize(
    ("cause", "names"),
    [
        ("stream.connection_degraded", ["degraded-3", "degraded-0", "degraded-1", "degraded-2"]),
        ("stream.not_checked", ["old"]),
        ("stream.not_collected", ["new"]),
        ("stream.no_such_code", []),
    ],
)
def test_a_cause_selects_its_streams(cause: str, names: list[str]) -> None:
    rows = board_causes.with_cause(selectors.board(now=NOW), cause, now=NOW)
    assert [row.name for row in rows] == names


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitoring.board_views.timezone.now", lambda: NOW)


@pytest.mark.usefixtures("streams", "now")
def test_the_row_of_a_cause_leads_to_its_streams_and_the_counts_agree(client: Client, operator: User) -> None:
    client.force_login(operator)
    grouped = " ".join(client.get(reverse("board") + "?group=cause&q=northwind").content.decode().split())
    assert 'href="?q=northwind&amp;state=failing&amp;cause=stream.connection_degraded"' in grouped
    assert ">The stream uses more than 80% of its write limit.</a>" in grouped
    assert "For example: The stream uses 83% of its write limit (1,000 records/s)." in grouped
    assert ">full-1<" not in grouped
    query = "?q=northwind&state=failing&cause=stream.connection_degraded"
    listed = " ".join(client.get(reverse("board") + query).content.decode().split())
    assert [f">degraded-{number}<" in listed for number in range(4)] == [True, True, True, False]
    assert "3 streams · 3 failing" in listed
    assert "Cause: <strong>The connection to the AWS account is degraded.</strong>" in listed
    assert ">old<" not in listed


@pytest.mark.usefixtures("streams", "now")
def test_a_tenants_causes_are_its_own(client: Client, admin: User) -> None:
    client.force_login(admin)
    text = client.get(reverse("streams", kwargs={"slug": "northwind"}) + "?group=cause").content.decode()
    assert "Tenants</th>" not in text
    assert '<td data-label="Streams" class="num">3</td>' in text


def test_a_board_without_streams_has_no_causes(client: Client, operator: User) -> None:
    client.force_login(operator)
    assert "No streams yet" in client.get(reverse("board") + "?group=cause").content.decode()


def test_every_message_of_the_health_rules_has_a_sentence_for_many_streams() -> None:
    rules = Path(health.__file__).parent.glob("*_rules.py")
    codes = {code for rule in rules for code in re.findall(r'"(stream\.[a-z_]+)"', rule.read_text())}
    assert len(codes) > 20
    parts = {"stream.delivery_cause_bucket", "stream.delivery_cause_destination"}
    shown = {*codes, "stream.not_checked", "stream.not_collected"} - parts
    assert {code for code in shown if title_of(code) is None} == set()


def test_an_unknown_cause_in_an_address_lists_nothing_and_causes_no_error(client: Client, operator: User) -> None:
    client.force_login(operator)
    assert client.get(reverse("board") + "?cause=stream.no_such_code").status_code == 200
