"""What is wrong with an integration's access keys, each finding with the one act against it.

A finding is worked out from what was seen: nothing of it is stored, and it ends with its cause or with the key.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby

from onboarding.integrations import key_addresses
from onboarding.models.credential import Credential
from onboarding.models.integration import Integration
from onboarding.models.key_address import KeyAddress
from onboarding.models.states import Look
from onboarding.spec.remediation import RemediationAction
from portal.database_clock import DatabaseClock
from portal.messages.catalogue import text_of
from portal.messages.message import Message


class FindingKind(StrEnum):
    """What was found."""

    QUARANTINED = "quarantined"
    USED_ELSEWHERE = "used_elsewhere"
    UNUSED = "unused"


_TITLES = {
    FindingKind.QUARANTINED: Message("key_finding.quarantined_title"),
    FindingKind.USED_ELSEWHERE: Message("key_finding.used_elsewhere_title"),
    FindingKind.UNUSED: Message("key_finding.unused_title"),
}


@dataclass(frozen=True, slots=True)
class KeyFinding:
    """A finding about an access key: what, since when, and the addresses that it is about."""

    kind: FindingKind
    credential: Credential
    what: Message
    since: datetime
    addresses: tuple[KeyAddress, ...] = ()

    @property
    def title(self) -> str:
        """Return the heading of the finding."""
        return text_of(_TITLES[self.kind])

    @property
    def look(self) -> Look:
        """Return how serious it is."""
        return Look.FAILING if self.means_compromised else Look.ATTENTION

    @property
    def means_compromised(self) -> bool:
        """Return whether someone else may have the key: then it is revoked and rotated in one act."""
        return self.kind is not FindingKind.UNUSED


def findings_of(integration: Integration) -> list[KeyFinding]:
    """Return the findings about the integration's access keys, the most serious first."""
    return [*_quarantined(integration), *_used_elsewhere(integration), *_unused(integration)]


def _quarantined(integration: Integration) -> Iterator[KeyFinding]:
    usable = {row.access_key_id: row for row in _usable(integration)}
    for row in integration.drift.filter(what__code="drift.quarantine"):
        for repair in row.repairs:
            if repair.action is RemediationAction.REVOKE_KEY and repair.name in usable:
                what = Message("key_finding.quarantined", key=repair.name)
                yield KeyFinding(FindingKind.QUARANTINED, usable[repair.name], what, row.found_at)


def _used_elsewhere(integration: Integration) -> Iterator[KeyFinding]:
    rows = key_addresses.open_addresses(integration).order_by("-credential", "-last_seen_at", "-pk")
    for _, found in groupby(rows, key=lambda row: row.credential_id):
        addresses = tuple(found)
        key = addresses[0].credential
        named = {"key": key.access_key_id, "address": addresses[0].address}
        what = Message("key_finding.used_elsewhere", **named)
        if (count := len({row.address for row in addresses})) > 1:
            what = Message("key_finding.used_from_several", count=count, **named)
        since = min(row.first_seen_at for row in addresses)
        yield KeyFinding(FindingKind.USED_ELSEWHERE, key, what, since, addresses)


def _unused(integration: Integration) -> Iterator[KeyFinding]:
    now = DatabaseClock().now()
    for row in _usable(integration):
        days = row.unused_days(now)
        if days is not None and row.ready_at is not None:
            what = Message("key_finding.never_used", key=row.access_key_id, days=days)
            if row.last_used_at:
                what = Message("key_finding.unused", key=row.access_key_id, days=days)
            yield KeyFinding(FindingKind.UNUSED, row, what, row.last_used_at or row.ready_at)


def _usable(integration: Integration) -> list[Credential]:
    return list(integration.credentials.filter(state__in=key_addresses.USABLE, uploaded_by=""))
