"""A removal begins once, where there is something to remove, and never beside another run."""

import pytest
from django.core.exceptions import ValidationError

from onboarding.integrations.removal import start_removal
from onboarding.integrations.repair import repair
from onboarding.models.drift_finding import DriftFinding
from onboarding.models.integration import Integration
from onboarding.models.resource import Resource
from onboarding.models.run import Run
from onboarding.models.states import IntegrationState, ResourceState, RunKind, RunState
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.stream_spec import StreamSpec
from portal.messages.message import Message
from portal.tenancy.models import AuditEvent, Tenant
from tests.onboarding.pages import verified_connection

pytestmark = pytest.mark.django_db
SPEC = IntegrationSpec("harbour", "production", StreamSpec(name="sluice-sensors", region="eu-west-1"))


def integration_in(state: str, **fields: object) -> Integration:
    tenant = Tenant.objects.create(slug="northwind", name="Northwind")
    given = {"connection": verified_connection(tenant), "spec": SPEC.as_dict(), "state": state, **fields}
    return Integration.objects.create(tenant=tenant, name="harbour", **given)


def listed(integration: Integration) -> None:
    for kind, name in (("data stream", "sluice-sensors"), ("IAM user", "sluice-u")):
        Resource.objects.create(integration=integration, kind=kind, name=name, state=ResourceState.PRESENT)


def refusal(integration: Integration) -> str:
    with pytest.raises(ValidationError) as refused:
        start_removal(integration=integration, actor="a test")
    return " ".join(refused.value.messages)


def test_two_clicks_make_one_run() -> None:
    integration = integration_in(IntegrationState.LIVE)
    listed(integration)
    first = start_removal(integration=integration, actor="ada@northwind.example", delete_data=True)
    second = start_removal(integration=integration, actor="bob@northwind.example")
    assert first.pk == second.pk
    assert Run.objects.get().delete_data is True, "what was confirmed first counts"
    assert [event.action for event in AuditEvent.objects.all()] == ["onboarding:removal:started"]


def test_a_removal_lists_its_steps_and_ends_what_was_known_of_drift() -> None:
    integration = integration_in(IntegrationState.LIVE, drift_count=1)
    listed(integration)
    message = Message("drift.capacity_mode")
    DriftFinding.objects.create(integration=integration, step="stream", what=message, expected=message, found=message)
    run = start_removal(integration=integration, actor="a test")
    assert run.kind == RunKind.DESTROY
    names = list(run.steps.order_by("position").values_list("name", flat=True))
    assert names.index("remove_access_key") < names.index("remove_stream")
    assert (integration.state, integration.drift_count) == (IntegrationState.REMOVING, 0)
    assert not integration.drift.exists()


@pytest.mark.parametrize("state", [RunState.PENDING, RunState.RUNNING, RunState.WAITING])
def test_beside_a_run_that_creates_nothing_is_removed(state: str) -> None:
    integration = integration_in(IntegrationState.LIVE)
    Run.objects.create(integration=integration, state=state, spec=integration.spec)
    assert "run" in refusal(integration).lower()
    assert Run.objects.count() == 1
    integration.refresh_from_db()
    assert integration.state == IntegrationState.LIVE


@pytest.mark.parametrize("state", [RunState.DONE, RunState.FAILED, RunState.CANCELLED])
def test_a_run_that_is_over_stands_in_no_ones_way(state: str) -> None:
    integration = integration_in(IntegrationState.ATTENTION)
    listed(integration)
    Run.objects.create(integration=integration, state=state, spec=integration.spec)
    assert start_removal(integration=integration, actor="a test").is_removal


@pytest.mark.parametrize("state", [IntegrationState.DRAFT, IntegrationState.SELF_MANAGED, IntegrationState.REMOVED])
def test_where_sluice_has_created_nothing_it_removes_nothing(state: str) -> None:
    integration = integration_in(state)
    assert refusal(integration)
    assert not Run.objects.exists()


def test_what_was_kept_by_a_removal_can_be_removed_later_and_stays_removed() -> None:
    integration = integration_in(IntegrationState.REMOVED)
    listed(integration)
    run = start_removal(integration=integration, actor="a test", delete_data=True)
    assert (run.is_removal, integration.state) == (True, IntegrationState.REMOVED)


def test_a_suspended_tenant_removes_nothing() -> None:
    integration = integration_in(IntegrationState.LIVE)
    listed(integration)
    Tenant.objects.update(is_suspended=True)
    assert refusal(integration)
    assert not Run.objects.exists()


@pytest.mark.parametrize("state", sorted(set(IntegrationState) - {IntegrationState.LIVE, IntegrationState.ATTENTION}))
def test_only_what_is_set_up_is_repaired(state: IntegrationState) -> None:
    with pytest.raises(ValidationError):
        repair(integration=integration_in(state), actor="a test")
    assert not Run.objects.exists()
