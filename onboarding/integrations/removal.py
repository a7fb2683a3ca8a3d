"""The way back: start the run that removes what an integration made, and nothing else."""

from onboarding.integrations import context_factory, hints, inventory
from onboarding.models.integration import Integration
from onboarding.models.run import Run, Step
from onboarding.models.states import IntegrationState, RunKind, ThingState
from onboarding.provisioning import plan_factory
from onboarding.provisioning.claims import ACTIVE
from onboarding.provisioning.removal_workflow import removals_of
from onboarding.row_locks import lock_integration
from onboarding.service_guards import Actor, may_act, record
from onboarding.spec import integration_spec as specs
from portal import deadlocks
from portal.messages.errors import validation_error
from portal.messages.message import Message


@deadlocks.atomic
def start_removal(*, integration: Integration, actor: Actor, delete_data: bool = False, reason: str = "") -> Run:
    """Start removing, or return the removal that is at work already: two clicks make one run.

    With `delete_data` the data stream goes with its records. Raises ValidationError in words while another run is at
    work, and where there is nothing to remove.
    """
    found = lock_integration(integration.pk)
    may_act(found.tenant)
    if running := found.runs.filter(state__in=ACTIVE).first():
        return _same(running)
    _has_something(found)
    run = _write(found, actor, delete_data, reason)
    hints.wake(run.pk)
    integration.refresh_from_db()
    return run


def _same(running: Run) -> Run:
    if running.is_removal:
        return running
    raise validation_error(Message("integration.run_in_progress"))


def _has_something(integration: Integration) -> None:
    if integration.things.exclude(state=ThingState.REMOVED).exists():
        raise validation_error(Message("things.remove_first"))
    if integration.unused_certificates.exists():
        raise validation_error(Message("things.certificates_remain"))
    if integration.state == IntegrationState.DRAFT:
        raise validation_error(Message("integration.not_removable_draft"))
    if integration.is_self_managed:
        raise validation_error(Message("self_managed.remove_with_script"))
    if integration.state == IntegrationState.REMOVED and not inventory.lines(integration):
        raise validation_error(Message("integration.already_removed"))


def _write(integration: Integration, actor: Actor, delete_data: bool, reason: str) -> Run:
    run = Run.objects.create(
        integration=integration,
        kind=RunKind.DESTROY,
        delete_data=delete_data,
        spec=integration.spec,
        requested_by=str(actor),
    )
    plan = plan_factory.plan_for(integration, specs.from_row(integration.spec))
    steps = removals_of(inventory.owned(integration), context_factory.terms_of(run, plan))
    Step.objects.bulk_create(
        Step(run=run, name=kind.name, position=position, title=title)
        for position, (kind, title) in enumerate(steps, start=1)
    )
    # One that is removed already stays so while what was kept is looked at again: its name may be another's by now.
    if integration.state != IntegrationState.REMOVED:
        integration.state, integration.drift_count = IntegrationState.REMOVING, 0
        integration.save(update_fields=["state", "drift_count", "changed_at"])
        integration.drift.all().delete()
    details = {"run": run.pk, "integration": integration.uid, "delete_data": delete_data}
    record("removal:started", integration.tenant, actor, integration.name, about=run, stated_reason=reason, **details)
    return run
