"""The states of a run: started, released, finished, quarantined. Every write is fenced, every change is published."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models.functions import Now

from onboarding import key_mails, vendor_feed
from onboarding.models.credential import Credential
from onboarding.models.integration import Integration
from onboarding.models.run import Run, Step
from onboarding.models.states import CredentialState, IntegrationState, RunKind, RunState, StepState
from onboarding.provisioning import claims, run_notifications
from onboarding.provisioning.answers import Refused
from onboarding.provisioning.claims import Claim
from onboarding.provisioning.context import Context
from onboarding.provisioning.root_causes import with_one_cause
from onboarding.provisioning.step_transitions import AFRESH, BLANK, LONGEST_WAIT, is_access_denied, publish_change
from onboarding.row_locks import lock_integration
from onboarding.spec import integration_spec as specs
from portal.aws.errors import AwsFault
from portal.messages.message import Message
from portal.tenancy import audit

RETRY_SESSION_IN = timedelta(seconds=5)
OUTCOME = {RunKind.APPLY: IntegrationState.LIVE, RunKind.DESTROY: IntegrationState.REMOVED}


def mark_started(claim: Claim, run: Run) -> None:
    """Record when the run began."""
    if run.started_at is None:
        claim.write(started_at=Now())
    publish_change(run)


def reset_unproved_key(claim: Claim, run: Run, context: Context, steps: list[Step]) -> bool:
    """Reset the access key's steps if a key was created and never proved, or has been discarded since.

    The secret of such a key was lost with its worker. If one of the steps failed, no other key is created: the run ends
    when its other steps do. Returns whether a row was changed.
    """
    begun = [step for step in steps if step.state != StepState.TODO]
    if not begun or any(step.state == StepState.FAILED for step in begun):
        return False
    known = context.ledger.credential()
    if known is None and all(step.state == StepState.WAITING for step in begun):
        return False  # it waits to be created
    if (known is None or known.state in {"intent", "sealed"}) and not context.vault.is_holding:
        with transaction.atomic():
            claim.hold()
            Step.objects.filter(pk__in=[step.pk for step in begun]).update(
                **BLANK, state=StepState.TODO, found=None, did=None, finished_at=None
            )
        return True
    return False


def release(claim: Claim, run: Run, due_at: datetime) -> datetime:
    """Release a run that waits, and return when it is due."""
    claims.release(claim, due_at=due_at)
    publish_change(run)
    return due_at


def finish(claim: Claim, run: Run, state: RunState, failure: Message | None = None) -> None:
    """End the run and set the integration's state accordingly."""
    with transaction.atomic():
        lock_integration(run.integration_id)
        claim.hold()
        failure = failure or _first_failure(run)
        claim.write(state=state, finished_at=Now(), lease_until=None, failure=failure, crashes=0)
        _set_outcome(run, state)
        _release_proved_key(run, state)
        _announce_endpoint(run, state)
        audit.record(
            f"provisioning:{'removal' if run.is_removal else 'run'}:{state}",
            tenant=run.integration.tenant,
            actor="provisioning",
            target=run.integration.name,
            about=run,
            details={
                "run": run.pk,
                "integration": run.integration.uid,
                "failure": failure.as_json() if failure else "",
            },
        )
        run_notifications.notify(run, state, failure, ending=claim.fence)
    publish_change(run)


def _set_outcome(run: Run, state: RunState) -> None:
    if run.is_rotation:  # whatever becomes of the new key, the integration stays as it is
        return
    outcome = OUTCOME[RunKind(run.kind)] if state is RunState.DONE else IntegrationState.ATTENTION
    # A removed integration stays removed, however a second removal of what was kept ends.
    rows = Integration.objects.filter(pk=run.integration_id).exclude(state=IntegrationState.REMOVED)
    rows.update(state=outcome)


def _release_proved_key(run: Run, state: RunState) -> None:
    """Make a proved key downloadable, in the transaction that ends its run; where that failed, one to discard."""
    proved = run.integration.credentials.filter(state=CredentialState.PROVED)
    if state is RunState.DONE:
        ready = list(proved)
        proved.update(state=CredentialState.READY, ready_at=Now())
        for credential in ready:
            _announce_key(run, credential)
    else:
        # AWS could not be asked to delete it. As one whose secret was lost, it is deleted by the next run or the sweep.
        proved.update(state=CredentialState.SEALED)


def _announce_key(run: Run, credential: Credential) -> None:
    old = run.rotations.values_list("old__access_key_id", flat=True).first() if run.is_rotation else None
    kind = vendor_feed.Kind.ROTATED if old else vendor_feed.Kind.READY
    facts = {"replaces": old} if old else {}
    vendor_feed.publish(kind, run.integration, credential=credential, **facts)
    key_mails.queue(credential)


def _announce_endpoint(run: Run, state: RunState) -> None:
    """Let the vendor know if the producer is to send to another endpoint than after the run that was done last."""
    if state is not RunState.DONE or run.is_removal or run.is_rotation:
        return
    earlier = Run.objects.filter(integration_id=run.integration_id, kind=RunKind.APPLY, state=RunState.DONE)
    last = earlier.exclude(pk=run.pk).order_by("-pk").first()
    now = specs.from_row(run.spec).stream
    if last and specs.from_row(last.spec).stream.endpoint.profile != now.endpoint.profile:
        url = now.endpoint.url(now.region)
        vendor_feed.publish(vendor_feed.Kind.ENDPOINT_CHANGED, run.integration, endpoint_url=url)


def record_no_context(claim: Claim, run: Run, fault: AwsFault | Refused) -> datetime | None:
    """Wait if no session in the account could be opened, or end the run if that lasts or cannot pass."""
    now = claim.clock.now()
    since = run.shut_out_since or now
    if isinstance(fault, AwsFault) and fault.retryable and now - since < LONGEST_WAIT:
        claim.write(shut_out_since=since)
        _keep_detail(claim, run, fault, StepState.WAITING)
        return release(claim, run, now + RETRY_SESSION_IN)
    if isinstance(fault, AwsFault):
        claim.write(is_shut_out=is_access_denied(fault))
        _keep_detail(claim, run, fault, StepState.TODO)
    finish(claim, run, RunState.FAILED, fault.message)
    return None


def record_context(claim: Claim, run: Run) -> None:
    """Record that a session in the account was opened, so that the next fault of AssumeRole is a first one."""
    if run.shut_out_since is not None:
        claim.write(shut_out_since=None)


def _keep_detail(claim: Claim, run: Run, fault: AwsFault, state: StepState) -> None:
    # The step that is next in line shows what AWS said: no step of its own enters the account.
    with transaction.atomic():
        claim.hold()
        next_step = run.steps.exclude(state__in=[StepState.DONE, StepState.SKIPPED]).first()
        if next_step is not None:
            reason = fault.message if state is StepState.WAITING else None
            fields = {"state": state, "reason": reason, "aws_detail": str(fault), "retry_at": None}
            run.steps.filter(pk=next_step.pk).update(**fields)


def record_role_denied(claim: Claim, run: Run, fault: AwsFault) -> None:
    """End a run whose role AWS denies: that is the one failure, and every unfinished step waits for the role."""
    with transaction.atomic():
        claim.hold()
        unfinished = run.steps.exclude(state__in=[StepState.DONE, StepState.SKIPPED, StepState.FAILED])
        unfinished.update(**AFRESH)
    claim.write(is_shut_out=True)
    finish(claim, run, RunState.FAILED, fault.message)


def quarantine(claim: Claim, run: Run) -> None:
    """End a run whose workers ended again and again without progress."""
    finish(claim, run, RunState.FAILED, Message("run.quarantined", crash_count=claims.MAX_CRASHES))


def _first_failure(run: Run) -> Message | None:
    failed = list(run.steps.filter(state=StepState.FAILED))
    step = failed[0] if failed else None
    if step is None or step.title is None or step.reason is None:
        return None
    if shared := with_one_cause(failed):
        return Message("run.steps_failed", step_count=len(shared), reason=step.reason)
    return Message("run.step_failed", step=step.title, reason=step.reason)
