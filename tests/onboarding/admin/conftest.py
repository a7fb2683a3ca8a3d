"""A failed run, as support staff find one."""

import pytest

from onboarding.integrations import runs
from onboarding.integrations.context_factory import open_run
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.models.states import RunState
from onboarding.provisioning import engine
from tests.world import World


@pytest.fixture
def failed_run(world: World) -> Run:
    """A run that stopped because a stream of that name exists and is not Sluice's."""
    connection, recipient = world.connected(), world.recipient()
    world.root().client("kinesis").create_stream(
        StreamName="sluice-sensors", ShardCount=1, Tags={"owner": "someone-else"}
    )
    integration = Integration.objects.create(tenant=world.tenant, name="x")
    spec = world.spec(connection, recipient, delivery=False)
    run = runs.start_run(integration=integration, actor=world.admin, spec=spec)
    engine.advance(run.pk, open_run)
    run.refresh_from_db()
    assert run.state == RunState.FAILED
    return run
