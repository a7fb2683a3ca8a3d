"""Another setting of the vendor's networks: which producers accept records from the earlier ones, and their update.

Each integration is updated by a run of its own spec, so that everything that holds for runs holds here: fair shares of
the workers between tenants, repetition after a crash, and a page that shows the run.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from onboarding.integrations import runs
from onboarding.models.integration import Integration
from onboarding.models.resource import Resource
from onboarding.models.states import IntegrationState, ResourceState
from onboarding.provisioning.claims import ACTIVE
from onboarding.provisioning.steps import producer_policy, producer_role
from onboarding.provisioning.steps.producer_networks import NETWORKS
from onboarding.service_guards import Actor
from onboarding.spec.problem import SpecRefused
from portal import database_scope
from portal.tenancy.models import Tenant

log = logging.getLogger(__name__)
_KINDS = (producer_policy.KIND, producer_role.KIND)
_STATES = (IntegrationState.LIVE, IntegrationState.ATTENTION, IntegrationState.PROVISIONING)


@dataclass(frozen=True, slots=True)
class Progress:
    """How many integrations of a tenant accept records from the vendor's present networks, and how many not yet.

    Of those, `running` have a run at work, `failed` one that failed. A suspended tenant is not updated.
    """

    tenant: Tenant
    current: int
    outdated: int
    running: int
    failed: int


def progress(slug: str = "") -> list[Progress]:
    """Return the progress of each tenant that has integrations, or of the one with this slug, by name."""
    tenants = Tenant.objects.filter(integrations__state__in=_STATES).distinct().order_by("name")
    return [_progress(tenant) for tenant in (tenants.filter(slug=slug) if slug else tenants)]


def start(*, actor: Actor, slug: str = "") -> int:
    """Start a run for each outdated integration, tenant by tenant; return how many were started.

    One whose run is at work, or that cannot be run now, stays outdated: start again.
    """
    return sum(_start(tenant, actor) for tenant in _updated_tenants(slug))


def outdated(tenant: Tenant) -> QuerySet[Integration]:
    """Return a tenant's integrations whose producer accepts records from other networks than the vendor has now."""
    written = Resource.objects.filter(kind__in=_KINDS).exclude(state=ResourceState.REMOVED)
    known = f"notes__{NETWORKS}"
    stale = written.filter(**{f"{known}__isnull": False}).exclude(**{known: _present()})
    if any(_present()):  # what was written before there was the setting accepts records from any network
        stale = stale | written.filter(**{f"{known}__isnull": True})
    rows = Integration.objects.filter(tenant=tenant, state__in=_STATES, resources__in=stale)
    return rows.select_related("tenant", "connection").distinct()


def _present() -> list[list[str]]:
    return [list(settings.SLUICE_VENDOR_NETWORKS), list(settings.SLUICE_VENDOR_VPC_NETWORKS)]


def _updated_tenants(slug: str) -> Iterator[Tenant]:
    tenants = Tenant.objects.filter(is_suspended=False, integrations__state__in=_STATES).distinct().order_by("name")
    yield from tenants.filter(slug=slug) if slug else tenants


def _start(tenant: Tenant, actor: Actor) -> int:
    with database_scope.of_tenant(tenant.pk):
        return sum(_started(integration, actor) for integration in outdated(tenant).exclude(runs__state__in=ACTIVE))


def _started(integration: Integration, actor: Actor) -> bool:
    try:
        runs.start_run(integration=integration, actor=actor)
    except (SpecRefused, ValidationError) as refused:
        log.warning("networks.not_started integration=%s reason=%s", integration.uid, refused)
        return False
    return True


def _progress(tenant: Tenant) -> Progress:
    whole = Integration.objects.filter(tenant=tenant, state__in=_STATES).count()
    rows = list(outdated(tenant))
    running = Integration.objects.filter(pk__in=[row.pk for row in rows], runs__state__in=ACTIVE).distinct().count()
    failed = sum(row.state == IntegrationState.ATTENTION for row in rows)
    return Progress(tenant, whole - len(rows), len(rows), running, failed)
