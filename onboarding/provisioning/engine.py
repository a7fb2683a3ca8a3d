"""Carries a run out: claim, apply every step whose turn it is, settle, say when next. The row is the job.

A step never sleeps; it answers Waiting, and the run is let go until it is due. One exception: while the vault holds a
secret the run stays with its worker, because only this worker can prove the key. That ends after VAULT_PATIENCE.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum, auto

from django.utils import timezone

from onboarding.models.run import Run, Step
from onboarding.models.states import RunState, StepState
from onboarding.provisioning import claims, run_transitions
from onboarding.provisioning.claims import Claim, Heartbeat
from onboarding.provisioning.context import Context, Done, FenceLost, Refused, SealerEnded, Waiting
from onboarding.provisioning.removal_workflow import every_step_of
from onboarding.provisioning.steps import access_key
from onboarding.provisioning.workflow import KEY, StepKind
from portal.aws.errors import AwsFault
from portal.messages.catalogue import advice_of, text_of
from portal.openpgp.encrypt import SealingFailed

log = logging.getLogger(__name__)

VAULT_PATIENCE = timedelta(seconds=40)
# Well below the time limit of a Celery task, so that a slow AWS means many turns and not a worker that is ended.
TURN = timedelta(seconds=20)
PASSES = 200

Opening = Callable[[Run, Claim], Context]


def advance(run_id: int, opening: Opening) -> datetime | None:
    """Take a run as far as it goes now; return when it is due again, or None when it is over or somebody else's.

    `opening` makes the context of a claimed run; it may raise AwsFault or Refused, which ends the run with its words.
    """
    claim = claims.take(run_id)
    if claim is None:
        return None
    try:
        with Heartbeat(claim) as heartbeat:
            return Advance(claim, heartbeat, opening).go()
    except FenceLost as lost:
        log.warning("run.fence_lost %s", lost)
        return None
    except Exception:
        # A fault of our own. The claim counts as a crash, so that a run that always fails is parked and seen.
        log.exception("run.broken run=%s", run_id)
        claims.stumble(claim)
        raise


class Pass(Enum):
    """How far a pass over the steps came."""

    WHOLE = auto()
    CUT_SHORT = auto()


class Advance:
    """One worker's hold on one run."""

    def __init__(self, claim: Claim, heartbeat: Heartbeat, opening: Opening) -> None:
        self.claim = claim
        self.heartbeat = heartbeat
        self.run = Run.objects.select_related("integration__tenant", "integration__connection").get(pk=claim.run_id)
        self.opening = opening
        self.turn_ends = timezone.now() + TURN

    def go(self) -> datetime | None:
        """Open the account and pass over the steps until nothing can go on without waiting."""
        if self.run.crashes > claims.MOST_CRASHES:
            run_transitions.parked(self.claim, self.run)
            return None
        run_transitions.started(self.claim, self.run)
        try:
            context = self.opening(self.run, self.claim)
        except (AwsFault, Refused) as fault:
            return run_transitions.not_opened(self.claim, self.run, fault)
        try:
            return self._work(context)
        finally:
            context.vault.forget()

    def _work(self, context: Context) -> datetime | None:
        if not self.run.is_removal:
            run_transitions.forget_unproven(self.claim, self.run, context, KEY)
        kinds = every_step_of(context.plan)
        until = timezone.now() + VAULT_PATIENCE
        for _ in range(PASSES):
            if self._is_cancelled():
                self._leave_no_key(context)
                run_transitions.over(self.claim, self.run, RunState.CANCELLED)
                return None
            if self._pass(context, kinds) is Pass.CUT_SHORT:
                return run_transitions.let_go(self.claim, self.run, timezone.now())
            due_at = self._next()
            if due_at is None:
                self._finish(context)
                return None
            if not context.vault.is_holding or timezone.now() > until:
                return run_transitions.let_go(self.claim, self.run, due_at)
            time.sleep(max(0.05, min(1.0, (due_at - timezone.now()).total_seconds())))
        return run_transitions.let_go(self.claim, self.run, timezone.now() + timedelta(seconds=5))

    def _pass(self, context: Context, kinds: dict[str, StepKind]) -> "Pass":
        for step in list(self.run.steps.all()):
            self.heartbeat.check()
            if self._is_ready(step, kinds[step.name]):
                self._apply(context, step, kinds[step.name])
                if timezone.now() > self.turn_ends and not context.vault.is_holding:
                    return Pass.CUT_SHORT
        return Pass.WHOLE

    def _is_ready(self, step: Step, kind: StepKind) -> bool:
        if step.status.is_over or step.status is StepState.FAILED:
            return False
        if step.retry_at is not None and step.retry_at > timezone.now():
            return False
        states = dict(self.run.steps.filter(name__in=kind.after).values_list("name", "state"))
        return all(StepState(state).is_over for state in states.values())

    def _apply(self, context: Context, step: Step, kind: StepKind) -> None:
        run_transitions.begun(self.claim, step)
        try:
            answer: Done | Waiting = kind.apply(context)
        except AwsFault as fault:
            run_transitions.faulted(self.claim, step, fault)
        except Refused as refused:
            run_transitions.refused(self.claim, step, refused)
        except SealerEnded as ended:
            again = f"{text_of(ended.message)} Sluice creates another access key in its place."
            run_transitions.answered(self.claim, step, Waiting(2, again))
        except SealingFailed as failed:
            run_transitions.refused(self.claim, step, Refused(text_of(failed.message), advice_of(failed.message)))
        else:
            run_transitions.answered(self.claim, step, answer, is_for_good=step.name not in KEY)

    def _next(self) -> datetime | None:
        """Return when a step can go on, or None when none can."""
        steps = list(self.run.steps.all())
        waiting = [step.retry_at for step in steps if step.status is StepState.WAITING and step.retry_at]
        return min(waiting, default=None)

    def _finish(self, context: Context) -> None:
        if all(step.status.is_over for step in self.run.steps.all()):
            run_transitions.over(self.claim, self.run, RunState.DONE)
        else:
            self._leave_no_key(context)
            run_transitions.over(self.claim, self.run, RunState.FAILED)

    def _leave_no_key(self, context: Context) -> None:
        if self.run.is_removal:
            return
        known = context.ledger.credential()
        if known is None or known.state in {"ready", "in_use"}:
            return
        try:
            access_key.discard_newest(context)
        except AwsFault as fault:
            # The row stays, so the next run of this integration deletes the user before it makes another.
            log.warning("run.key_not_discarded run=%s user=%s fault=%s", self.run.pk, known.user_name, fault.code)

    def _is_cancelled(self) -> bool:
        return bool(Run.objects.values_list("cancel_asked", flat=True).get(pk=self.run.pk))
