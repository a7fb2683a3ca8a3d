"""Creates a thing, stage by stage; each can be repeated after a crash.

1. The private key is created and encrypted in the encrypting process. What leaves it is committed: the copies, and the
   certificate request. Until then, AWS knows nothing.
2. The thing is created. The intent to ask for a certificate is committed, then the certificate is created: inactive,
   and allowed to do nothing. An answer that was lost is found again by its public key (lost_certificates.py).
3. Policy and thing are attached, and the certificate becomes active. Its private key was encrypted before it existed.
"""

import hashlib
from collections.abc import Sequence

from django.db.models.functions import Coalesce, Now

from onboarding.credentials.sealer_client import Created, Sealer
from onboarding.credentials.sealer_client import Recipient as SealingRecipient
from onboarding.credentials.vault import CREATIONS
from onboarding.iot.thing_rules import OWNER
from onboarding.models.states import ThingState
from onboarding.models.thing import Thing, ThingKeyCopy
from onboarding.provisioning.ledger_protocol import FenceLost
from onboarding.things import removal, unused_certificates
from onboarding.things.turn import Turn
from portal.aws import iot_certificates, iot_things
from portal.aws.iot_certificates import DeviceCertificate
from portal.messages.message import Message
from portal.openpgp.encrypt import SealingFailed
from portal.tenancy import audit


def seal_key(turn: Turn, thing: Thing) -> None:
    """Create and encrypt the thing's private key; commit its copies. Raises SealingFailed, FenceLost."""
    recipients = _recipients(turn, thing)
    region = turn.integration.region
    with CREATIONS.taken(), Sealer.start(region=region) as sealer:
        created = sealer.create("device_key", {"thing_name": thing.name}, recipients)
    with turn.committing():
        _keep_copies(thing, recipients, created)
        public = created.public
        turn.write(thing, state=ThingState.SEALED, request=public["request"], public_key=public["public_key"])


def _recipients(turn: Turn, thing: Thing) -> list[SealingRecipient]:
    keys = turn.integration.tenant.pgp_keys.filter(fingerprint__in=thing.recipients, confirmed_at__isnull=False)
    found = {key.fingerprint: key for key in keys if not key.is_disabled}
    if set(found) != set(thing.recipients):
        raise SealingFailed(Message("things.recipient_unusable"))
    return [SealingRecipient(key, found[key].certificate) for key in thing.recipients]


def _keep_copies(thing: Thing, recipients: Sequence[SealingRecipient], created: Created) -> None:
    for recipient, copy in zip(recipients, created.copies, strict=True):
        text = copy.ciphertext
        digest = hashlib.sha256(text.encode()).hexdigest()
        ThingKeyCopy.objects.create(thing=thing, fingerprint=recipient.fingerprint, ciphertext=text, sha256=digest)


def certify(turn: Turn, thing: Thing) -> None:
    """Create the thing and its certificate, which can do nothing yet. Raises AwsFault, FenceLost."""
    source = turn.names.source
    turn.claim.renew()
    attributes = {**thing.attributes, OWNER: turn.integration.uid}
    iot_things.create_thing(turn.aws, thing.name, type_name=source.thing_type, attributes=attributes)
    iot_things.add_to_group(turn.aws, thing.name, source.thing_group)
    try:
        _intend_certificate(turn, thing)
    except FenceLost:
        # Another worker removed the thing meanwhile, and this one created it again.
        if not turn.integration.things.exclude(state=ThingState.REMOVED).filter(name=thing.name).exists():
            removal.delete_thing(turn, thing)
        raise
    turn.claim.renew()
    found = iot_certificates.create_certificate(turn.aws, thing.request)
    try:
        keep_certificate(turn, thing, found)
    except FenceLost:
        unused_certificates.note(turn, found.certificate_id, thing.name)  # another worker creates its own
        raise


def _intend_certificate(turn: Turn, thing: Thing) -> None:
    with turn.committing():
        turn.claim.rows.update(search_from=Coalesce("search_from", Now()))
        Thing.objects.filter(pk=thing.pk).update(certificate_intended_at=Now())


def keep_certificate(turn: Turn, thing: Thing, found: DeviceCertificate) -> None:
    """Commit which certificate a thing has. Raises FenceLost."""
    turn.write(
        thing,
        state=ThingState.CERTIFIED,
        certificate_id=found.certificate_id,
        certificate_arn=found.arn,
        certificate_pem=found.pem,
    )


def activate(turn: Turn, thing: Thing) -> None:
    """Attach policy and thing to the certificate, and activate it. Raises AwsFault, FenceLost."""
    iot_certificates.attach_policy(turn.aws, turn.names.policy_name, thing.certificate_arn)
    iot_things.attach_certificate(turn.aws, thing.name, thing.certificate_arn)
    turn.claim.renew()
    iot_certificates.set_status(turn.aws, thing.certificate_id, iot_certificates.ACTIVE)
    turn.write(thing, state=ThingState.READY, ready_at=Now(), problem=None)
    tenant = turn.integration.tenant
    details: dict[str, object] = {"integration": turn.integration.uid, "certificate": thing.certificate_id}
    audit.record("provisioning:thing:ready", tenant=tenant, actor="provisioning", target=thing.name, details=details)
