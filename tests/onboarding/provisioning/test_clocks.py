"""One clock, PostgreSQL's: a host whose own is wrong carries runs out as any other does."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from onboarding import tasks
from onboarding.integrations import daily_limits, orphaned_keys, runs
from onboarding.models.connection import Connection
from onboarding.models.credential import Credential
from onboarding.models.integration import Integration
from onboarding.models.resource import Resource
from onboarding.models.run import Run
from onboarding.models.states import RunState
from onboarding.provisioning import claims
from onboarding.provisioning.deletion import is_settling
from onboarding.provisioning.ledger import DatabaseLedger
from onboarding.provisioning.steps import access_key
from portal.celery import app
from portal.database_clock import DatabaseClock
from portal.tenancy.models import Tenant
from tests import clock
from tests.onboarding.provisioning.driving import started
from tests.world import World

A_MOMENT = timedelta(seconds=3)
LONGEST_PACE = timedelta(seconds=15)


@pytest.fixture(params=[-60, -5, 5, 60], ids=lambda seconds: f"{seconds:+} s")
def _host(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host whose clock differs from PostgreSQL's."""
    real: Callable[[], datetime] = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(seconds=request.param))


@pytest.fixture
def integration(db: None, _host: None) -> Integration:
    tenant = Tenant.objects.create(slug="northwind", name="Northwind Estates")
    connection = Connection.objects.create(tenant=tenant, name="production", account_id="111122223333")
    return Integration.objects.create(tenant=tenant, name="sensors", connection=connection, spec={})


@pytest.fixture
def run(integration: Integration) -> Run:
    return Run.objects.create(integration=integration, spec={})


def since(at: datetime | None) -> timedelta:
    """The time since `at` by PostgreSQL's clock."""
    assert at is not None
    return DatabaseClock().now() - at


@pytest.mark.sampled(1, rest="faults")
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_host")
def test_a_run_waits_as_long_as_aws_takes_and_no_longer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    run, asked_for = started(world, delivery=False), list[float]()
    monkeypatch.setattr(app, "send_task", lambda *_, countdown=0, **__: asked_for.append(countdown))
    for _ in range(20):
        tasks.advance_run(run_id=run.pk)
        run.refresh_from_db()
        if run.status.is_over:
            break
        assert -LONGEST_PACE < since(run.due_at) < A_MOMENT
        assert 0 < asked_for[-1] < LONGEST_PACE.total_seconds()
        clock.pass_until_due(run.pk)
    assert run.state == RunState.DONE
    for moment in (run.created_at, run.started_at, run.finished_at):
        assert timedelta(0) <= since(moment) < timedelta(minutes=2)


def test_a_new_run_is_due_at_once(run: Run) -> None:
    assert claims.due() == [run.pk]
    assert claims.acquire(run.pk) is not None


def test_a_cancelled_and_a_retried_run_are_due_at_once(run: Run) -> None:
    tomorrow = run.due_at + timedelta(days=1)
    Run.objects.update(due_at=tomorrow)
    runs.cancel_run(run=run, actor="Ada")
    assert claims.due() == [run.pk]
    Run.objects.update(state=RunState.CANCELLED, due_at=tomorrow)
    runs.retry_run(run=run, actor="Ada")
    assert claims.due() == [run.pk]


def test_a_user_that_may_still_appear_is_young_by_the_ledgers_clock(run: Run) -> None:
    ledger = DatabaseLedger(claims.acquire(run.pk), run.integration, vendor_fingerprint="")
    ledger.intend(access_key.KIND, "sluice-a")
    [owned] = ledger.inventory(access_key.KIND)
    assert is_settling(owned)
    Resource.objects.update(intended_at=owned.intended_at - timedelta(seconds=11))
    [owned] = ledger.inventory(access_key.KIND)
    assert not is_settling(owned)


def test_a_key_is_orphaned_five_minutes_after_its_creation(run: Run) -> None:
    key = Credential.objects.create(integration=run.integration, run=run, attempt=1, user_name="sluice-a")
    Run.objects.update(state=RunState.FAILED)
    clock.pass_time(run.pk, timedelta(minutes=4, seconds=50))
    assert list(orphaned_keys._abandoned()) == []
    clock.pass_time(run.pk, timedelta(seconds=20))
    assert list(orphaned_keys._abandoned()) == [key]


def test_a_change_counts_toward_the_limit_of_aws_for_a_day(integration: Integration) -> None:
    change = integration.stream_updates.create(setting="mode")
    a_day_ago = change.updated_at - timedelta(days=1)
    for seconds, counted in ((3, 1), (-3, 0)):
        integration.stream_updates.update(updated_at=a_day_ago + timedelta(seconds=seconds))
        assert daily_limits.used_of(integration).mode_switches == counted
