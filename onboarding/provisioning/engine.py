"""Carries a run out: claim, apply every step that is ready, record its answer, release until due. The row is the job.

A step never sleeps; it answers Waiting, and the run is released until it is due. One exception: while the vault holds a
secret the run stays with its worker, because only this worker can prove the key. That ends VAULT_PATIENCE after the key
was created, and before the task's time limit: a turn that is older than KEY_BEGINS_WITHIN ends before a key is created.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum, auto

from django.db.models import F

from onboarding.models.run import Run, Step
from onboarding.models.states import RunState, StepState
from onboarding.provisioning import claims, run_transitions, step_transitions, working_turns
from onboarding.provisioning.answers import Done, Refused, Waiting
from onboarding.provisioning.claims import Claim
from onboarding.provisioning.context import Context
from onboarding.provisioning.leases import Heartbeat
from onboarding.provisioning.ledger_protocol import FenceLost
from onboarding.provisioning.removal_workflow import every_step_of
from onboarding.provisioning.steps import access_key
from onboarding.provisioning.vault_protocol import SealerEnded
from onboarding.provisioning.workflow import KEY_STEPS, NEW_KEY, StepKind
from portal.aws.errors import AwsFault
from portal.deadlocks import is_deadlock
from portal.messages.message import Message
from portal.openpgp.encrypt import SealingFailed

log = logging.getLogger(__name__)

VAULT_PATIENCE = timedelta(seconds=40)
# Well below the time limit of a Celery task, so that a slow AWS means many turns, not an ended worker.
TURN = timedelta(seconds=20)
LONGEST_TURN = timedelta(seconds=45)  # the task may take 90, and the last test of a key may wait for AWS
KEY_BEGINS_WITHIN = timedelta(seconds=5)
# IAM does not know a new user everywhere for some seconds; a later worker would begin with a user as new.
KEY_REPEATS_WITHIN = timedelta(seconds=30)
PASSES = 200
# How long a turn that holds a secret waits at most before it notices that someone cancelled the run.
REST_SECONDS = 3.0

ContextFactory = Callable[[Run, Claim], Context]


def advance(run_id: int, context_factory: ContextFactory) -> datetime | None:
    """Carry a run as far as possible now; return when it is due again, or None when it is over or another worker's.

    `context_factory` creates the context of a claimed run; if it raises AwsFault or Refused, the run ends with its
    message.
    """
    claim = claims.acquire(run_id)
    return None if claim is None else carry_on(claim, context_factory)


def carry_on(claim: Claim, context_factory: ContextFactory) -> datetime | None:
    """Carry a claimed run as far as possible now; return and raise as `advance` does."""
    try:
        with Heartbeat(claim) as heartbeat:
            return Advance(claim, heartbeat, context_factory).go()
    except FenceLost as lost:
        log.warning("run.fence_lost %s", lost)
        return None
    except Exception as error:  # a deadlock, or an error in Sluice
        if is_deadlock(error):
            # What was under way is repeated, as after a crash at the same place; but no worker ended.
            log.warning("run.deadlock run=%s", claim.run_id)
            return claims.release_after_deadlock(claim)
        # The claim counts as a crash, so that a run that always fails is quarantined and seen.
        log.exception("run.broken run=%s", claim.run_id)
        claims.release_after_error(claim)
        raise


class Pass(Enum):
    """How far a pass over the steps got."""

    WHOLE = auto()
    CUT_SHORT = auto()


class Advance:
    """One worker's turn on one run."""

    def __init__(self, claim: Claim, heartbeat: Heartbeat, context_factory: ContextFactory) -> None:
        self.claim = claim
        self.heartbeat = heartbeat
        self.run = Run.objects.select_related("integration__tenant", "integration__connection").get(pk=claim.run_id)
        self.context_factory = context_factory
        self.began_at = claim.clock.now()
        self.opened_at = self.patience_ends = self.began_at
        self.steps: dict[str, Step] = {}
        self.is_cancelled = False

    def go(self) -> datetime | None:
        """Create the context and pass over the steps until all that are left must wait."""
        if self.run.crashes > claims.MAX_CRASHES:
            run_transitions.quarantine(self.claim, self.run)
            return None
        run_transitions.mark_started(self.claim, self.run)
        try:
            context = self.context_factory(self.run, self.claim)
        except (AwsFault, Refused) as fault:
            return run_transitions.record_no_context(self.claim, self.run, fault)
        run_transitions.record_context(self.claim, self.run)
        try:
            return self._work(context)
        except AwsFault as fault:
            if not fault.is_denied_role:
                raise
            run_transitions.record_role_denied(self.claim, self.run, fault)
            return None
        finally:
            context.vault.forget()

    def _work(self, context: Context) -> datetime | None:
        self.opened_at = self._now()
        self._read_steps()
        if not self.run.is_removal and run_transitions.reset_unproved_key(
            self.claim, self.run, context, self._steps_of(KEY_STEPS)
        ):
            self._read_steps()
        kinds = every_step_of(context.plan)
        for _ in range(PASSES):
            if self.is_cancelled:
                self._discard_unproved_key(context)
                run_transitions.finish(self.claim, self.run, RunState.CANCELLED)
                return None
            held = context.vault.is_holding
            completed, context = self._pass(context, kinds)
            if completed is Pass.CUT_SHORT:
                return run_transitions.release(self.claim, self.run, self._now())
            due_at = self._next(context, kinds)
            if due_at is None:
                self._finish(context)
                return None
            is_due = held and not context.vault.is_holding and due_at <= self._now() <= self.began_at + TURN
            if not is_due:  # else it became due while the secret was held
                if not context.vault.is_holding or self._now() > self.patience_ends:
                    return run_transitions.release(self.claim, self.run, due_at)
                working_turns.rest(max(0.05, min(REST_SECONDS, (due_at - self._now()).total_seconds())))
            self._read_steps()
        return run_transitions.release(self.claim, self.run, self._now() + timedelta(seconds=5))

    def _read_steps(self) -> None:
        """Read all steps, and whether the run was cancelled; from then on each answer is kept here as well."""
        rows = self.run.steps.annotate(is_cancelled=F("run__cancel_requested"))
        self.steps = {step.name: step for step in rows}
        self.is_cancelled = any(step.is_cancelled for step in rows)

    def _steps_of(self, names: tuple[str, ...]) -> list[Step]:
        return [self.steps[name] for name in names if name in self.steps]

    def _pass(self, context: Context, kinds: dict[str, StepKind]) -> tuple[Pass, Context]:
        for step in self.steps.values():
            self.heartbeat.check()
            if context.vault.is_holding and step.name not in KEY_STEPS:
                continue  # whatever else is due could hold the secret beyond the task's time limit
            if self._is_ready(step, kinds[step.name]):
                if step.name == KEY_STEPS[0] and self._is_late_for_key(context):
                    return Pass.CUT_SHORT, context
                answer = self._apply(context, step, kinds[step.name])
                if step.name == NEW_KEY.name and isinstance(answer, Done):
                    context = replace(context, plan=replace(context.plan, created_key_arn=answer.arn))
                if step.name == KEY_STEPS[0]:
                    self.patience_ends = min(self._now() + VAULT_PATIENCE, self.began_at + LONGEST_TURN)
                if self._now() > self.began_at + TURN and not context.vault.is_holding:
                    return Pass.CUT_SHORT, context
        return Pass.WHOLE, context

    def _is_late_for_key(self, context: Context) -> bool:
        within = KEY_REPEATS_WITHIN if context.vault.is_holding else KEY_BEGINS_WITHIN
        return self._now() > self.opened_at + within

    def _is_ready(self, step: Step, kind: StepKind) -> bool:
        if step.status.is_over or step.status is StepState.FAILED:
            return False
        if self._is_later(step):
            return False
        others = self._steps_of((*kind.after, *kind.beside))
        return all(other.status.is_over or (other.name in kind.beside and _is_under_way(other)) for other in others)

    def _is_later(self, step: Step) -> bool:
        return step.retry_at is not None and step.retry_at > self._now()

    def _apply(self, context: Context, step: Step, kind: StepKind) -> Done | Waiting | None:
        step_transitions.mark_running(self.claim, step)
        try:
            answer: Done | Waiting = kind.apply(context)
        except AwsFault as fault:
            if fault.is_denied_role:  # the cause of all that would follow: the run ends with it
                raise
            step_transitions.record_fault(self.claim, step, fault)
            return None
        except SealerEnded as ended:
            answer = Waiting(2, Message("waiting.another_access_key", reason=ended.message))
        except SealingFailed as failed:
            step_transitions.record_refusal(self.claim, step, Refused(failed.message))
            return None
        except Refused as refused:
            step_transitions.record_refusal(self.claim, step, refused)
            return None
        step_transitions.record_answer(self.claim, step, answer, is_final=step.name not in KEY_STEPS)
        return answer

    def _next(self, context: Context, kinds: dict[str, StepKind]) -> datetime | None:
        """Return when a waiting step is due, or None when none waits; while the vault holds, one of the key's.

        One that is due and not ready waits for another, whose time counts.
        """
        waiting = [step for step in self.steps.values() if step.status is StepState.WAITING]
        waiting = [step for step in waiting if self._is_later(step) or self._is_ready(step, kinds[step.name])]
        if context.vault.is_holding:
            of_key = [step for step in waiting if step.name in KEY_STEPS]
            if of_key:
                waiting = of_key
            else:  # none of them continues, so nothing needs the secret any more
                context.vault.forget()
        return min((step.retry_at for step in waiting if step.retry_at), default=None)

    def _finish(self, context: Context) -> None:
        if all(step.status.is_over for step in self.steps.values()):
            run_transitions.finish(self.claim, self.run, RunState.DONE)
        else:
            self._discard_unproved_key(context)
            run_transitions.finish(self.claim, self.run, RunState.FAILED)

    def _discard_unproved_key(self, context: Context) -> None:
        if self.run.is_removal:
            return
        known = context.ledger.credential()
        if known is None or known.state in {"ready", "in_use"}:
            return
        try:
            access_key.discard_newest(context)
        except AwsFault as fault:
            # The row stays, so the next run of this integration deletes the user before it creates another.
            log.warning("run.key_not_discarded run=%s user=%s fault=%s", self.run.pk, known.user_name, fault.code)

    def _now(self) -> datetime:
        return self.claim.clock.now()


def _is_under_way(step: Step) -> bool:
    """Return whether AWS is working on a step's condition: it waits, and not because AWS refused a call."""
    return step.status is StepState.WAITING and not step.aws_detail
