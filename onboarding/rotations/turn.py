"""One worker's turn on a rotation or a revocation: its claim, the row, and a session in the client's account."""

from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from onboarding.connections.sessions import session_for
from onboarding.models.credential import Credential
from onboarding.models.integration import Integration
from onboarding.models.resource import Resource
from onboarding.models.revocation import Revocation
from onboarding.models.rotation import Rotation
from onboarding.models.states import ResourceState
from onboarding.provisioning.plan import USER_KIND
from onboarding.provisioning.plan_factory import connected
from onboarding.rotations.work_claims import WorkClaim
from onboarding.spec.endpoint import wants_fips
from portal.aws.session import AwsSession
from portal.tenancy import audit

Work = TypeVar("Work", Rotation, Revocation)


@dataclass
class Turn(Generic[Work]):
    """What a stage acts with."""

    claim: WorkClaim
    work: Work

    @property
    def integration(self) -> Integration:
        """Return the integration whose access key it is."""
        return self.work.integration

    @cached_property
    def aws(self) -> AwsSession:
        """Return a session in the client's account. Raises AwsFault, and Refused without a connection."""
        integration = self.integration
        fips, purpose = wants_fips(integration.spec), f"access-key-{integration.uid}"
        return session_for(connected(integration), integration.region, purpose, fips=fips)

    def record(self, action: str, credential: Credential, **details: object) -> None:
        """Leave an audit event of what happened to an access key."""
        audit.record(
            f"provisioning:credential:{action}",
            tenant=self.integration.tenant,
            actor="provisioning",
            target=credential.access_key_id,
            about=credential,
            details={"integration": self.integration.uid, "user_name": credential.user_name, **details},
        )


def note_user_deleted(credential: Credential) -> None:
    """Note in the inventory that the credential's user is gone."""
    rows = Resource.objects.filter(integration=credential.integration_id, kind=USER_KIND, name=credential.user_name)
    rows.update(state=ResourceState.REMOVED, kept=None)
