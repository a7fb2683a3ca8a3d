"""Admins are notified of a key that expires 30, 7 and 1 day before, each once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from onboarding.models.pgp_key import PgpKey
from onboarding.tasks import notify_of_expiring_keys
from portal.outbox.models import OutboxItem
from portal.tenancy.models import Tenant, TenantRole
from tests.world import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]


@pytest.fixture
def key() -> PgpKey:
    tenant = Tenant.objects.create(slug="north", name="North")
    person("ada@north.example", tenant)
    person("vic@north.example", tenant, TenantRole.VIEWER)
    return PgpKey.objects.create(
        tenant=tenant, fingerprint="A" * 40, user_ids=["Ada"], confirmed_at=timezone.now(), algorithm="Cv25519"
    )


def at(key: PgpKey, days: float) -> int:
    """Let the key expire in so many days, and return how many notifications there are after two checks."""
    PgpKey.objects.update(expires_at=timezone.now() + timedelta(days=days))
    for _ in range(2):
        notify_of_expiring_keys()
    return OutboxItem.objects.count()


def test_each_of_the_three_days_is_reported_once(key: PgpKey, monkeypatch: pytest.MonkeyPatch) -> None:
    expires_at = timezone.now() + timedelta(days=31)
    PgpKey.objects.update(expires_at=expires_at)
    found = []
    for left in (31, 29.9, 20, 7, 6.9, 2, 1, 0.5, -1):
        moment = expires_at - timedelta(days=left)
        monkeypatch.setattr("portal.database_clock._read", lambda moment=moment: moment)
        for _ in range(2):
            notify_of_expiring_keys()
        found.append(OutboxItem.objects.count())
    assert found == [0, 1, 1, 2, 2, 2, 3, 3, 3]
    assert {item.recipient.email for item in OutboxItem.objects.all()} == {"ada@north.example"}
    assert f"expires on {expires_at.day} {expires_at:%B %Y}" in OutboxItem.objects.first().subject


def test_a_key_that_is_added_late_is_reported_once(key: PgpKey) -> None:
    assert at(key, 3) == 1


def test_an_extended_key_is_reported_again_in_its_time(key: PgpKey) -> None:
    assert at(key, 3) == 1
    assert at(key, 400) == 1
    assert at(key, 29) == 2


@pytest.mark.parametrize(
    "fields",
    [{"confirmed_at": None}, {"disabled_at": timezone.now()}, {"removed_at": timezone.now()}, {"expires_at": None}],
    ids=lambda fields: next(iter(fields)),
)
def test_what_receives_nothing_is_not_reported(key: PgpKey, fields: dict[str, object]) -> None:
    PgpKey.objects.update(**{"expires_at": timezone.now() + timedelta(days=3), **fields})
    notify_of_expiring_keys()
    assert not OutboxItem.objects.exists()


def test_a_suspended_tenant_is_left_alone(key: PgpKey) -> None:
    Tenant.objects.update(is_suspended=True)
    assert at(key, 3) == 0
