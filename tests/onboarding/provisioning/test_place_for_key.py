"""A run whose worker holds enough new keys does everything else, and creates its key when a place is free."""

import pytest

from onboarding.credentials import vault
from onboarding.credentials.key_places import Holder, KeyPlaces
from onboarding.integrations import runs
from onboarding.models.states import RunState, StepState
from tests.faults.proxy import Proxy
from tests.onboarding.provisioning.driving import carried_out, delivered_key, failed_steps, started
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> KeyPlaces:
    """Two places, one of which stays free of one tenant's keys."""
    found = KeyPlaces(2)
    monkeypatch.setattr(vault, "PLACES", found)
    return found


def test_the_key_waits_for_a_place_and_nothing_else_does(world: World, aws_proxy: Proxy, places: KeyPlaces) -> None:
    run = started(world)
    other = Holder(0, run.integration.tenant_id)
    assert places.take(other) == 0
    carried_out(run, turns=100)  # more than ten minutes, each of which could end it

    step = run.steps.get(name="access_key")
    assert (run.state, step.state, step.started_at) == (RunState.WAITING, StepState.WAITING, None)
    assert step.reason.code == "waiting.place_for_access_key"
    unfinished = run.steps.exclude(state=StepState.DONE).values_list("name", flat=True)
    assert set(unfinished) == {"access_key", "grant", "test_record"}
    assert (aws_proxy.seen["CreateUser"], run.integration.credentials.count()) == (0, 0)

    places.leave(other)
    assert carried_out(run).state == RunState.DONE, failed_steps(run)
    assert delivered_key(world, run.integration)
    assert (places.take(other), places._held.keys()) == (0, {other}), "the place was given back"


def test_a_run_that_is_cancelled_while_it_waits_creates_no_key(
    world: World, aws_proxy: Proxy, places: KeyPlaces
) -> None:
    run = started(world)
    places.take(Holder(0, run.integration.tenant_id))
    carried_out(run, turns=5)
    runs.cancel_run(run=run, actor=world.admin)
    assert carried_out(run).state == RunState.CANCELLED
    assert aws_proxy.seen["CreateUser"] == 0
