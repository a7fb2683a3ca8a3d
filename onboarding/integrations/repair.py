"""Mending drift: the declaration applied as it was, and what somebody added to the IAM user removed by its name."""

from collections.abc import Iterable

from onboarding.integrations import runs
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.models.states import IntegrationState
from onboarding.service_guards import Actor
from onboarding.spec import integration_spec as specs
from onboarding.spec.remediation import Mend
from portal.messages.errors import validation_error
from portal.messages.message import Message


def repair(*, integration: Integration, actor: Actor, accept_loss: bool = False, mends: Iterable[Mend] = ()) -> Run:
    """Start a run that applies the declaration as it was: it mends what differs and leaves the rest.

    To the IAM user it does what is in `mends`, which a person has seen (`drift.mends_of`), and stops at anything else
    that was added. Where somebody lengthened the retention period, shortening it again needs `accept_loss`, said by a
    person. Raises SpecRefused, and ValidationError for an integration that is not set up.
    """
    if integration.status not in {IntegrationState.LIVE, IntegrationState.ATTENTION} or not integration.spec:
        raise validation_error(Message("integration.not_repairable"))
    spec = specs.from_row(integration.spec)
    return runs.start_run(integration=integration, actor=actor, spec=spec, accept_loss=accept_loss, mends=tuple(mends))
