"""Carries rotations and revocations forward: claim, one stage, release until due. The row is the job."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Now

from onboarding.models.revocation import OPEN_REVOCATIONS, Revocation
from onboarding.models.rotation import OPEN_STATES, Rotation
from onboarding.models.states import RevocationState, RotationState
from onboarding.provisioning.answers import Refused
from onboarding.provisioning.ledger_protocol import FenceLost
from onboarding.rotations import revoking, stages, work_claims
from onboarding.rotations.turn import Turn
from onboarding.rotations.work_claims import AFTER_FAULT, WorkClaim
from portal.aws.errors import AwsFault

log = logging.getLogger(__name__)

MOST_DUE = 200
_OF_ROTATION = ("integration__tenant", "integration__connection", "old__integration", "new__integration__connection")
_OF_REVOCATION = ("integration__tenant", "integration__connection", "credential__integration")


def open_rotations() -> QuerySet[Rotation]:
    """Return the rotations that workers advance: those that are neither over nor paused."""
    return Rotation.objects.filter(state__in=OPEN_STATES, paused_at__isnull=True)


def open_revocations() -> QuerySet[Revocation]:
    """Return the revocations that are not proved yet."""
    return Revocation.objects.filter(state__in=OPEN_REVOCATIONS)


def advance_rotation(rotation_id: int) -> datetime | None:
    """Advance a rotation by one stage; return when it is due again, or None when it is over, paused or another's."""
    claim = work_claims.acquire(open_rotations().filter(pk=rotation_id))
    if claim is None:
        return None
    rotation = Rotation.objects.select_related(*_OF_ROTATION, "run").get(pk=rotation_id)
    _turn(claim, lambda: stages.STAGES[RotationState(rotation.state)](Turn(claim, rotation)))
    return _due_at(open_rotations(), rotation_id)


def advance_revocation(revocation_id: int) -> datetime | None:
    """Advance a revocation by one stage; return when it is due again, or None when it is proved or another's."""
    claim = work_claims.acquire(open_revocations().filter(pk=revocation_id))
    if claim is None:
        return None
    revocation = Revocation.objects.select_related(*_OF_REVOCATION).get(pk=revocation_id)
    _turn(claim, lambda: revoking.STAGES[RevocationState(revocation.state)](Turn(claim, revocation)))
    return _due_at(open_revocations(), revocation_id)


def due(rows: QuerySet[Any]) -> list[int]:
    """Return the ids of what is due and held by no one, oldest first."""
    found = rows.filter(work_claims.free(), due_at__lte=Now())
    return list(found.order_by("due_at").values_list("pk", flat=True)[:MOST_DUE])


def _turn(claim: WorkClaim, stage: Callable[[], None]) -> None:
    try:
        try:
            stage()
        except (AwsFault, Refused) as fault:
            claim.release(after=AFTER_FAULT, problem=fault.message)
    except FenceLost as lost:
        log.warning("rotation.fence_lost %s", lost)


def _due_at(rows: QuerySet[Any], pk: int) -> datetime | None:
    return rows.filter(pk=pk).values_list("due_at", flat=True).first()
