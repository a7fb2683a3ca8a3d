"""Mending drift: the declaration applied as it was, and what somebody added to the IAM user removed by its name."""

from collections.abc import Iterable

from onboarding.integrations import runs
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.models.states import IntegrationState
from onboarding.service_guards import Actor
from onboarding.spec import integration_spec as specs
from onboarding.spec.remediation import Remediation
from portal.messages.errors import validation_error
from portal.messages.message import Message


def repair(
    *, integration: Integration, actor: Actor, accept_loss: bool = False, remediations: Iterable[Remediation] = ()
) -> Run:
    """Start a run that applies the unchanged spec: it repairs what differs and changes nothing else.

    To the IAM user it makes the `remediations`, which a person has seen (`drift.remediations_of`), and stops at
    anything else that was added. If someone lengthened the retention period, shortening it again needs `accept_loss`,
    confirmed by a person. Raises SpecRefused, and ValidationError for an integration that is not set up.
    """
    if integration.state not in {IntegrationState.LIVE, IntegrationState.ATTENTION} or not integration.spec:
        raise validation_error(Message("integration.not_repairable"))
    spec = specs.from_row(integration.spec)
    return runs.start_run(
        integration=integration, actor=actor, spec=spec, accept_loss=accept_loss, remediations=tuple(remediations)
    )
