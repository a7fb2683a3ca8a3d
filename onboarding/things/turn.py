"""One worker's turn on the things of an integration: its claim, a session in the account, and the names."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import transaction
from django.db.models import Case, Value, When

from onboarding.connections.sessions import session_for
from onboarding.iot.device_names import DeviceNames
from onboarding.models.integration import Integration
from onboarding.models.states import ThingState
from onboarding.models.thing import DeviceWork, Thing
from onboarding.provisioning import plan_factory
from onboarding.provisioning.devices_of import devices_of
from onboarding.provisioning.ledger_protocol import FenceLost
from onboarding.rotations.work_claims import WorkClaim
from onboarding.spec import integration_spec as specs
from portal.aws.session import AwsSession


@dataclass
class Turn:
    """What a stage acts with. Every write names the claim's fence, so a worker that lost it writes nothing."""

    claim: WorkClaim
    integration: Integration

    @cached_property
    def aws(self) -> AwsSession:
        """Return a session in the client's account. Raises AwsFault, and Refused without a connection."""
        spec = specs.from_row(self.integration.spec)
        connection = plan_factory.connected(self.integration)
        purpose, fips = f"things-{self.integration.uid}", spec.stream.endpoint.is_fips
        return session_for(connection, spec.stream.region, purpose, fips=fips)

    @cached_property
    def names(self) -> DeviceNames:
        """Return the names of what the things use. Raises ValueError where the spec has no devices."""
        return devices_of(plan_factory.plan_for(self.integration, specs.from_row(self.integration.spec)))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Commit what is written inside, one worker after another, whether or not this one still has the claim."""
        with transaction.atomic():
            list(self.claim.rows.select_for_update(of=("self",), no_key=True))
            yield

    @contextmanager
    def committing(self) -> Iterator[None]:
        """Commit what is written inside, unless another worker has claimed the things: then raise FenceLost."""
        with transaction.atomic():
            rows = self.claim.rows.select_for_update(of=("self",), no_key=True)
            if not rows.filter(fence=self.claim.fence).exists():
                raise FenceLost(f"fence {self.claim.fence}")
            yield

    def write(self, thing: Thing, **fields: Any) -> None:
        """Change a thing's row. A removal that was requested meanwhile stays requested. Raises FenceLost."""
        changed = dict(fields)
        if changed.get("state", ThingState.REMOVED) != ThingState.REMOVED:
            removal = When(state=ThingState.REMOVING, then=Value(ThingState.REMOVING))
            changed["state"] = Case(removal, default=Value(changed["state"]))
        with self.committing():
            Thing.objects.filter(pk=thing.pk).update(**changed)
        for name, value in fields.items():
            setattr(thing, name, value)

    def work(self) -> DeviceWork:
        """Return the row of the work as it is now."""
        found: DeviceWork = self.claim.rows.get()
        return found
