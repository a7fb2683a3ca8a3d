"""Moves of an integration from an access key to a role, and back, without a gap.

A run creates the new producer beside the old one. When the vendor's sender reported that it sends the new way, another
run of the same spec removes the old one. The sweep starts that run where the report could not.
"""

import logging

from django.core.exceptions import ValidationError
from django.db.models import Q

from onboarding.integrations import inventory, runs
from onboarding.models.integration import Integration
from onboarding.models.resource import Resource
from onboarding.models.run import Run
from onboarding.models.states import IntegrationState, ProducerRoleState, ResourceState
from onboarding.provisioning import plan_factory
from onboarding.provisioning.claims import ACTIVE
from onboarding.provisioning.steps import producer_role
from onboarding.service_guards import Actor
from onboarding.spec import integration_spec as specs
from onboarding.spec.problem import SpecRefused

log = logging.getLogger(__name__)
SWEEPER = "provisioning"


def finish(integration: Integration, *, actor: Actor) -> Run | None:
    """Start the run that removes a producer which the vendor no longer uses; None where there is none, or not now."""
    if integration.state != IntegrationState.LIVE or integration.runs.filter(state__in=ACTIVE).exists():
        return None
    if not has_unused_producer(integration):
        return None
    try:
        return runs.start_run(integration=integration, actor=actor)
    except (SpecRefused, ValidationError) as refused:  # such as a suspended tenant: the sweep tries again
        log.info("producer.not_removed integration=%s reason=%s", integration.uid, refused)
        return None


def has_unused_producer(integration: Integration) -> bool:
    """Return whether a producer exists in AWS that the vendor no longer uses."""
    retired = plan_factory.retired_producer(integration, specs.from_row(integration.spec))
    return bool(retired) and bool(inventory.unused_producer(integration, retired))


def moving() -> list[int]:
    """Return the keys of the integrations in which a report may have started nothing, such as during another run.

    Also those in which a role is left whose removal began and did not end.
    """
    rows = Integration.objects.filter(state=IntegrationState.LIVE, tenant__is_suspended=False)
    left = Resource.objects.filter(kind=producer_role.KIND, kept__isnull=True).exclude(state=ResourceState.REMOVED)
    rows = rows.filter(
        Q(producer_roles__state__in=[ProducerRoleState.IN_USE, ProducerRoleState.READY])
        | Q(producer_roles__state=ProducerRoleState.RETIRED, pk__in=left.values("integration"))
    )
    return list(rows.exclude(runs__state__in=ACTIVE).distinct().values_list("pk", flat=True))


def after_run(run_id: int) -> None:
    """Start what a report during this run could not start."""
    for integration in Integration.objects.filter(runs__pk=run_id, producer_roles__isnull=False).distinct():
        finish(integration, actor=SWEEPER)
