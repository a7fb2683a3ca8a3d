"""Leases: one thread renews those of all turns, notices those that are lost, and lets go of a turn that never ends."""

import threading
import time
from collections.abc import Iterator

import pytest
from django.db import OperationalError, connection, transaction

from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.provisioning import claims, leases
from onboarding.provisioning.ledger_protocol import FenceLost
from portal import database_scope
from tests.onboarding.provisioning.driving import started
from tests.waiting import wait_for
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run(world: World) -> Run:
    return started(world, delivery=False)


def another(run: Run) -> Run:
    """A run of another integration of the same tenant."""
    integration = Integration.objects.create(
        tenant=run.integration.tenant, connection=run.integration.connection, name="another"
    )
    return Run.objects.create(integration=integration, spec=run.spec, requested_by="test")


def of_other_sessions(what: str) -> int:
    """Return a figure of PostgreSQL's about the sessions of this database other than the test's own."""
    others = "datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {what} FROM pg_stat_activity WHERE {others}")  # noqa: S608  (nothing of it is given)
        return int(cursor.fetchone()[0])


def test_the_heartbeat_keeps_the_lease_and_notices_its_loss(run: Run, settings) -> None:
    settings.SLUICE_LEASE_SECONDS = 3
    claim = claims.acquire(run.pk)
    run.refresh_from_db()
    with leases.Heartbeat(claim) as heartbeat:
        wait_for(lambda: Run.objects.get(pk=run.pk).lease_until > run.lease_until, 30, "a renewal")
        assert claims.acquire(run.pk) is None
        Run.objects.update(fence=claim.fence + 1)
        assert heartbeat.lost.wait(30)
        with pytest.raises(FenceLost):
            heartbeat.check()


def test_one_thread_renews_the_leases_of_all_turns_and_ends_with_the_last(run: Run, settings) -> None:
    settings.SLUICE_LEASE_SECONDS = 0.9
    runs_ = [run, another(run)]
    with leases.Heartbeat(claims.acquire(runs_[0].pk)), leases.Heartbeat(claims.acquire(runs_[1].pk)):
        before = dict(Run.objects.values_list("pk", "lease_until"))
        wait_for(lambda: all(Run.objects.get(pk=pk).lease_until > at for pk, at in before.items()), 30, "both renewals")
        assert [thread.name for thread in threading.enumerate()].count("leases") == 1
        assert of_other_sessions("count(pid)") <= 1
    wait_for(lambda: "leases" not in [thread.name for thread in threading.enumerate()], 30, "its end")


def test_a_session_that_postgresql_ends_costs_no_lease(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    heartbeat = leases.Heartbeat(claims.acquire(run.pk))
    with monkeypatch.context() as patch:
        patch.setattr(leases, "_renew_rows", refused)
        leases.renew([heartbeat])
    assert not heartbeat.lost.is_set()
    before = Run.objects.get(pk=run.pk).lease_until
    leases.renew([heartbeat])
    assert Run.objects.get(pk=run.pk).lease_until > before


def test_the_lease_is_lost_when_postgresql_is_away_for_as_long_as_it_lasts(
    run: Run, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    heartbeat = leases.Heartbeat(claims.acquire(run.pk))
    heartbeat.renewed_at -= settings.SLUICE_LEASE_SECONDS
    monkeypatch.setattr(leases, "_renew_rows", refused)
    leases.renew([heartbeat])
    with pytest.raises(FenceLost, match="lease not renewed"):
        heartbeat.check()


def test_a_turn_that_never_ends_loses_its_lease_and_the_others_keep_theirs(run: Run) -> None:
    stuck, other = leases.Heartbeat(claims.acquire(run.pk)), leases.Heartbeat(claims.acquire(another(run).pk))
    stuck.began_at -= leases.TURN_ENDS_AFTER.total_seconds() + 1
    before = dict(Run.objects.values_list("pk", "lease_until"))
    time.sleep(0.01)
    leases.renew([stuck, other])
    assert (stuck.lost.is_set(), other.lost.is_set()) == (True, False)
    after = dict(Run.objects.values_list("pk", "lease_until"))
    assert [after[beat.claim.run_id] > before[beat.claim.run_id] for beat in (stuck, other)] == [False, True]


@pytest.fixture
def held_row(run: Run) -> Iterator[None]:
    """Another session holds the run's row, as a transaction of its own turn does for a moment."""
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Run.objects.select_for_update().get(pk=run.pk)
            held.set()
            done.wait(30)
        connection.close()

    thread = threading.Thread(target=database_scope.carried(hold))
    thread.start()
    assert held.wait(30)
    yield
    done.set()
    thread.join(30)


def test_a_row_that_is_locked_is_neither_waited_for_nor_lost(run: Run, request: pytest.FixtureRequest) -> None:
    heartbeat, other = leases.Heartbeat(claims.acquire(run.pk)), leases.Heartbeat(claims.acquire(another(run).pk))
    request.getfixturevalue("held_row")
    before = Run.objects.get(pk=other.claim.run_id).lease_until
    leases.renew([heartbeat, other])
    assert not heartbeat.lost.is_set()
    assert Run.objects.get(pk=other.claim.run_id).lease_until > before


def refused(*_: object) -> None:
    raise OperationalError("the connection is closed")
