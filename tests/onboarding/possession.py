"""A proof of possession as a row: tests of what comes after it need not open a message first."""

from onboarding.models.credential import SealedCopy
from onboarding.models.pgp_key import PgpKey
from onboarding.models.possession import PossessionProof


def prove(key: PgpKey) -> PossessionProof:
    """Someone has opened a message for the key's subkey in use."""
    return PossessionProof.objects.create(pgp_key=key, key_id=key.encryption_key_id, actor="a test")


def proved_recipient(copy: SealedCopy) -> PgpKey:
    """The recipient of a copy, who has opened a message for it."""
    tenant = copy.credential.integration.tenant
    key = PgpKey.objects.create(
        tenant=tenant, fingerprint=copy.fingerprint, user_ids=["Ada"], encryption_key_id=copy.key_id
    )
    prove(key)
    return key
