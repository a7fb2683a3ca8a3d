"""Encrypted access keys of a tenant, as rows: who may fetch them is asked in tests, not how they come to be."""

from onboarding.models.connection import Connection
from onboarding.models.credential import Credential, SealedCopy
from onboarding.models.integration import Integration
from onboarding.models.states import CredentialState
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.stream_spec import StreamSpec
from portal.tenancy.models import Tenant


def integration_of(tenant: Tenant, name: str = "harbour") -> Integration:
    connection, _ = Connection.objects.get_or_create(tenant=tenant, name="production", account_id="111122223333")
    spec = IntegrationSpec(name, connection.uid, StreamSpec(name=f"sluice-{name}", region="eu-west-1"))
    return Integration.objects.create(tenant=tenant, connection=connection, name=name, spec=spec.as_dict())


def key(
    integration: Integration,
    audience: str = SealedCopy.Audience.VENDOR,
    state: str = CredentialState.READY,
    attempt: int = 1,
    ciphertext: str = "",
) -> SealedCopy:
    credential, _ = Credential.objects.get_or_create(
        integration=integration,
        attempt=attempt,
        defaults={"user_name": "sluice-u", "access_key_id": f"AKIA{attempt}", "state": state},
    )
    return SealedCopy.objects.create(
        credential=credential,
        audience=audience,
        fingerprint=audience.upper(),
        ciphertext=ciphertext or f"for {audience}",
        sha256="0",
    )
