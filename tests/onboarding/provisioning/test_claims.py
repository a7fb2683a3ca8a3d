"""Claims: one worker at a time, a latecomer writes nothing, and what is due is found without any message."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from onboarding.models.run import Run
from onboarding.models.states import RunState
from onboarding.provisioning import claims
from onboarding.provisioning.ledger_protocol import FenceLost
from portal import database_scope
from portal.messages.catalogue import explanation_of
from portal.messages.message import Message
from tests.onboarding.provisioning.driving import started
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run(world: World) -> Run:
    return started(world, delivery=False)


def test_of_sixteen_workers_one_gets_the_run(run: Run) -> None:
    won: list[claims.Claim] = []

    def worker() -> None:
        claim = claims.acquire(run.pk)
        if claim:
            won.append(claim)
        connection.close()

    threads = [threading.Thread(target=database_scope.carried(worker)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(won) == 1


def test_a_worker_that_slept_past_its_lease_writes_nothing(run: Run) -> None:
    asleep = claims.acquire(run.pk)
    Run.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    awake = claims.acquire(run.pk)
    assert awake.fence == asleep.fence + 1
    with pytest.raises(FenceLost):
        asleep.write(failure=Message("run.quarantined", crash_count=1))
    run.refresh_from_db()
    assert run.failure is None


def test_what_is_due_is_found_and_what_is_held_or_later_is_not(run: Run) -> None:
    assert claims.due() == [run.pk]
    claim = claims.acquire(run.pk)
    assert claims.due() == []
    claims.release(claim, due_at=timezone.now() + timedelta(minutes=5))
    assert claims.due() == []
    Run.objects.update(due_at=timezone.now())
    assert claims.due() == [run.pk]


def test_a_run_whose_workers_die_again_and_again_is_quarantined(run: Run) -> None:
    from onboarding.integrations.context_factory import open_run
    from onboarding.provisioning import engine

    Run.objects.update(crashes=claims.MAX_CRASHES)
    engine.advance(run.pk, open_run)
    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert run.failure == Message("run.quarantined", crash_count=claims.MAX_CRASHES)
    assert "Cause: Sluice." in explanation_of(run.failure)
