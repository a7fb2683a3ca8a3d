"""Mending drift: the declaration applied as it was."""

from django.core.exceptions import ValidationError

from onboarding import services
from onboarding import spec as specs
from onboarding.models import Integration, Run
from onboarding.rules import Actor
from onboarding.states import IntegrationState


def repair(*, integration: Integration, actor: Actor, accept_loss: bool = False) -> Run:
    """Start a run that applies the declaration as it was: it mends what differs and leaves the rest.

    Where somebody lengthened the retention period, shortening it again needs `accept_loss`, said by a person.
    Raises SpecRefused, and ValidationError for an integration that is not set up.
    """
    if integration.status not in {IntegrationState.LIVE, IntegrationState.ATTENTION} or not integration.spec:
        raise ValidationError("Only an integration that is set up can be repaired.")
    spec = specs.from_dict(integration.spec)
    return services.start_run(integration=integration, actor=actor, spec=spec, accept_loss=accept_loss)
