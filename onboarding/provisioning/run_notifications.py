"""Who is notified when a run is over: everyone that an integration is ready, admins that its setup stopped."""

from django.urls import reverse

from onboarding.models.run import Run
from onboarding.models.states import RunKind, RunState
from portal.messages.message import Message
from portal.outbox import kinds, outbox
from portal.tenancy import selectors


def notify(run: Run, state: RunState, failure: Message | None, *, ending: int) -> None:
    """Write what people are notified of into the outbox, in the transaction that ends the run.

    `ending` counts the endings of a run that is retried. An integration becomes ready once; later runs that change or
    repair it end without a notification, as does one that a person cancelled.
    """
    if run.is_removal or run.is_rotation:
        return
    if state is RunState.DONE:
        _notify_ready(run)
    elif state is RunState.FAILED:
        _notify_failed(run, failure, ending)


def _notify_ready(run: Run) -> None:
    integration, tenant = run.integration, run.integration.tenant
    if _was_ready_before(run):
        return
    outbox.write(
        kinds.INTEGRATION_READY,
        Message("notification.ready", integration=integration.name, tenant=tenant.name),
        event=f"integration-{integration.uid}",
        to=selectors.people_of(tenant),
        tenant=tenant,
        path=reverse("integration", kwargs={"slug": tenant.slug, "uid": integration.uid}),
    )


def _was_ready_before(run: Run) -> bool:
    # The row of the outbox is deleted some day, and someone who joined later has none.
    done = run.integration.runs.filter(state=RunState.DONE).exclude(kind=RunKind.DESTROY)
    return done.exclude(pk=run.pk).exists()


def _notify_failed(run: Run, failure: Message | None, ending: int) -> None:
    tenant = run.integration.tenant
    named = {"integration": run.integration.name, "tenant": tenant.name}
    outbox.write(
        kinds.SETUP_FAILED,
        Message("notification.setup_failed_because", reason=failure, **named)
        if failure
        else Message("notification.setup_failed", **named),
        event=f"run-{run.pk}-{ending}",
        to=selectors.admins_of(tenant),
        tenant=tenant,
        path=reverse("run", kwargs={"slug": tenant.slug, "pk": run.pk}),
    )
