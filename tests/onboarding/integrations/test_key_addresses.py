"""Unexpected addresses of an access key: kept with first and last time, bounded, reported once a day, and accepted."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from onboarding.integrations import key_addresses
from onboarding.integrations.key_addresses import MOST_ADDRESSES, Sighting
from onboarding.models.credential import Credential
from onboarding.models.key_address import KeyAddress
from portal.outbox.models import OutboxItem
from portal.tenancy.models import AuditEvent, Tenant
from tests.monitoring.conftest import live_integration
from tests.world import person

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
A_MINUTE = timedelta(minutes=1)
CLOUDTRAIL, VENDOR = KeyAddress.Source.CLOUDTRAIL, KeyAddress.Source.VENDOR


@pytest.fixture
def key(clean_redis: str) -> Credential:
    tenant = Tenant.objects.create(slug="northwind", name="Northwind Estates")
    person("ada@northwind.example", tenant)
    integration = live_integration(tenant)
    return Credential.objects.create(
        integration=integration, attempt=1, user_name="u", access_key_id="AKIA0123456789ABCDEF", state="ready"
    )


def seen(address: str, minute: int = 0, operation: str = "kinesis:ListStreams", error: str = "") -> Sighting:
    return Sighting(NOON + minute * A_MINUTE, address, operation, error)


def kept(key: Credential, *sightings: Sighting, source: KeyAddress.Source = CLOUDTRAIL) -> list[KeyAddress]:
    return key_addresses.keep(key, sightings, source=source, actor="connections")


def test_an_address_has_its_first_and_last_time_and_its_last_call(key: Credential) -> None:
    kept(key, seen("8.8.8.8", 5, "iam:ListUsers", "AccessDenied"), seen("8.8.8.8", 2))
    assert kept(key, seen("8.8.8.8", 1, "sts:GetCallerIdentity")) == [], "it is known"
    row = KeyAddress.objects.get()
    assert (row.first_seen_at, row.last_seen_at) == (NOON + A_MINUTE, NOON + 5 * A_MINUTE)
    assert (row.operation, row.error_code) == ("iam:ListUsers", "AccessDenied"), (
        "an answer that is late replaces nothing"
    )


def test_admins_are_notified_once_a_day_and_every_new_address_is_recorded(key: Credential) -> None:
    kept(key, seen("8.8.8.8"))
    kept(key, seen("9.9.9.9"))
    [item] = OutboxItem.objects.filter(kind="access_key_used_elsewhere", channel="bell")
    assert item.message is not None
    assert item.message.params["address"] == "8.8.8.8"
    assert item.path.endswith("/credentials/")
    events = AuditEvent.objects.filter(action="onboarding:credential:used-elsewhere").order_by("pk")
    assert [event.details["addresses"] for event in events] == [["8.8.8.8"], ["9.9.9.9"]]


def test_the_list_is_bounded_and_accepted_addresses_leave_room(key: Credential) -> None:
    many = [seen(f"8.8.{number // 256}.{number % 256}") for number in range(MOST_ADDRESSES + 20)]
    assert len(kept(key, *many)) == MOST_ADDRESSES
    assert kept(key, seen("9.9.9.9")) == []
    key_addresses.accept(address=KeyAddress.objects.first(), actor="ada", reason="our office")
    assert len(kept(key, seen("9.9.9.9"))) == 1


def test_an_address_is_accepted_with_a_reason_for_later_keys_too(key: Credential) -> None:
    [row] = kept(key, seen("8.8.8.8"))
    with pytest.raises(ValidationError):
        key_addresses.accept(address=row, actor="ada", reason="  ")
    key_addresses.accept(address=row, actor="ada", reason="The vendor's office in Oslo")
    assert not key_addresses.open_addresses(key.integration).exists()
    [event] = AuditEvent.objects.filter(action="onboarding:credential:address-accepted")
    assert (event.actor, event.reason, event.details["address"]) == ("ada", "The vendor's office in Oslo", "8.8.8.8")
    later = Credential.objects.create(
        integration=key.integration, attempt=2, user_name="v", access_key_id="AKIA2", state="ready"
    )
    assert kept(later, seen("8.8.8.8")) == []
    assert KeyAddress.objects.get(credential=later).accepted_reason == "The vendor's office in Oslo"
    assert kept(key, seen("8.8.8.8"), source=VENDOR) == []
    others = live_integration(key.integration.tenant, "other")
    theirs = Credential.objects.create(
        integration=others, attempt=1, user_name="w", access_key_id="AKIA3", state="ready"
    )
    assert len(kept(theirs, seen("8.8.8.8"))) == 1, "it is accepted for the integration alone"


@pytest.mark.parametrize("state", ["inactive", "revoked", "rotated"])
def test_nothing_is_kept_of_a_key_that_ended_and_its_addresses_are_no_finding_any_more(
    key: Credential, state: str
) -> None:
    kept(key, seen("8.8.8.8"))
    assert key_addresses.open_addresses(key.integration).count() == 1
    Credential.objects.update(state=state)
    assert kept(key, seen("9.9.9.9")) == []
    assert not key_addresses.open_addresses(key.integration).exists()


def test_a_suspended_tenant_accepts_nothing(key: Credential) -> None:
    [row] = kept(key, seen("8.8.8.8"))
    Tenant.objects.update(is_suspended=True)
    with pytest.raises(ValidationError):
        key_addresses.accept(address=row, actor="ada", reason="our office")
