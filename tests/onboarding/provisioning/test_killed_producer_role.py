"""A worker that dies at a call about a producer's role leaves nothing that the next one does not complete."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import botocore.client
import pytest
from django.conf import LazySettings

from onboarding.integrations import removal, runs
from onboarding.integrations.context_factory import open_run
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.models.states import ProducerRoleState, ResourceState, RunState
from onboarding.provisioning import engine
from onboarding.spec.integration_spec import ROLE
from portal.aws.iam.roles import get_role
from tests import clock
from tests.onboarding.provisioning.driving import carried_out
from tests.vendor_sender import sender_identity
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
SETTING_UP = [(when, call) for call in ("CreateRole", "PutRolePolicy") for when in ("before", "after")]
REMOVING = [(when, call) for call in ("DeleteRolePolicy", "DeleteRole") for when in ("before", "after")]


class Killed(BaseException):
    """The end of a worker: nothing catches it."""


@contextmanager
def killed(when: str, operation: str) -> Iterator[None]:
    """End this process's work once, before or after a call of AWS."""
    original: Callable[..., Any] = botocore.client.BaseClient._make_api_call

    def call(self: Any, name: str, parameters: Any) -> Any:
        if name == operation and when == "before":
            raise Killed
        answer = original(self, name, parameters)
        if name == operation:
            raise Killed
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.client.BaseClient, "_make_api_call", call)
        yield


def interrupted(run: Run, when: str, operation: str) -> Run:
    """A run whose worker dies there, completed by the next."""
    with killed(when, operation), pytest.raises(Killed):
        _advance(run)
    Run.objects.filter(pk=run.pk).update(lease_until=None)
    return carried_out(run)


def _advance(run: Run) -> None:
    for _ in range(60):
        clock.pass_until_due(run.pk)
        engine.advance(run.pk, open_run)


def started(world: World, settings: LazySettings) -> Run:
    settings.SLUICE_VENDOR_PRINCIPAL_ARN, _ = sender_identity(world.ministack)
    spec = replace(world.spec(world.connected(), world.recipient(), delivery=False), producer=ROLE)
    integration = Integration.objects.create(tenant=world.tenant, name="draft")
    return runs.start_run(integration=integration, actor=world.admin, spec=spec)


@pytest.mark.sampled(1, rest="faults")
@pytest.mark.parametrize(("when", "operation"), SETTING_UP)
def test_a_setup_is_completed_with_one_role_that_the_vendor_can_test(
    world: World, settings: LazySettings, when: str, operation: str
) -> None:
    run = interrupted(started(world, settings), when, operation)
    assert run.state == RunState.DONE
    role = run.integration.producer_roles.get()
    assert role.state == ProducerRoleState.WAITING
    assert get_role(world.root(), str(role)) is not None
    assert run.integration.resources.get(kind="producer role").state == ResourceState.PRESENT
    assert run.integration.vendor_events.count() == 1


@pytest.mark.sampled(1, rest="faults")
@pytest.mark.parametrize(("when", "operation"), REMOVING)
def test_a_removal_is_completed_and_leaves_no_role(
    world: World, settings: LazySettings, when: str, operation: str
) -> None:
    run = carried_out(started(world, settings))
    integration = Integration.objects.get(pk=run.integration_id)
    name = str(integration.producer_roles.get())
    ended = removal.start_removal(integration=integration, actor=world.admin, delete_data=True)
    assert interrupted(ended, when, operation).state == RunState.DONE
    assert get_role(world.root(), name) is None
    assert integration.producer_roles.get().state == ProducerRoleState.RETIRED
    assert integration.resources.get(kind="producer role").state == ResourceState.REMOVED
