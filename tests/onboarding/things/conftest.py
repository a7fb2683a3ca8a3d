"""An integration with devices, set up once for each test that needs things."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from onboarding.integrations import runs
from onboarding.iot.device_source import BY_DEVICE, DeviceSource
from onboarding.iot.thing_rules import NewThing
from onboarding.models.integration import Integration
from onboarding.models.states import RunState
from onboarding.models.thing import DeviceWork
from onboarding.things import advance, requests
from tests.onboarding.provisioning.driving import carried_out
from tests.world import World

SOURCE = DeviceSource("sluice-sensor", "sluice-lobby", "sluice-lobby", partition_key=BY_DEVICE)


@pytest.fixture
def integration(world: World) -> Integration:
    connection, recipient = world.connected(), world.recipient()
    spec = replace(world.spec(connection, recipient, delivery=False), devices=SOURCE)
    found = Integration.objects.create(tenant=world.tenant, name="draft")
    run = carried_out(runs.start_run(integration=found, actor=world.admin, spec=spec))
    assert run.state == RunState.DONE
    found.refresh_from_db()
    return found


@pytest.fixture
def add(world: World, integration: Integration) -> Callable[..., None]:
    def added(*names: str) -> None:
        things = [NewThing(name, {"floor": "2"}) for name in names]
        to = [world.tenant.pgp_keys.get().fingerprint]
        requests.add_things(integration=integration, things=things, recipients=to, actor=world.admin)

    return added


def driven(integration: Integration, turns: int = 60) -> None:
    """Advance the things until nothing is open, with time passing in jumps."""
    for _ in range(turns):
        rows = DeviceWork.objects.filter(integration=integration)
        rows.update(due_at="2020-01-01T00:00:00Z", lease_until=None)
        if advance.advance(rows.get().pk) is None:
            return
