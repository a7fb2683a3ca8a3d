"""The one message that chooses and claims a run agrees with claims.py, which does the same in Django's words."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from onboarding.models.run import Run
from onboarding.models.states import RunState
from onboarding.provisioning import claims, next_turn
from tests.onboarding.provisioning.test_fair_share import runs_of

pytestmark = pytest.mark.django_db

_CLAIMED = ("state", "fence", "crashes")


@pytest.mark.parametrize("state", RunState)
@pytest.mark.parametrize("lease", [None, -1, 30])
@pytest.mark.parametrize("due", [-60, 60])
def test_it_claims_what_claims_would(state: RunState, lease: int | None, due: int) -> None:
    now = timezone.now()
    fields = {
        "state": state,
        "due_at": now + timedelta(seconds=due),
        "lease_until": None if lease is None else now + timedelta(seconds=lease),
        "crashes": 2,
        "fence": 5,
    }
    by_message, by_claims = runs_of("a", 1)[0], runs_of("b", 1)[0]
    Run.objects.filter(pk=by_claims).update(state=RunState.DONE)
    Run.objects.filter(pk=by_message).update(**fields)
    claimed = next_turn.claim(by_message, None)
    Run.objects.filter(pk=by_claims).update(**fields)
    expected = claims.acquire(by_claims)
    assert (claimed is None) == (expected is None)
    rows = Run.objects.values(*_CLAIMED)
    assert rows.get(pk=by_message) == rows.get(pk=by_claims)
    if claimed is not None and expected is not None:
        run, peer = Run.objects.get(pk=by_message), Run.objects.get(pk=by_claims)
        assert (claimed.run_id, claimed.owner, claimed.fence) == (run.pk, run.owner, run.fence)
        assert claimed.tenant_id == run.integration.tenant_id
        assert run.lease_until is not None
        assert peer.lease_until is not None
        assert abs(run.lease_until - peer.lease_until) < timedelta(seconds=30)
        assert abs(claimed.clock.now() - timezone.now()) < timedelta(seconds=30)


def test_it_is_one_message() -> None:
    [run] = runs_of("a", 1)
    with CaptureQueriesContext(connection) as queries:
        assert next_turn.claim(run, None) is not None
    assert len(queries) == 1


def test_a_claimed_run_is_written_by_its_claim_alone() -> None:
    [run] = runs_of("a", 1)
    claimed = next_turn.claim(run, None)
    assert claimed is not None
    claimed.write(crashes=0)
    claims.release(claimed, due_at=timezone.now() + timedelta(hours=1))
    assert next_turn.claim(run, None) is None
