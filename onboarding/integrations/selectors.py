"""Integrations and runs as pages, the admin and the command line read them. Nothing here writes."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from onboarding.models.integration import Integration
from onboarding.models.run import Run, Step
from onboarding.models.states import IntegrationState, RunKind, RunState, StepState
from onboarding.provisioning.claims import ACTIVE
from portal.database_clock import DatabaseClock
from portal.messages.message import Message
from portal.tenancy.models import AuditEvent, Tenant

_ROLE_DENIED = "aws.assume_role_denied"
OVERDUE_AFTER = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as the page shows it. `progress` counts finished steps; `elapsed_seconds` runs until it is over.

    Its times, and `seen_at`, are PostgreSQL's.
    """

    run: Run
    steps: list[Step]
    done: int
    total: int
    elapsed_seconds: int
    is_over: bool
    due_at: datetime | None = None
    seen_at: datetime = field(default_factory=timezone.now)

    @property
    def overdue_at(self) -> datetime | None:
        """Return when the run counts as one that no worker continues."""
        return self.due_at + OVERDUE_AFTER if self.due_at else None

    @property
    def is_overdue(self) -> bool:
        """Return whether no worker continued the run for ten seconds."""
        return self.overdue_at is not None and self.overdue_at <= self.seen_at


def run_view(run: Run) -> RunView:
    """Return a run with its steps and how far it is."""
    steps = list(run.steps.all())
    now = DatabaseClock().now()
    end = run.finished_at or now
    return RunView(
        run=run,
        steps=steps,
        done=sum(step.status.is_over for step in steps),
        total=len(steps),
        elapsed_seconds=int((end - run.created_at).total_seconds()),
        is_over=run.status.is_over,
        due_at=None if run.status.is_over else max(run.due_at, run.lease_until or run.due_at),
        seen_at=now,
    )


def current_run(integration: Integration) -> Run | None:
    """Return the run that is at work, or the newest one; one for another access key belongs to its rotation."""
    rows = integration.runs.exclude(kind=RunKind.ROTATE)
    return rows.filter(state__in=ACTIVE).first() or rows.first()


def integrations_of(tenant: Tenant) -> QuerySet[Integration]:
    """Return a tenant's integrations, drafts included."""
    return tenant.integrations.select_related("connection").order_by("state", "name")


def live_integrations() -> QuerySet[Integration]:
    """Return every integration whose stream is there to be watched."""
    made = Q(state__in=[IntegrationState.LIVE, IntegrationState.ATTENTION])
    made |= Q(state=IntegrationState.SELF_MANAGED, watched_at__isnull=False)
    rows = Integration.objects.filter(made, connection__isnull=False, spec__isnull=False)
    return rows.select_related("connection", "tenant")


def activity(tenant: Tenant) -> QuerySet[AuditEvent]:
    """Return what was done in a tenant, newest first."""
    return AuditEvent.objects.filter(tenant=tenant)


def key_activity(integration: Integration) -> QuerySet[AuditEvent]:
    """Return what was done with the access keys of an integration, newest first."""
    of_it = [integration.uid, *integration.credentials.values_list("uid", flat=True)]
    is_of_key = Q(action__startswith="onboarding:credential:") | Q(action__startswith="provisioning:credential:")
    rows = AuditEvent.objects.filter(is_of_key, tenant=integration.tenant, object_id__in=of_it)
    return rows.order_by("-at", "-pk")


def is_role_denied(run: Run) -> bool:
    """Return whether the run ended because AWS denied its role, so that verifying the role is what helps."""
    return run.state == RunState.FAILED and run.failure is not None and run.failure.code == _ROLE_DENIED


def waits_for(run: Run, step: Step) -> Message | None:
    """Return what a step waits for that was not started when its run failed, or None."""
    if run.state != RunState.FAILED or step.state != StepState.TODO:
        return None
    return Message("waiting.role_access") if is_role_denied(run) else Message("waiting.failed_step")


def waiting_since(step: Step) -> datetime | None:
    """Return since when a step waits, or None."""
    return step.started_at if step.state == StepState.WAITING else None
