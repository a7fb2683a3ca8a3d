"""Integrations and runs as rows, for tests of what commands print of them."""

from typing import Any

from onboarding.models.integration import Integration
from onboarding.models.run import Run, Step
from onboarding.models.states import IntegrationState, RunState, StepState
from portal.messages.message import Message
from portal.tenancy.models import Tenant
from tests.monitoring.conftest import live_integration


def integration(tenant: Tenant, name: str = "harbour", state: IntegrationState = IntegrationState.LIVE) -> Integration:
    found = live_integration(tenant, "under another name")
    found.name, found.state = name, state
    found.save()
    return found


def run_of(owner: Integration, state: RunState = RunState.DONE, **fields: Any) -> Run:
    return Run.objects.create(integration=owner, state=state, spec=owner.spec, requested_by="a test", **fields)


def step(run: Run, position: int, state: StepState, **fields: Any) -> Step:
    title = Message("step.new_bucket", bucket=f"bucket-{position}")
    return Step.objects.create(run=run, name=f"s{position}", position=position, title=title, state=state, **fields)
