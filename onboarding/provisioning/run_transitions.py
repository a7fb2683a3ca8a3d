"""What a run's rows say after each thing that happened; every write is fenced, every change is told to the page."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from onboarding.models.integration import Integration
from onboarding.models.run import Run, Step
from onboarding.models.states import IntegrationState, RunKind, RunState, StepState
from onboarding.provisioning import claims
from onboarding.provisioning.claims import Claim
from onboarding.provisioning.context import Context, Done, Refused, Waiting
from onboarding.provisioning.polling import Pace
from portal import live
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.messages.catalogue import advice_of, explanation_of, text_of
from portal.messages.message import Cause
from portal.tenancy import audit

LONGEST_WAIT = timedelta(minutes=10)
SETTLING = timedelta(seconds=30)
BACKOFF_SECONDS = (1, 2, 4, 8, 15, 30)
BLANK = {"reason": "", "todo": "", "aws_detail": "", "retry_at": None}
OUTCOME = {RunKind.APPLY: IntegrationState.LIVE, RunKind.DESTROY: IntegrationState.REMOVED}


def started(claim: Claim, run: Run) -> None:
    """Note when the run began."""
    if run.started_at is None:
        claim.write(started_at=timezone.now())
    _tell(run)


def begun(claim: Claim, step: Step) -> None:
    """Note that a step is being applied."""
    _write(
        claim,
        step,
        state=StepState.RUNNING,
        attempts=F("attempts") + 1,
        started_at=step.started_at or timezone.now(),
    )
    step.started_at = step.started_at or timezone.now()


def answered(claim: Claim, step: Step, answer: Done | Waiting, *, is_for_good: bool = True) -> None:
    """Note that a step is done, or what it waits for.

    What is done for good is progress, after which the crashes before it count no more. The key's steps may begin again.
    """
    if isinstance(answer, Done):
        _write(
            claim,
            step,
            is_progress=is_for_good,
            **BLANK,
            state=StepState.DONE,
            found=answer.found[:300],
            did=answer.did,
            arn=answer.arn,
            finished_at=timezone.now(),
        )
    elif _is_too_long(step):
        stuck = Refused(
            f"It has waited ten minutes. {answer.reason}",
            "Look at the resource in the AWS console; when it is as it should be, try again.",
        )
        refused(claim, step, stuck)
    else:
        _wait(claim, step, answer.reason, _seconds(step, answer))


def faulted(claim: Claim, step: Step, fault: AwsFault) -> None:
    """Note that AWS failed a call: wait and try again where that can help, else fail in words."""
    if (fault.retryable or _may_settle(step, fault)) and not _is_too_long(step):
        step.refresh_from_db(fields=["attempts"])
        pause = BACKOFF_SECONDS[min(step.attempts, len(BACKOFF_SECONDS)) - 1]
        _wait(claim, step, text_of(fault.message), pause, detail=str(fault))
    else:
        if step.run.is_removal and _is_refusal(fault) and not step.run.steps.exclude(did="").exists():
            claim.write(is_shut_out=True)
        refused(claim, step, Refused(text_of(fault.message), advice_of(fault.message), str(fault)))


def refused(claim: Claim, step: Step, why: Refused) -> None:
    """Note that a step cannot go on until somebody does something."""
    _write(
        claim,
        step,
        state=StepState.FAILED,
        reason=why.what,
        todo=why.todo,
        aws_detail=why.detail,
        retry_at=None,
        finished_at=timezone.now(),
    )


def forget_unproven(claim: Claim, run: Run, context: Context, names: tuple[str, ...]) -> None:
    """Begin the key's steps again where a key was made and never proved, or has been discarded since.

    The secret of such a key died with its worker.
    """
    known = context.ledger.credential()
    if (known is None or known.state in {"intent", "sealed"}) and not context.vault.is_holding:
        with transaction.atomic():
            claim.hold()
            run.steps.filter(name__in=names).exclude(state=StepState.FAILED).update(
                **BLANK, state=StepState.TODO, found="", did="", finished_at=None
            )


def let_go(claim: Claim, run: Run, due_at: datetime) -> datetime:
    """Release a run that waits, and return when it is due."""
    claims.release(claim, due_at=due_at)
    _tell(run)
    return due_at


def over(claim: Claim, run: Run, state: RunState, failure: str = "") -> None:
    """End the run and say on the integration how that leaves it."""
    with transaction.atomic():
        claim.hold()
        why = failure or _first_reason(run)
        claim.write(state=state, finished_at=timezone.now(), lease_until=None, failure=why, crashes=0)
        outcome = OUTCOME[RunKind(run.kind)] if state is RunState.DONE else IntegrationState.ATTENTION
        # What is removed stays so, however a second look at what was kept ends.
        rows = Integration.objects.filter(pk=run.integration_id).exclude(state=IntegrationState.REMOVED)
        rows.update(state=outcome)
        audit.record(
            f"provisioning:{'removal' if run.is_removal else 'run'}:{state}",
            tenant=run.integration.tenant,
            actor="provisioning",
            target=run.integration.name,
            details={"run": run.pk, "integration": run.integration.uid, "failure": why},
        )
    _tell(run)


def not_opened(claim: Claim, run: Run, fault: AwsFault | Refused) -> datetime | None:
    """Wait, or end the run, where the account itself could not be entered."""
    age = timezone.now() - (run.started_at or timezone.now())
    if isinstance(fault, AwsFault) and fault.retryable and age < LONGEST_WAIT:
        return let_go(claim, run, timezone.now() + timedelta(seconds=5))
    if isinstance(fault, Refused):
        over(claim, run, RunState.FAILED, f"{fault.what} {fault.todo}")
    else:
        claim.write(is_shut_out=_is_refusal(fault))
        over(claim, run, RunState.FAILED, explanation_of(fault.message))
    return None


def parked(claim: Claim, run: Run) -> None:
    """End a run whose workers died again and again without progress."""
    over(
        claim,
        run,
        RunState.FAILED,
        f"The worker ended {claims.MOST_CRASHES} times while working on this. That is on our side: "
        "support has to look at the worker's log before it is tried again.",
    )


def _first_reason(run: Run) -> str:
    step = run.steps.filter(state=StepState.FAILED).first()
    return f"{step.title}: {step.reason}" if step else ""


def _is_too_long(step: Step) -> bool:
    return step.started_at is not None and timezone.now() - step.started_at > LONGEST_WAIT


def _may_settle(step: Step, fault: AwsFault) -> bool:
    # "Exists already" can be our own call whose answer was lost and which the SDK repeated; "does not exist" can be
    # what was made a moment ago and is not known everywhere. Either is looked at again, once more or for half a minute.
    if fault.kind not in {FaultKind.CONFLICT, FaultKind.NOT_FOUND}:
        return False
    is_young = step.started_at is not None and timezone.now() - step.started_at < SETTLING
    return is_young or step.aws_detail != str(fault)


def _is_refusal(fault: AwsFault) -> bool:
    # Where our own identity is at fault, the account is not closed to anybody.
    return fault.kind is FaultKind.DENIED and fault.cause is Cause.CLIENT


def _seconds(step: Step, answer: Waiting) -> float:
    if isinstance(answer.retry_in, Pace):
        now = timezone.now()
        return answer.retry_in.next_in((now - (step.started_at or now)).total_seconds())
    return answer.retry_in


def _wait(claim: Claim, step: Step, reason: str, seconds: float, detail: str = "") -> None:
    retry_at = timezone.now() + timedelta(seconds=seconds)
    _write(claim, step, state=StepState.WAITING, reason=reason, todo="", aws_detail=detail, retry_at=retry_at)


def _write(claim: Claim, step: Step, *, is_progress: bool = False, **fields: Any) -> None:
    with transaction.atomic():
        if is_progress:
            claim.write(crashes=0)
        else:
            claim.hold()
        Step.objects.filter(pk=step.pk).update(**fields)
    _tell(step.run)


def _tell(run: Run) -> None:
    live.publish(f"run:{run.pk}", "changed")
