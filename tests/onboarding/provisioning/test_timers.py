"""Timers of a run: what a retry begins anew, how long AssumeRole may fail, and how long a new key may take."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from onboarding.integrations import runs
from onboarding.integrations.context_factory import open_run
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.run import Run, Step
from onboarding.models.states import RunState, StepState
from onboarding.provisioning import claims, engine, leases, step_transitions
from onboarding.provisioning.context import Context
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.database_clock import DatabaseClock
from portal.messages.message import Message
from portal.tenancy.models import Tenant
from tests import clock
from tests.onboarding.provisioning.driving import started
from tests.world import World

THROTTLED = AwsFault(FaultKind.THROTTLED, "Throttling", "sts:AssumeRole", "Rate exceeded")
ELEVEN_MINUTES = timedelta(minutes=11)


@pytest.fixture
def run(db: None) -> Run:
    tenant = Tenant.objects.create(slug="northwind", name="Northwind Estates")
    connection = Connection.objects.create(tenant=tenant, name="production", account_id="111122223333")
    integration = Integration.objects.create(tenant=tenant, name="sensors", connection=connection, spec={})
    run = Run.objects.create(integration=integration, spec={})
    for position, name in enumerate(("stream", "encryption"), start=1):
        Step.objects.create(run=run, name=name, position=position, title=Message("step.key", alias=name))
    return run


def throttled(run: Run, claim: claims.Claim) -> Context:
    raise THROTTLED


def turn(run: Run) -> Run:
    """A turn in which AssumeRole is throttled."""
    clock.pass_until_due(run.pk)
    engine.advance(run.pk, throttled)
    run.refresh_from_db()
    return run


def test_one_throttled_assume_role_never_ends_a_run_however_old_it_is(run: Run) -> None:
    Run.objects.update(started_at=run.created_at)
    clock.pass_time(run.pk, ELEVEN_MINUTES)
    assert turn(run).state == RunState.WAITING
    clock.pass_time(run.pk, ELEVEN_MINUTES)
    assert turn(run).state == RunState.FAILED, "nor does it wait for ever"


def test_between_two_throttled_calls_one_that_worked_begins_the_wait_anew(run: Run) -> None:
    assert turn(run).shut_out_since is not None
    claim = claims.Claim(run.pk, "", run.fence)
    engine.run_transitions.record_context(claim, run)
    clock.pass_time(run.pk, ELEVEN_MINUTES)
    assert turn(run).state == RunState.WAITING


@pytest.mark.parametrize("state", [StepState.WAITING, StepState.RUNNING, StepState.FAILED])
def test_a_retry_resets_every_timer_of_the_run_and_of_its_unfinished_steps(run: Run, state: StepState) -> None:
    at = run.created_at
    done, left = run.steps.all()
    run.steps.update(started_at=at, attempts=9, retry_at=at, aws_detail="Rate exceeded", finished_at=at)
    run.steps.filter(pk=done.pk).update(state=StepState.DONE)
    run.steps.filter(pk=left.pk).update(state=state)
    Run.objects.update(state=RunState.CANCELLED, started_at=at, shut_out_since=at, finished_at=at, crashes=3)
    runs.retry_run(run=run, actor="Ada")
    run.refresh_from_db()
    assert (run.started_at, run.shut_out_since, run.finished_at, run.crashes) == (None, None, None, 0)
    left.refresh_from_db()
    found = (left.state, left.started_at, left.retry_at, left.finished_at, left.attempts, left.aws_detail)
    assert found == (StepState.TODO, None, None, None, 0, "")
    done.refresh_from_db()
    assert (done.state, done.started_at) == (StepState.DONE, at)


def test_after_a_retry_the_first_throttle_is_waited_for(run: Run) -> None:
    step = run.steps.get(name="stream")
    step_transitions.mark_running(claims.acquire(run.pk), step)
    clock.pass_time(run.pk, ELEVEN_MINUTES)
    Run.objects.update(state=RunState.CANCELLED, lease_until=None)
    runs.retry_run(run=run, actor="Ada")
    claim, step = claims.acquire(run.pk), run.steps.get(name="stream")
    step_transitions.mark_running(claim, step)
    step_transitions.record_fault(claim, step, THROTTLED)
    step.refresh_from_db()
    assert step.state == StepState.WAITING
    assert step.retry_at - DatabaseClock().now() < timedelta(seconds=1.1), "the shortest pause, as for a first attempt"


def test_a_heartbeat_renews_no_lease_that_was_released(run: Run) -> None:
    heartbeat = leases.Heartbeat(claims.acquire(run.pk))
    leases.renew([heartbeat])
    assert not heartbeat.lost.is_set()
    claims.release(heartbeat.claim, due_at=run.due_at)
    leases.renew([heartbeat])
    assert heartbeat.lost.is_set()
    assert claims.due() == [run.pk]


def test_a_run_that_is_cancelled_during_its_turn_is_due_at_its_end(run: Run) -> None:
    claim = claims.acquire(run.pk)
    runs.cancel_run(run=run, actor="Ada")
    claims.release(claim, due_at=run.created_at + ELEVEN_MINUTES)
    assert claims.due() == [run.pk]


class SlowAfterACall(DatabaseClock):
    """A clock by which the first call to AWS takes ten seconds."""

    def __init__(self, calls: list[str]) -> None:
        super().__init__()
        self.calls = calls

    def now(self) -> datetime:
        """Return PostgreSQL's time, ten seconds later once a call was made."""
        return super().now() + timedelta(seconds=10 if self.calls else 0)


@pytest.mark.django_db(transaction=True)
def test_a_key_is_created_first_in_a_turn_so_that_all_its_patience_is_left(world: World, calls: list[str]) -> None:
    run, first = started(world, delivery=False), ""
    for _ in range(20):
        clock.pass_until_due(run.pk)
        claim = claims.acquire(run.pk)
        assert claim is not None
        calls.clear()
        engine.carry_on(replace(claim, clock=SlowAfterACall(calls)), open_run)
        first = calls[0] if "CreateUser" in calls else first
        run.refresh_from_db()
        if run.status.is_over:
            break
    assert (run.state, first) == (RunState.DONE, "CreateUser")
