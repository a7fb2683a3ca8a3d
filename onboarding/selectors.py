"""What pages, the admin and the command line read. Nothing here writes."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from onboarding import drafts, opening
from onboarding import spec as specs
from onboarding.deliveries import Delivery
from onboarding.models import Connection, Credential, Integration, Run, SealedCopy, Step
from onboarding.opening import session_for
from onboarding.provisioning.claims import ACTIVE
from onboarding.provisioning.context import Plan
from onboarding.provisioning.steps import firehose_role
from onboarding.spec import IntegrationSpec, StreamSpec
from onboarding.states import CredentialState, IntegrationState, StepState
from portal.aws import policies
from portal.tenancy.models import AuditEvent, Tenant

__all__ = [
    "PlanView",
    "PolicyView",
    "ResourceView",
    "RunView",
    "activity",
    "current_run",
    "integrations_of",
    "live_integrations",
    "plan_of",
    "ready_credential",
    "run_view",
    "sealed_copies",
    "session_for",
]


@dataclass(frozen=True, slots=True)
class ResourceView:
    """One resource that a plan makes: what it is, its name and ARN, and how it is made."""

    kind: str
    name: str
    arn: str
    how: str


@dataclass(frozen=True, slots=True)
class PolicyView:
    """A policy in words and as its document."""

    title: str
    sentences: list[str]
    document: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan as people read it before they say yes."""

    spec: IntegrationSpec
    account_id: str
    tags: dict[str, str]
    resources: list[ResourceView]
    policies: list[PolicyView]


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as the page shows it. `progress` counts finished steps; `elapsed_seconds` runs until it is over."""

    run: Run
    steps: list[Step]
    done: int
    total: int
    elapsed_seconds: int
    is_over: bool


def plan_of(integration: Integration, spec: IntegrationSpec | None = None, *, with_recipients: bool = True) -> PlanView:
    """Return what a spec (by default the integration's own) would make. Raises SpecRefused, Refused."""
    wanted = spec or (specs.from_dict(integration.spec) if integration.spec else drafts.as_spec(integration))
    connection = drafts.connection_of(integration.tenant, wanted)
    seals = with_recipients and connection.has_grant
    plan = opening.plan_for(integration, wanted, with_recipients=seals, connection=connection)
    return PlanView(wanted, plan.account_id, plan.tags, _resources(plan), _policies(_foreseen(plan)))


def run_view(run: Run) -> RunView:
    """Return a run with its steps and how far it is."""
    steps = list(run.steps.all())
    end = run.finished_at or timezone.now()
    return RunView(
        run=run,
        steps=steps,
        done=sum(step.status.is_over for step in steps),
        total=len(steps),
        elapsed_seconds=int((end - run.created_at).total_seconds()),
        is_over=run.status.is_over,
    )


def current_run(integration: Integration) -> Run | None:
    """Return the run that is at work, or the newest one."""
    return integration.runs.filter(state__in=ACTIVE).first() or integration.runs.first()


def ready_credential(integration: Integration) -> Credential | None:
    """Return the newest credential that may be handed out, with its copies and receipts."""
    copies = Prefetch("copies", SealedCopy.objects.prefetch_related("fetches").order_by("audience", "pk"))
    rows = integration.credentials.filter(state__in=[CredentialState.READY, CredentialState.IN_USE])
    return rows.prefetch_related(copies).first()


def sealed_copies(*, audience: str | None = None, tenant: Tenant | None = None) -> QuerySet[SealedCopy]:
    """Return the sealed copies that may be handed out, newest first."""
    rows = SealedCopy.objects.filter(credential__state__in=[CredentialState.READY, CredentialState.IN_USE])
    if audience:
        rows = rows.filter(audience=audience)
    if tenant:
        rows = rows.filter(credential__integration__tenant=tenant)
    return rows.select_related("credential__integration__tenant", "credential__integration__connection").order_by("-pk")


def integrations_of(tenant: Tenant) -> QuerySet[Integration]:
    """Return a tenant's integrations, drafts included."""
    return tenant.integrations.select_related("connection").order_by("state", "name")


def live_integrations() -> QuerySet[Integration]:
    """Return every integration whose stream is there to be watched."""
    made = Q(state__in=[IntegrationState.LIVE, IntegrationState.ATTENTION])
    made |= Q(state=IntegrationState.SELF_RUN, watched_at__isnull=False)
    rows = Integration.objects.filter(made, connection__isnull=False, spec__isnull=False)
    return rows.select_related("connection", "tenant")


def activity(tenant: Tenant) -> QuerySet[AuditEvent]:
    """Return what was done in a tenant, newest first."""
    return AuditEvent.objects.filter(tenant=tenant)


def waiting_since(step: Step) -> datetime | None:
    """Return since when a step waits, or None."""
    return step.started_at if step.state == StepState.WAITING else None


def connections_of(tenant: Tenant) -> QuerySet[Connection]:
    """Return a tenant's connections."""
    return tenant.connections.order_by("name")


def _resources(plan: Plan) -> list[ResourceView]:
    stream = plan.spec.stream
    size = "on demand" if stream.mode == "ON_DEMAND" else f"{stream.shards} shard{'s' if stream.shards != 1 else ''}"
    size += f", kept for {stream.retention_hours} h"
    adopted = "yours, adopted and never deleted: " if stream.adopt else ""
    user = plan.user_name(0).rsplit("-", 1)[0]
    listed = [
        ResourceView("Data stream", stream.name, plan.stream_arn, adopted + size),
        *_new_key(plan),
        ResourceView("IAM policy", plan.producer_policy_name, plan.producer_policy_arn, _put_how(stream)),
        ResourceView("IAM user", f"{user}-…", "", "one access key; the name ends in the attempt's number"),
    ]
    for bucket, is_new in plan.spec.buckets.items():
        how = "new: private, encrypted, TLS only" if is_new else "yours; left as it is"
        listed.append(ResourceView("S3 bucket", bucket, plan.bucket_arn(bucket), how))
    return [*listed, *(line for delivery in plan.spec.deliveries for line in _of_delivery(plan, delivery))]


def _put_how(stream: StreamSpec) -> str:
    through = stream.endpoint.demanded
    return f"put records, only through {through}, nothing else" if through else "put records, nothing else"


def _new_key(plan: Plan) -> list[ResourceView]:
    if not plan.spec.stream.makes_key:
        return []
    return [
        ResourceView("KMS key", plan.key_alias, plan.made_key(), "renews itself every year; your account governs it")
    ]


def _foreseen(plan: Plan) -> Plan:
    """Return a plan whose policies can be shown before the key that they name is made."""
    if not plan.spec.stream.makes_key or plan.key_arn:
        return plan
    place = f"{plan.partition}:kms:{plan.spec.stream.region}:{plan.account_id}"
    return replace(plan, made_key=lambda: f"arn:{place}:key/THE-NEW-KEY")


def _of_delivery(plan: Plan, delivery: Delivery) -> list[ResourceView]:
    role, into = plan.firehose_role_name(delivery), delivery.destination.where(delivery)
    how = f"into {into}, every {delivery.buffering_seconds} s"
    return [
        ResourceView("Log group", delivery.log_group, plan.log_group_arn(delivery), "delivery errors"),
        ResourceView("IAM role", role, plan.firehose_role_arn(delivery), "for Firehose alone"),
        ResourceView("Firehose stream", delivery.name, plan.firehose_arn(delivery), how),
    ]


def _policies(plan: Plan) -> list[PolicyView]:
    producer = plan.producer_policy()
    views = [PolicyView("The producer's policy", policies.in_words(producer), producer)]
    if plan.spec.stream.makes_key:
        document = policies.stream_key(plan.account_id, plan.portal_role_arn, plan.spec.stream.region, plan.partition)
        views.append(PolicyView("The new key's policy", policies.in_words(document), document))
    for delivery in plan.spec.deliveries:
        role = firehose_role.document(plan, delivery)
        title = "Firehose's role" if len(plan.spec.deliveries) == 1 else f"The role of Firehose {delivery.name}"
        views.append(PolicyView(title, policies.in_words(role), role))
    return views
