"""Whose run is continued: the tenant's with the fewest at work, and never all threads for one tenant."""

from datetime import timedelta

import pytest
from django.utils import timezone

from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.models.states import RunState
from onboarding.provisioning import claims, fair_share, next_turn
from portal.tenancy.models import Tenant

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def machine(monkeypatch) -> fair_share.Machine:
    found = fair_share.Machine(threads=4)
    monkeypatch.setattr(fair_share, "MACHINE", found)
    return found


def runs_of(slug: str, count: int) -> list[int]:
    """Due runs of a tenant, the first due first."""
    tenant = Tenant.objects.create(slug=slug, name=slug)
    connection = Connection.objects.create(tenant=tenant, name="production", account_id="111122223333")
    due_at, found = timezone.now() - timedelta(minutes=5), []
    for number in range(count):
        integration = Integration.objects.create(tenant=tenant, name=f"{slug}-{number}", connection=connection)
        run = Run.objects.create(integration=integration, spec={}, due_at=due_at + timedelta(seconds=number))
        found.append(run.pk)
    return found


def acquired(hinted: int) -> int | None:
    claim = fair_share.acquire(hinted)
    return claim.run_id if claim else None


def test_the_hinted_run_goes_first_among_its_tenants() -> None:
    first, second, third = runs_of("a", 3)
    assert [acquired(third), acquired(third), acquired(third)] == [third, first, second]


def test_one_run_of_another_tenant_passes_fifty() -> None:
    fifty, [other] = runs_of("a", 50), runs_of("b", 1)
    assert [acquired(hinted) for hinted in fifty[:2]] == [fifty[0], other]


def test_one_process_stays_free_of_a_tenants_runs() -> None:
    fifty = runs_of("a", 50)
    assert [acquired(hinted) for hinted in fifty[:5]] == [*fifty[:3], None, None]
    [other] = runs_of("b", 1)
    assert acquired(fifty[5]) == other


def test_a_tenant_continues_when_one_of_its_runs_is_released() -> None:
    fifty = runs_of("a", 5)
    held = [fair_share.acquire(hinted) for hinted in fifty[:3]]
    assert fair_share.next_run() is None
    claims.release(held[0], due_at=timezone.now() + timedelta(hours=1))
    assert fair_share.next_run() == fifty[3]


def test_runs_of_other_machines_do_not_count_toward_the_limit() -> None:
    fifty = runs_of("a", 5)
    for hinted in fifty[:3]:
        fair_share.acquire(hinted)
    Run.objects.filter(pk=fifty[0]).update(owner="elsewhere:1:2")
    assert fair_share.next_run() == fifty[3]


def test_what_is_not_due_or_over_is_not_chosen() -> None:
    early, over = runs_of("a", 2)
    Run.objects.filter(pk=early).update(due_at=timezone.now() + timedelta(hours=1))
    Run.objects.filter(pk=over).update(state=RunState.DONE)
    assert acquired(early) is None


@pytest.mark.parametrize(("threads", "most"), [(0, None), (1, None), (2, 1), (4, 3), (64, 56)])
def test_one_thread_in_eight_stays_free(threads: int, most: int | None) -> None:
    assert fair_share.Machine(threads).most_of_one_tenant == most


def test_a_message_that_passed_is_made_up_for_when_a_turn_ends() -> None:
    runs = runs_of("a", 5)
    assert fair_share.passed_run() is None
    claimed = [fair_share.acquire(hinted) for hinted in runs[:3]]
    assert fair_share.passed_run() is None, "each message had its effect"
    assert [acquired(hinted) for hinted in runs[3:]] == [None, None]
    for claim, waiting in zip(claimed, [*runs[3:], None], strict=True):
        assert claim is not None
        claims.release(claim, due_at=timezone.now() + timedelta(minutes=5))
        assert fair_share.passed_run() == waiting
        if waiting is not None:
            assert acquired(waiting) == waiting
    assert not fair_share.MACHINE.has_passed


def test_a_turn_that_ends_while_a_message_passes_is_seen(monkeypatch) -> None:
    runs = runs_of("a", 4)
    first, *_others = [fair_share.acquire(hinted) for hinted in runs[:3]]
    looks = []

    def claim(hinted: int, most: int | None, *, real=next_turn.claim) -> claims.Claim | None:
        looks.append(real(hinted, most))
        if len(looks) == 1:
            assert first is not None
            claims.release(first, due_at=timezone.now() + timedelta(minutes=5))
        return looks[-1]

    monkeypatch.setattr(next_turn, "claim", claim)
    assert acquired(runs[3]) == runs[3]
    assert [found and found.run_id for found in looks] == [None, runs[3]]
