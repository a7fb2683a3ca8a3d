"""The upload of an access key that its owner created and encrypted to the vendor."""

from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from onboarding import vendor_feed
from onboarding.credentials import vendor_key
from onboarding.integrations import export_files
from onboarding.models.credential import Credential, SealedCopy
from onboarding.models.integration import Integration
from onboarding.models.pgp_key import PgpKey
from onboarding.models.states import CredentialState
from onboarding.self_managed.rows import USABLE, locked, withdraw_keys
from onboarding.service_guards import Actor, record
from portal import deadlocks
from portal.messages.errors import validation_error
from portal.messages.message import Message
from portal.openpgp.encrypted_messages import EncryptedMessage, examine


@sensitive_variables()
@deadlocks.atomic
def upload_key(*, integration: Integration, blob: bytes, actor: Actor) -> Credential:
    """Store an access key that its owner created, as a message that only the vendor can decrypt; return its credential.

    The same message again changes nothing; another message replaces it. Raises MessageRefused for
    anything but a message to the vendor's key (and at most to confirmed keys of the tenant), of which nothing is kept;
    ValidationError for an integration that is not self-managed; Refused where the portal has no vendor's key.
    """
    found = locked(integration)
    if not found.is_self_managed:
        raise validation_error(Message("self_managed.only"))
    vendor = vendor_key.vendor_certificate()
    keys = PgpKey.objects.confirmed().filter(tenant=found.tenant)
    own = list(keys.values_list("encryption_key_id", flat=True))
    message = examine(blob, vendor_key_id=vendor.encryption_key_id, own_key_ids=own)
    kept = found.credentials.filter(state__in=USABLE, copies__sha256=message.sha256).first()
    return kept or _keep(found, message, vendor.fingerprint, vendor.encryption_key_id, actor)


def _keep(
    integration: Integration, message: EncryptedMessage, fingerprint: str, key_id: str, actor: Actor
) -> Credential:
    replaced = withdraw_keys(integration)
    last = integration.credentials.order_by("-attempt").values_list("attempt", flat=True).first() or 0
    now = timezone.now()
    credential = Credential.objects.create(
        integration=integration,
        attempt=last + 1,
        user_name=export_files.user_of(integration),
        state=CredentialState.READY,
        sealed_at=now,
        ready_at=now,
        uploaded_by=str(actor),
    )
    SealedCopy.objects.create(
        credential=credential,
        audience=SealedCopy.Audience.VENDOR,
        fingerprint=fingerprint,
        key_id=key_id,
        ciphertext=message.armored,
        sha256=message.sha256,
        file_name=f"{credential.user_name}-key.json",
    )
    vendor_feed.publish(vendor_feed.Kind.READY, integration, credential=credential)
    details = {"integration": integration.uid, "sha256": message.sha256, "key_ids": list(message.key_ids)}
    record(
        "credential:uploaded",
        integration.tenant,
        actor,
        integration.name,
        about=credential,
        **details,
        replaced=len(replaced),
    )
    return credential
