"""Runs: start, retry and cancel."""

from collections.abc import Sequence

from django.db.models.functions import Now

from onboarding.connections import boundary_check, selectors
from onboarding.credentials.recipients import known_recipients
from onboarding.drafts import codec
from onboarding.integrations import (
    adoption,
    context_factory,
    device_prefixes,
    hints,
    inventory,
    producer_choice,
    update,
)
from onboarding.models.integration import Integration
from onboarding.models.run import Run, Step
from onboarding.models.states import ConnectionState, IntegrationState, RunKind, RunState, StepState, ThingState
from onboarding.provisioning import plan_factory
from onboarding.provisioning.answers import Refused
from onboarding.provisioning.claims import ACTIVE
from onboarding.provisioning.consumer_external_ids import keep_external_ids
from onboarding.provisioning.plan import Plan
from onboarding.provisioning.removal_workflow import removals_of
from onboarding.provisioning.step_transitions import AFRESH
from onboarding.provisioning.workflow import KEY_STEPS, REVOCATION, StepKind, steps_of
from onboarding.row_locks import lock_integration, lock_run
from onboarding.service_guards import Actor, may_act, one_name_at_a_time, record
from onboarding.spec import integration_spec as specs
from onboarding.spec import rules
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.problem import Problem, SpecRefused
from onboarding.spec.remediation import Remediation, RemediationAction
from portal import deadlocks
from portal.messages.message import Message


@deadlocks.atomic
def start_run(
    *,
    integration: Integration,
    actor: Actor,
    spec: IntegrationSpec | None = None,
    accept_loss: bool = False,
    remediations: Sequence[Remediation] = (),
) -> Run:
    """Start carrying a spec out, or return the run that is already at it: two clicks make one run.

    Without `spec` the draft's is taken. A change that loses records needs `accept_loss`, confirmed by a person;
    `remediations` is what a repair does to the IAM user.
    Raises SpecRefused with every problem, before any call to AWS.
    """
    one_name_at_a_time(integration.tenant)
    locked = lock_integration(integration.pk)
    may_act(locked.tenant)
    if running := locked.runs.filter(state__in=ACTIVE).first():
        return _applying(running)
    if locked.is_self_managed:
        raise SpecRefused([Problem("name", Message("integration.self_managed"))])
    if locked.state == IntegrationState.REMOVED:
        raise SpecRefused([Problem("name", Message("integration.was_removed"))])
    wanted = spec or (specs.from_row(locked.spec) if locked.spec else codec.as_spec(locked))
    if wanted.devices is None and locked.things.exclude(state=ThingState.REMOVED).exists():
        raise SpecRefused([Problem("devices", Message("things.remove_first"))])
    if wanted.devices is None and locked.unused_certificates.exists():
        raise SpecRefused([Problem("devices", Message("things.certificates_remain"))])
    run = _new_run(locked, wanted, actor, accept_loss or update.was_accepted(locked, wanted))
    if remediations:
        _agree(run, remediations, actor)
    hints.wake(run.pk)
    integration.refresh_from_db()
    return run


def _agree(run: Run, remediations: Sequence[Remediation], actor: Actor) -> None:
    run.remediations = [remediation.as_dict() for remediation in remediations]
    run.save(update_fields=["remediations"])
    if any(remediation.action is RemediationAction.REVOKE_KEY for remediation in remediations):
        # Before every other step, so that a step that fails does not keep the key alive.
        Step.objects.create(run=run, name=REVOCATION.name, position=0, title=Message("step.revoke_access_key"))
    details = {
        "run": run.pk,
        "integration": run.integration.uid,
        "does": [remediation.message.as_json() for remediation in remediations],
    }
    record("repair:agreed", run.integration.tenant, actor, run.integration.name, about=run, **details)


@deadlocks.atomic
def start_key_run(*, integration: Integration, actor: Actor) -> Run:
    """Start a run that creates another access key beside the one that there is, from the spec as it is.

    Raises SpecRefused while another run is at work, if the role cannot be used, and if a recipient cannot receive.
    """
    locked = lock_integration(integration.pk)
    if locked.runs.filter(state__in=ACTIVE).exists():
        raise SpecRefused([Problem("name", Message("integration.run_in_progress"))])
    spec, connection = specs.from_row(locked.spec), plan_factory.connected(locked)
    if connection.state != ConnectionState.VERIFIED:
        raise SpecRefused([Problem("connection", Message("connection.not_verified", connection=connection.name))])
    plan = _plan_with_recipients(locked, spec, encrypts=True)
    run = Run.objects.create(integration=locked, kind=RunKind.ROTATE, spec=spec.as_dict(), requested_by=str(actor))
    _write_steps(run, [(kind, kind.title(plan)) for kind in steps_of(plan) if kind.name in KEY_STEPS])
    record("run:started", locked.tenant, actor, locked.name, about=run, run=run.pk, integration=locked.uid)
    hints.wake(run.pk)
    return run


def _applying(running: Run) -> Run:
    if running.is_rotation:
        raise SpecRefused([Problem("name", Message("integration.run_in_progress"))])
    if running.is_removal:
        raise SpecRefused([Problem("name", Message("integration.being_removed"))])
    return running


def _new_run(integration: Integration, spec: IntegrationSpec, actor: Actor, accept_loss: bool) -> Run:
    connection = selectors.connection_of(integration.tenant, spec)
    problems = rules.check(spec, name_prefix=connection.name_prefix, account_id=connection.account_id)
    problems += update.refusals(integration, spec) + _name_taken(integration, spec)
    problems += [] if accept_loss else update.losses(integration, spec)
    problems += (
        boundary_check.problems(spec, connection)
        + producer_choice.problems(spec)
        + adoption.problems(integration, spec, connection)
        + device_prefixes.problems(integration, spec, connection)
    )
    if spec.stream.makes_key and connection.has_grant and not connection.allow_keys:
        message = Message("connection.keys_not_allowed", connection=connection.name)
        problems.append(Problem("stream.kms_key", message))
    if not connection.has_grant:
        problems.append(Problem("connection", Message("connection.set_up_yourself", connection=connection.name)))
    elif connection.state != ConnectionState.VERIFIED:
        problems.append(Problem("connection", Message("connection.not_verified", connection=connection.name)))
    if problems:
        raise SpecRefused(problems)
    producer_choice.announce(integration, specs.from_row(integration.spec) if integration.spec else None, spec)
    integration.connection, integration.spec, integration.name = connection, spec.as_dict(), spec.name
    if integration.state == IntegrationState.DRAFT or integration.state == IntegrationState.ATTENTION:
        integration.state = IntegrationState.PROVISIONING
    integration.draft.pop(update.OPEN, None)
    integration.save(update_fields=["connection", "spec", "name", "state", "draft", "changed_at"])
    integration.recipients.set(integration.tenant.pgp_keys.filter(fingerprint__in=spec.recipients))
    keep_external_ids(integration, [role.name for role in spec.consumer_roles])
    # A repair that revokes the key does so whatever becomes of the next one: the step that creates that is refused.
    plan = _plan_with_recipients(integration, spec, encrypts=update.creates_key(integration, spec))
    return _write_run(integration, spec, plan, actor, accept_loss)


def _write_run(integration: Integration, spec: IntegrationSpec, plan: Plan, actor: Actor, accept_loss: bool) -> Run:
    run = Run.objects.create(
        integration=integration, spec=spec.as_dict(), requested_by=str(actor), accept_loss=accept_loss
    )
    steps = [(kind, kind.title(plan)) for kind in steps_of(plan)]
    steps += removals_of(inventory.unwanted(integration, plan.retired), context_factory.terms_of(run, plan))
    _write_steps(run, steps)
    details = {"run": run.pk, "integration": integration.uid, **({"accept_loss": True} if accept_loss else {})}
    record("run:started", integration.tenant, actor, integration.name, about=run, **details)
    return run


def _plan_with_recipients(integration: Integration, spec: IntegrationSpec, *, encrypts: bool) -> Plan:
    recipients, cannot_encrypt = known_recipients(integration, spec)
    if encrypts and cannot_encrypt is not None:
        raise SpecRefused([Problem("recipients", cannot_encrypt)])
    try:
        return plan_factory.plan_of_run(integration, spec, recipients)
    except Refused as refused:
        raise SpecRefused([Problem("recipients", refused.message)]) from refused


def _write_steps(run: Run, steps: Sequence[tuple[StepKind, Message]]) -> None:
    Step.objects.bulk_create(
        Step(run=run, name=kind.name, position=position, title=title)
        for position, (kind, title) in enumerate(steps, start=1)
    )


def _name_taken(integration: Integration, spec: IntegrationSpec) -> list[Problem]:
    others = Integration.objects.filter(tenant=integration.tenant, name=spec.name).exclude(pk=integration.pk)
    if others.exclude(state__in=[IntegrationState.DRAFT, IntegrationState.REMOVED]).exists():
        return [Problem("name", Message("integration.name_taken", name=spec.name))]
    return []


_ANEW = {
    "state": RunState.PENDING,
    "failure": None,
    "cancel_requested": False,
    "due_at": Now(),
    "started_at": None,
    "finished_at": None,
    "shut_out_since": None,
    "crashes": 0,
    "is_shut_out": False,
}


@deadlocks.atomic
def retry_run(*, run: Run, actor: Actor) -> Run:
    """Go on from where a run stopped, with every timer anew; a run that goes on already is left alone.

    So is one that was to create another access key: another rotation is requested instead.
    """
    locked = lock_run(run.pk)
    may_act(locked.integration.tenant)
    if locked.is_rotation or locked.state not in {RunState.FAILED, RunState.CANCELLED} or _is_superseded(locked):
        return locked
    locked.steps.exclude(state__in=[StepState.DONE, StepState.SKIPPED]).update(**AFRESH)
    Run.objects.filter(pk=locked.pk).update(**_ANEW)
    locked.refresh_from_db(fields=list(_ANEW))
    state = IntegrationState.REMOVING if locked.is_removal else IntegrationState.PROVISIONING
    rows = Integration.objects.filter(pk=locked.integration_id).exclude(state=IntegrationState.REMOVED)
    rows.update(state=state)
    record("run:retried", locked.integration.tenant, actor, locked.integration.name, about=locked, run=locked.pk)
    hints.wake(locked.pk)
    return locked


@deadlocks.atomic
def cancel_run(*, run: Run, actor: Actor) -> Run:
    """Stop a run before its next step. What it has made stays and is listed; an unproven key is removed."""
    locked = lock_run(run.pk)
    may_act(locked.integration.tenant)
    if RunState(locked.state).is_over:
        return locked
    Run.objects.filter(pk=locked.pk).update(cancel_requested=True, due_at=Now())
    locked.refresh_from_db(fields=["cancel_requested", "due_at"])
    record(
        "run:cancel-requested", locked.integration.tenant, actor, locked.integration.name, about=locked, run=locked.pk
    )
    hints.wake(locked.pk)
    return locked


def _is_superseded(run: Run) -> bool:
    later = Run.objects.filter(integration=run.integration_id, pk__gt=run.pk)
    return later.exclude(kind=RunKind.ROTATE).exists()
