"""What was checked more than three intervals ago is shown as unknown, on the board and on the stream's page."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from monitoring import selectors
from monitoring.models import StreamHealth
from monitoring.records.tap_status import news_times
from onboarding.integrations.selectors import RunView
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from portal.messages.message import Message
from portal.tenancy.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
INTERVAL = 60


@pytest.fixture
def health(integration: Integration) -> StreamHealth:
    return StreamHealth.objects.create(integration=integration, state="healthy", rank=3, checked_at=timezone.now())


def age(health: StreamHealth, seconds: float) -> None:
    StreamHealth.objects.filter(pk=health.pk).update(checked_at=timezone.now() - timedelta(seconds=seconds))


def page(client: Client, name: str, **arguments: str) -> str:
    return client.get(reverse(name, kwargs=arguments)).content.decode()


@pytest.mark.parametrize(("intervals", "is_expired"), [(2.5, False), (3.1, True)])
def test_the_board_counts_it_as_unknown(
    client: Client, operator: User, health: StreamHealth, intervals: float, *, is_expired: bool
) -> None:
    age(health, intervals * INTERVAL)
    client.force_login(operator)
    text = page(client, "board")
    assert ('class="is-expired"' in text) is is_expired
    assert ("1 healthy" in text) is not is_expired
    now = timezone.now()
    found = {state: selectors.board(now=now, state=state).count() for state in ("healthy", "unknown")}
    assert found == {"healthy": int(not is_expired), "unknown": int(is_expired)}


@pytest.mark.parametrize(("intervals", "is_expired"), [(2.5, False), (3.1, True)])
def test_the_page_of_the_stream_says_so(
    client: Client, operator: User, health: StreamHealth, intervals: float, *, is_expired: bool
) -> None:
    age(health, intervals * INTERVAL)
    client.force_login(operator)
    integration = health.integration
    text = page(client, "stream", slug=integration.tenant.slug, uid=integration.uid)
    assert ("page-head is-expired" in text) is is_expired
    assert f'id="measured-{integration.uid}"' in text
    assert "data-expires=" in text
    assert "<noscript>" in text


def test_a_page_carries_the_servers_time(client: Client, operator: User) -> None:
    client.force_login(operator)
    assert '<meta name="server-time" content="20' in page(client, "board")


def test_the_news_of_a_tap_expires_after_three_of_its_intervals() -> None:
    now = timezone.now()
    assert news_times(now)["expires_at"] - now == timedelta(seconds=9)


def view_of(run: Run) -> RunView:
    return RunView(run, [], 0, 0, 0, is_over=False, due_at=run.due_at)


def test_a_run_that_no_worker_takes_says_so_after_ten_seconds() -> None:
    now = timezone.now()
    assert not view_of(Run(due_at=now - timedelta(seconds=9))).is_overdue
    assert view_of(Run(due_at=now - timedelta(seconds=11))).is_overdue


def test_a_metric_that_is_withheld_is_no_missing_data(client: Client, operator: User, health: StreamHealth) -> None:
    StreamHealth.objects.update(
        state="unknown", rank=2, message=Message("stream.metrics_forbidden", metric="IncomingRecords")
    )
    client.force_login(operator)
    integration = health.integration
    texts = [page(client, "board"), page(client, "stream", slug=integration.tenant.slug, uid=integration.uid)]
    assert [("No data yet" in text, ">Unknown</span>" in text) for text in texts] == [(False, True)] * 2
