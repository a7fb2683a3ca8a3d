"""What the vendor can send with: access keys encrypted for it, which it decrypts with its private key, and roles."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from onboarding.credentials.contents import read_key
from portal.aws.credentials import AwsCredentials
from portal.demo.building.role_attempts import Offered
from portal.demo.building.sender import Stream
from portal.demo.building.vendor_api import VendorApi
from portal.demo.cast import DEVICE_STREAM
from portal.openpgp.decrypt import decrypt


@dataclass(frozen=True, slots=True)
class Delivery:
    """An encrypted access key for the vendor, and the stream that it is for."""

    uid: str
    integration_uid: str
    building: str
    stream: Stream


@dataclass(frozen=True, slots=True)
class OpenedKey:
    """A decrypted access key."""

    credentials: AwsCredentials = field(repr=False)


class Pickup:
    """Follows the vendor's feed, and lists the keys anew whenever something happened."""

    def __init__(self, portal: VendorApi) -> None:
        self._portal = portal
        self._is_behind = True

    def changed(self) -> list[Delivery] | None:
        """Return the newest usable key of each integration, or None if nothing changed. Raises PortalUnavailable."""
        news = self._portal.news()
        self._is_behind = self._is_behind or bool(news.events) or not news.is_complete
        if not self._is_behind:
            return None
        found = waiting(self._portal)
        self._is_behind = False
        return found

    def try_again(self) -> None:
        """List the keys at the next call too, because one of them could not be fetched."""
        self._is_behind = True


def waiting(portal: VendorApi) -> list[Delivery]:
    """Return the newest usable key of every integration that is encrypted for the vendor. Raises PortalUnavailable.

    Fabrikam's is excluded: only its own devices send.
    """
    newest: dict[str, Delivery] = {}
    for delivery in map(_delivery, portal.listed()):
        if delivery.stream.name == DEVICE_STREAM:
            continue
        newest.setdefault(delivery.integration_uid, delivery)
    return list(newest.values())


def collect(portal: VendorApi, uid: str, *, private_key: Path) -> OpenedKey:
    """Fetch an encrypted key, which is recorded, and decrypt it.

    Raises OpeningFailed, ValueError for content without a key, and PortalUnavailable, also where it was withdrawn.
    """
    content = decrypt(portal.ciphertext(uid), private_key=private_key.read_text(encoding="utf-8"))
    return OpenedKey(AwsCredentials(*read_key(content)))


def offered(portal: VendorApi) -> list[Offered]:
    """Return the roles that clients' accounts have for the vendor. Raises PortalUnavailable."""
    return [_offered(role) for role in portal.roles()]


def _offered(role: dict[str, Any]) -> Offered:
    return Offered(
        uid=role["id"],
        integration_uid=role["integration"]["id"],
        building=role["tenant"]["name"],
        stream=_stream(role["stream"]),
        role_arn=role["role_arn"],
        external_id=role["external_id"],
        is_wanted=role["is_wanted"],
    )


def _stream(stream: dict[str, Any]) -> Stream:
    return Stream(stream["name"], stream["region"], stream["account_id"] or "")


def _delivery(key: dict[str, Any]) -> Delivery:
    return Delivery(
        uid=key["id"],
        integration_uid=key["integration"]["id"],
        building=key["tenant"]["name"],
        stream=_stream(key["stream"]),
    )
