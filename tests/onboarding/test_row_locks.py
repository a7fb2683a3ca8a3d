"""Services lock rows in the order that onboarding/row_locks.py states, and none but those; a deadlock repeats them."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from onboarding.integrations import drift, runs, update
from onboarding.integrations.removal import start_removal
from onboarding.models.drift_finding import DriftFinding
from onboarding.models.integration import Integration
from onboarding.models.resource import Resource
from onboarding.models.run import Run
from onboarding.models.states import IntegrationState, RunState
from onboarding.provisioning import run_transitions
from onboarding.provisioning.claims import Claim
from onboarding.self_managed import rows
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.stream_spec import StreamSpec
from portal.messages.message import Message
from portal.tenancy.models import Tenant
from tests.onboarding.pages import verified_connection

pytestmark = pytest.mark.django_db
ORDER = ["tenancy_tenant", "onboarding_integration", "onboarding_run"]
LOCKING = re.compile(r'FOR NO KEY UPDATE OF "(\w+)"|^UPDATE "(\w+)"')
SPEC = IntegrationSpec("harbour", "production", StreamSpec(name="sluice-sensors", region="eu-west-1"))


@pytest.fixture
def integration() -> Integration:
    tenant = Tenant.objects.create(slug="northwind", name="Northwind")
    return Integration.objects.create(
        tenant=tenant,
        connection=verified_connection(tenant),
        name="harbour",
        spec=SPEC.as_dict(),
        state=IntegrationState.LIVE,
    )


def failed_run(integration: Integration) -> Run:
    return Run.objects.create(integration=integration, spec=integration.spec, state=RunState.FAILED)


def retry(integration: Integration) -> None:
    runs.retry_run(run=failed_run(integration), actor="Ada")


def cancel(integration: Integration) -> None:
    runs.cancel_run(run=Run.objects.create(integration=integration, spec=integration.spec), actor="Ada")


def finish(integration: Integration) -> None:
    run = Run.objects.create(integration=integration, spec=integration.spec, fence=1)
    run_transitions.finish(Claim(run.pk, "here", fence=1), run, RunState.DONE)


def accept(integration: Integration) -> None:
    what = Message("resource.user", name="sluice-u")
    drift.accept(finding=DriftFinding.objects.create(integration=integration, step="stream", what=what), actor="Ada")


def keep(integration: Integration) -> None:
    drift.keep(integration, [], timezone.now())


def remove(integration: Integration) -> None:
    Resource.objects.create(integration=integration, kind="data stream", name="sluice-sensors", state="present")
    start_removal(integration=integration, actor="Ada")


def apply(integration: Integration) -> None:
    Run.objects.create(integration=integration, spec=integration.spec)
    runs.start_run(integration=integration, actor="Ada")


def open_update(integration: Integration) -> None:
    update.open_update(integration=integration, actor="Ada")


def lock_self_managed(integration: Integration) -> None:
    rows.locked(integration)


SERVICES = (retry, cancel, finish, accept, keep, remove, apply, open_update, lock_self_managed)


def locked_tables(queries: CaptureQueriesContext) -> list[str]:
    """The tables whose rows were locked by hand or by an update, in the order of the first lock of each."""
    found = [match.group(1) or match.group(2) for query in queries if (match := LOCKING.search(query["sql"]))]
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.__name__)
def test_a_service_locks_in_the_one_order(integration: Integration, service: Callable[[Integration], None]) -> None:
    with CaptureQueriesContext(connection) as queries:
        service(integration)
    found = locked_tables(queries)
    ranked = [table for table in found if table in ORDER]
    assert ranked == sorted(ranked, key=ORDER.index)
    assert "onboarding_integration" in ranked
    assert found[: len(ranked)] == ranked, "before any row that belongs to them"
