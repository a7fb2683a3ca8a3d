"""How the vendor collects the access keys encrypted for it, and decrypts them with its private key."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from onboarding.credentials import download
from onboarding.credentials import selectors as credentials_selectors
from onboarding.credentials.contents import read_key
from onboarding.models.credential import SealedCopy
from onboarding.models.integration import Integration
from portal.aws.credentials import AwsCredentials
from portal.demo.building.sender import Stream
from portal.openpgp.decrypt import decrypt

ACTOR = "the simulated building"


@dataclass(frozen=True, slots=True)
class Delivery:
    """An encrypted access key for the vendor: its stream, and where that stream delivers to."""

    uid: str
    integration_uid: str
    building: str
    stream: Stream
    bucket: str | None
    delivery_stream: str | None
    prefix: str


@dataclass(frozen=True, slots=True)
class OpenedKey:
    """A decrypted access key."""

    credentials: AwsCredentials = field(repr=False)


def waiting() -> list[Delivery]:
    """Return the newest usable key of every integration that is encrypted for the vendor."""
    copies = credentials_selectors.sealed_copies(audience=SealedCopy.Audience.VENDOR).select_related(
        "credential__integration__tenant", "credential__integration__connection"
    )
    newest: dict[int, SealedCopy] = {}
    for copy in copies.order_by("-credential_id"):
        newest.setdefault(copy.credential.integration_id, copy)
    return [_delivery(copy) for copy in newest.values()]


def collect(uid: str, *, private_key: Path) -> OpenedKey:
    """Fetch an encrypted copy, which is recorded, and decrypt it.

    Raises OpeningFailed, ValueError for content without a key, and ValidationError where it was withdrawn meanwhile.
    """
    copy = download.download_copy(copy=SealedCopy.objects.get(uid=uid), actor=ACTOR)
    content = decrypt(copy.ciphertext, private_key=private_key.read_text(encoding="utf-8"))
    return OpenedKey(AwsCredentials(*read_key(content)))


def _delivery(copy: SealedCopy) -> Delivery:
    integration = copy.credential.integration
    deliveries = (integration.spec or {}).get("deliveries") or []
    delivery: dict[str, Any] = next((entry for entry in deliveries if entry["destination"]["kind"] == "s3"), {})
    return Delivery(
        uid=copy.uid,
        integration_uid=integration.uid,
        building=integration.tenant.name,
        stream=Stream(integration.stream_name, integration.region, _account_of(integration)),
        bucket=delivery.get("bucket"),
        delivery_stream=delivery.get("name"),
        prefix=str(delivery.get("prefix", "")).split("!{", maxsplit=1)[0],
    )


def _account_of(integration: Integration) -> str:
    # An integration that has a key has a connection: a constraint of the table.
    return integration.connection.account_id if integration.connection else ""
