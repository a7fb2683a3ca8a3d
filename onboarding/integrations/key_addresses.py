"""Addresses from which an access key was used and that are not expected: kept, reported to admins, and accepted.

What is kept only grows in time: an answer of AWS that comes late adds what it saw, and replaces nothing newer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse

from onboarding.models.credential import Credential
from onboarding.models.integration import Integration
from onboarding.models.key_address import KeyAddress
from onboarding.models.states import CredentialState
from onboarding.row_locks import lock_integration
from onboarding.service_guards import Actor, may_act, record
from portal import deadlocks
from portal.database_clock import DatabaseClock
from portal.messages.errors import validation_error
from portal.messages.message import Message
from portal.outbox import kinds, outbox
from portal.tenancy import selectors

MOST_ADDRESSES = 50  # of one key and not accepted; who uses a stolen key from more is found all the same
MOST_REASON = 300
# An inactive key cannot be used, and a revoked one does not exist.
USABLE = (CredentialState.READY, CredentialState.IN_USE)


@dataclass(frozen=True, slots=True)
class Sighting:
    """A use of a key from an address that is not expected, as AWS or the vendor's sender reports it."""

    at: datetime
    address: str
    operation: str
    error_code: str = ""
    vpc_endpoint_id: str = ""


def open_addresses(integration: Integration) -> QuerySet[KeyAddress]:
    """Return the addresses of the integration's keys that no one has accepted, the last seen first."""
    rows = KeyAddress.objects.filter(credential__integration=integration, credential__state__in=USABLE)
    return rows.filter(accepted_at__isnull=True).select_related("credential")


@deadlocks.atomic
def keep(
    credential: Credential, sightings: Iterable[Sighting], *, source: KeyAddress.Source, actor: Actor
) -> list[KeyAddress]:
    """Keep the addresses of a key, and return those that were not known; admins are notified of them, once a day.

    Nothing is kept of a key that was revoked meanwhile.
    """
    integration = lock_integration(credential.integration_id)
    if not Credential.objects.filter(pk=credential.pk, state__in=USABLE).exists():
        return []
    known = {row.address: row for row in credential.addresses.filter(source=source)}
    room = MOST_ADDRESSES - credential.addresses.filter(accepted_at__isnull=True).count()
    new: list[KeyAddress] = []
    for sighting in sorted(sightings, key=lambda found: found.at):
        row = known.get(sighting.address)
        if row is None and len(new) < room:
            row = _new(credential, sighting, source, str(actor))
            known[row.address] = row
            new.append(row)
        elif row is not None:
            _extend(row, sighting)
    found = [row for row in new if row.accepted_at is None]
    if found:
        _report(integration, credential, found, actor)
    return found


@deadlocks.atomic
def accept(*, address: KeyAddress, actor: Actor, reason: str) -> KeyAddress:
    """Accept an address as expected, for this and for later keys of the integration. Raises ValidationError."""
    integration = lock_integration(address.credential.integration_id)
    may_act(integration.tenant)
    stated = reason.strip()[:MOST_REASON]
    if not stated:
        raise validation_error(Message("key_address.reason_missing"))
    row = KeyAddress.objects.select_related("credential").get(pk=address.pk)
    if row.accepted_at is None:
        row.accepted_at, row.accepted_by, row.accepted_reason = DatabaseClock().now(), str(actor), stated
        row.save(update_fields=["accepted_at", "accepted_by", "accepted_reason"])
        key = row.credential
        details = {"integration": integration.uid, "address": row.address, "source": row.source}
        target, action = key.access_key_id, "credential:address-accepted"
        record(action, integration.tenant, actor, target, about=key, stated_reason=stated, **details)
    return row


def _new(credential: Credential, sighting: Sighting, source: KeyAddress.Source, reporter: str) -> KeyAddress:
    row = KeyAddress(credential=credential, source=source, address=sighting.address)
    row.first_seen_at = row.last_seen_at = sighting.at
    row.reported_by = reporter if source == KeyAddress.Source.VENDOR else ""
    of_integration = KeyAddress.objects.filter(credential__integration=credential.integration_id)
    earlier = of_integration.filter(address=sighting.address, accepted_at__isnull=False).first()
    if earlier is not None:
        row.accepted_at, row.accepted_by, row.accepted_reason = (
            earlier.accepted_at,
            earlier.accepted_by,
            earlier.accepted_reason,
        )
    _describe(row, sighting)
    row.save()
    return row


def _extend(row: KeyAddress, sighting: Sighting) -> None:
    row.first_seen_at = min(row.first_seen_at, sighting.at)
    if sighting.at >= row.last_seen_at:
        row.last_seen_at = sighting.at
        _describe(row, sighting)
    row.save()


def _describe(row: KeyAddress, sighting: Sighting) -> None:
    row.operation, row.error_code = sighting.operation[:200], sighting.error_code[:128]
    row.vpc_endpoint_id = sighting.vpc_endpoint_id[:64]


def _report(integration: Integration, credential: Credential, found: list[KeyAddress], actor: Actor) -> None:
    tenant, key = integration.tenant, credential.access_key_id
    addresses = [row.address for row in found]
    details = {"integration": integration.uid, "addresses": addresses, "source": found[0].source}
    record("credential:used-elsewhere", tenant, actor, key, about=credential, **details)
    named = {"key": key, "address": addresses[0], "integration": integration.name, "tenant": tenant.name}
    outbox.write(
        kinds.KEY_USED_ELSEWHERE,
        Message("notification.key_used_elsewhere", **named),
        event=f"key-address-{credential.uid}-{DatabaseClock().now():%Y-%m-%d}",
        to=selectors.admins_of(tenant),
        tenant=tenant,
        path=reverse("credentials", kwargs={"slug": tenant.slug, "uid": integration.uid}),
    )
