"""In a healthy account Sluice causes no denied call: none appears in the client's CloudTrail.

The permission report's probes are announced on its page, and belong to a connection.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest

from onboarding.integrations import drift, removal, repair, runs
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.models.states import RunState
from onboarding.spec import validation
from portal.aws import kinesis
from portal.aws.policies.chosen_permissions import DEFAULT_PERMISSIONS, ChosenPermissions, chosen_permissions
from tests.faults.proxy import Answer, Proxy, Request
from tests.onboarding.provisioning.driving import carried_out, failed_steps
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def done(run: Run) -> Integration:
    run = carried_out(run)
    assert run.state == RunState.DONE, failed_steps(run)
    return Integration.objects.get(pk=run.integration_id)


CHOICES = {
    "as it is by default": DEFAULT_PERMISSIONS,
    "without record samples": replace(DEFAULT_PERMISSIONS, sampling=False),
    "without deletion": replace(DEFAULT_PERMISSIONS, deletion=False),
    "without KMS keys": replace(DEFAULT_PERMISSIONS, keys=False),
    "without any": chosen_permissions([]),
    "with changes of any stream": replace(DEFAULT_PERMISSIONS, unscoped=True),
}


@pytest.mark.sampled(1)
@pytest.mark.parametrize("chosen", CHOICES.values(), ids=CHOICES)
def test_no_call_is_denied_from_set_up_to_removal(world: World, aws_proxy: Proxy, chosen: ChosenPermissions) -> None:
    denied: list[str] = []

    def counted(request: Request, nth: int, carry_out: Callable[[], Answer]) -> Answer:
        answer = carry_out()
        if answer.status == 403 or b"AccessDenied" in answer.body:
            denied.append(request.operation)
        return answer

    connection, recipient = world.connected(chosen), world.recipient()
    for _ in range(3):
        world.root().client("kms").create_key()
    aws_proxy.fault = counted
    spec = world.spec(connection, recipient)
    spec = replace(spec, stream=replace(spec.stream, kms_key="new" if chosen.keys else "aws"))
    integration = Integration.objects.create(tenant=world.tenant, name="draft")
    integration = done(runs.start_run(integration=integration, actor=world.admin, spec=spec))
    integration = done(repair.repair(integration=integration, actor=world.admin))
    assert drift.check(integration) == []
    changed = validation.from_dict(integration.spec or {})
    changed = replace(changed, stream=replace(changed.stream, shards=4, retention_hours=72))
    integration = done(runs.start_run(integration=integration, actor=world.admin, spec=changed))
    done(removal.start_removal(integration=integration, actor=world.admin, delete_data=True))
    assert denied == []
    assert (kinesis.describe_stream(world.root(), spec.stream.name) is None) == chosen.deletion
