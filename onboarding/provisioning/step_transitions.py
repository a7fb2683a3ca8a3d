"""The states of a run's steps: what a row holds after each answer of a step. Every write is fenced."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

from onboarding.models.run import Run, Step
from onboarding.models.states import StepState
from onboarding.provisioning.answers import Done, Refused, Waiting
from onboarding.provisioning.claims import Claim
from onboarding.provisioning.iam_lag import may_be_lag
from onboarding.provisioning.polling import Pace
from portal import live
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.messages.message import Cause, Message

LONGEST_WAIT = timedelta(minutes=10)
SETTLING = timedelta(seconds=30)
BACKOFF_SECONDS = (1, 2, 4, 8, 15, 30)
BLANK = {"reason": None, "aws_detail": "", "retry_at": None}
# A step as if it had never been applied: without its timers, which end a wait, and without its attempts, which lengthen
# the pause after a fault.
AFRESH = {**BLANK, "state": StepState.TODO, "attempts": 0, "started_at": None, "finished_at": None}


def mark_running(claim: Claim, step: Step) -> None:
    """Record that a step is being applied; one that waits and is checked again shows what it waits for meanwhile."""
    step.attempts += 1
    if step.status is StepState.WAITING and step.started_at is not None:
        return
    step.started_at = step.started_at or claim.clock.now()
    _write(claim, step, state=StepState.RUNNING, attempts=step.attempts, started_at=step.started_at)


def record_answer(claim: Claim, step: Step, answer: Done | Waiting, *, is_final: bool = True) -> None:
    """Record that a step is done, or what it waits for.

    A final answer is progress: earlier crashes of the run no longer count. The access key's steps may run again.
    """
    if isinstance(answer, Done):
        done = {"found": answer.found, "did": answer.did, "arn": answer.arn, "finished_at": Now()}
        _write(claim, step, is_progress=is_final, **BLANK, state=StepState.DONE, attempts=step.attempts, **done)
    elif not answer.has_begun:
        _wait(claim, step, answer.reason, _seconds(claim, step, answer), attempts=0, started_at=None)
    elif _is_too_long(claim, step, answer.patience):
        seconds = LONGEST_WAIT.total_seconds()
        timeout = Message("run.timeout", reason=answer.reason, waited_seconds=seconds)
        record_refusal(claim, step, Refused(answer.failure or timeout, answer.detail or step.aws_detail))
    else:
        _wait(claim, step, answer.reason, _seconds(claim, step, answer), detail=answer.detail)


def record_fault(claim: Claim, step: Step, fault: AwsFault) -> None:
    """Record that AWS failed a call: wait and try again if that can help, else fail."""
    if (fault.retryable or _may_pass(claim, step, fault)) and not _is_too_long(claim, step):
        pause = BACKOFF_SECONDS[min(step.attempts, len(BACKOFF_SECONDS)) - 1]
        _wait(claim, step, fault.message, pause, detail=str(fault))
    else:
        if step.run.is_removal and is_access_denied(fault) and not step.run.steps.filter(did__isnull=False).exists():
            claim.write(is_shut_out=True)
        record_refusal(claim, step, Refused(fault.message, str(fault)))


def record_refusal(claim: Claim, step: Step, refused: Refused) -> None:
    """Record that a step cannot continue until someone acts."""
    _write(
        claim,
        step,
        state=StepState.FAILED,
        attempts=step.attempts,
        reason=refused.message,
        aws_detail=refused.detail,
        retry_at=None,
        finished_at=Now(),
    )


def is_access_denied(fault: AwsFault) -> bool:
    """Return whether the client's account denied a call; a fault of Sluice's own identity closes no account."""
    return fault.kind in {FaultKind.DENIED, FaultKind.ROLE_DENIED} and fault.cause is Cause.CLIENT


def publish_change(run: Run) -> None:
    """Notify the pages that show a run."""
    live.publish(f"run:{run.pk}", "changed")


def _age(claim: Claim, step: Step) -> timedelta:
    now = claim.clock.now()
    return now - (step.started_at or now)


def _is_too_long(claim: Claim, step: Step, patience: timedelta | None = None) -> bool:
    return _age(claim, step) > (patience or LONGEST_WAIT)


def _may_pass(claim: Claim, step: Step, fault: AwsFault) -> bool:
    # "Already exists" can be our own call whose answer was lost and which the SDK repeated; "not found" can be a
    # resource that was created a moment ago and is not known everywhere. Both are tried again once, or for 30 seconds.
    if fault.kind not in {FaultKind.CONFLICT, FaultKind.NOT_FOUND}:
        return may_be_lag(step.run, fault)
    is_young = step.started_at is not None and _age(claim, step) < SETTLING
    return is_young or step.aws_detail != str(fault)


def _seconds(claim: Claim, step: Step, answer: Waiting) -> float:
    if isinstance(answer.retry_in, Pace):
        return answer.retry_in.next_in(_age(claim, step).total_seconds())
    return answer.retry_in


def _wait(claim: Claim, step: Step, reason: Message, seconds: float, detail: str = "", **others: Any) -> None:
    retry_at = claim.clock.now() + timedelta(seconds=seconds)
    fields: dict[str, Any] = {"reason": reason, "aws_detail": detail, "retry_at": retry_at, "attempts": step.attempts}
    _write(claim, step, state=StepState.WAITING, **{**fields, **others})


def _write(claim: Claim, step: Step, *, is_progress: bool = False, **fields: Any) -> None:
    rows = Step.objects.filter(pk=step.pk)
    if is_progress and step.run.crashes:
        with transaction.atomic():
            claim.write(crashes=0)
            rows.update(**fields)
        step.run.crashes = 0
    else:
        claim.update_of_run(rows, **fields)
    for name, value in fields.items():
        if not isinstance(value, Combinable):  # else PostgreSQL knows it, and no decision of this turn needs it
            setattr(step, name, value)
    publish_change(step.run)
