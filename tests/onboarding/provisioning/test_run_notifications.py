"""Who is notified when a run is over, and that it is written in the transaction that ends the run."""

import pytest

from onboarding.models.integration import Integration
from onboarding.models.run import Run, Step
from onboarding.models.states import RunKind, RunState
from onboarding.provisioning import claims, run_transitions
from onboarding.provisioning.ledger_protocol import FenceLost
from portal.messages.message import Message
from portal.outbox.models import OutboxItem
from portal.tenancy.models import Tenant, TenantRole
from tests.monitoring.conftest import live_integration
from tests.world import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
DENIED = Message("run.quarantined", crash_count=5)


@pytest.fixture
def integration() -> Integration:
    tenant = Tenant.objects.create(slug="north", name="North")
    person("ada@north.example", tenant)
    person("vic@north.example", tenant, TenantRole.VIEWER)
    return live_integration(tenant, "sensors")


def end(integration: Integration, state: RunState, *, kind: RunKind = RunKind.APPLY, run: Run | None = None) -> Run:
    run = run or Run.objects.create(integration=integration, spec=integration.spec, kind=kind)
    Run.objects.filter(pk=run.pk).update(state=RunState.PENDING)
    claim = claims.acquire(run.pk)
    assert claim is not None
    run_transitions.finish(claim, run, state, DENIED if state is RunState.FAILED else None)
    return run


def written() -> list[tuple[str, str]]:
    return sorted(OutboxItem.objects.values_list("kind", "recipient__email"))


def test_everyone_is_notified_once_that_an_integration_is_ready(integration: Integration) -> None:
    for _ in range(2):  # the second changes it
        end(integration, RunState.DONE)
    assert written() == [("integration_ready", "ada@north.example"), ("integration_ready", "vic@north.example")]
    assert OutboxItem.objects.first().path == f"/t/north/integrations/{integration.uid}/"


def test_a_later_change_notifies_no_one_although_the_row_was_deleted_and_someone_joined(
    integration: Integration,
) -> None:
    end(integration, RunState.DONE)
    OutboxItem.objects.all().delete()
    person("joe@north.example", integration.tenant)
    end(integration, RunState.DONE)
    assert written() == []


def test_admins_are_notified_each_time_that_a_setup_stops(integration: Integration) -> None:
    run = end(integration, RunState.FAILED)
    end(integration, RunState.FAILED, run=run)
    assert written() == [("setup_failed", "ada@north.example")] * 2
    item = OutboxItem.objects.first()
    assert (item.subject, item.path) == ("Setup of sensors stopped", f"/t/north/runs/{run.pk}/")
    assert item.message.params["reason"] == DENIED


@pytest.mark.parametrize(
    ("state", "kind"),
    [(RunState.CANCELLED, RunKind.APPLY), (RunState.DONE, RunKind.DESTROY), (RunState.FAILED, RunKind.DESTROY)],
)
def test_what_a_person_cancelled_or_removed_is_not_reported(
    integration: Integration, state: RunState, kind: RunKind
) -> None:
    end(integration, state, kind=kind)
    assert written() == []


def test_a_worker_that_lost_its_run_notifies_no_one(integration: Integration) -> None:
    run = Run.objects.create(integration=integration, spec={})
    Step.objects.create(run=run, name="stream", position=1)
    claim = claims.acquire(run.pk)
    Run.objects.update(fence=7)
    with pytest.raises(FenceLost):
        run_transitions.finish(claim, run, RunState.FAILED, DENIED)
    assert written() == []
