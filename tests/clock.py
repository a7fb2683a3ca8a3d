"""How tests let time pass for a run without waiting: every time that is stored of it moves back by as much.

So each timer keeps its distance to the others. A step that is due later than the run stays so, and what may last ten
minutes is over after ten minutes of such jumps. The time is PostgreSQL's, as it is for a run.
"""

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db.models import DateTimeField, F, Model, QuerySet

from onboarding.models.credential import Credential
from onboarding.models.resource import Resource
from onboarding.models.revocation import Revocation
from onboarding.models.rotation import Rotation
from onboarding.models.run import Run, Step
from onboarding.provisioning import working_turns
from portal.database_clock import DatabaseClock

_A_MOMENT = timedelta(milliseconds=1)
# These stay: AWS's own moment, which it would report again, and the times by which its answers are put in order. A
# worker that was paused has asked before, and by a moved time it would have asked later than its successor.
_STAYING = frozenset({"last_used_at", "use_requested_at", "use_checked_at"})


def pass_until_due(run_id: int) -> None:
    """Let time pass until a run is due; nothing happens to one that is due already."""
    _pass_until(run_id, Run.objects.values_list("due_at", flat=True).get(pk=run_id))


def pass_until_lease_ends(run_id: int) -> None:
    """Let time pass until the lease of a worker that died or was paused is over."""
    _pass_until(run_id, Run.objects.values_list("lease_until", flat=True).get(pk=run_id))


def pass_time(run_id: int, duration: timedelta) -> None:
    """Move all times of a run back by a duration."""
    integration = {"integration__runs": run_id}
    rows: list[QuerySet[Model]] = [
        Run.objects.filter(pk=run_id),
        Step.objects.filter(run=run_id),
        Resource.objects.filter(**integration),
        Credential.objects.filter(**integration),
    ]
    for found in rows:
        found.update(**{name: F(name) - duration for name in _moments(found)})


def pass_until_work_is_due(work: Rotation | Revocation) -> None:
    """Let time pass until a rotation or a revocation is due and no worker holds it."""
    work.refresh_from_db()
    moments = [moment for moment in (work.due_at, work.lease_until) if moment is not None]
    left = max(moments) - DatabaseClock().now() + _A_MOMENT
    if left > timedelta(0):
        pass_work_time(work, left)


def pass_work_time(work: Rotation | Revocation, duration: timedelta) -> None:
    """Move the times of an integration's rotations and revocations back; AWS's clock stays, so those of keys do too."""
    ours = {"integration": work.integration_id}
    rows: list[QuerySet[Model]] = [
        Rotation.objects.filter(**ours),
        Revocation.objects.filter(**ours),
    ]
    for found in rows:
        found.update(**{name: F(name) - duration for name in _moments(found)})
    work.refresh_from_db()


def pass_while_worker_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let time pass in a jump where a worker sleeps, which it does while it holds the secret of a key."""

    def jump(seconds: float) -> None:
        for run_id in Run.objects.filter(lease_until__isnull=False).values_list("pk", flat=True):
            pass_time(run_id, timedelta(seconds=seconds))

    monkeypatch.setattr(working_turns, "time", SimpleNamespace(sleep=jump))


def _moments(rows: QuerySet[Model]) -> list[str]:
    fields = [field.name for field in rows.model._meta.fields if isinstance(field, DateTimeField)]
    return [name for name in fields if name not in _STAYING]


def _pass_until(run_id: int, moment: datetime | None) -> None:
    if moment is not None and (left := moment - DatabaseClock().now() + _A_MOMENT) > timedelta(0):
        pass_time(run_id, left)
