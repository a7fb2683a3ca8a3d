"""How much of AWS's daily limits is used: counted by setting, over 24 hours, for one integration."""

from datetime import timedelta

import pytest
from django.utils import timezone

from onboarding.integrations.daily_limits import used_of
from onboarding.models.integration import Integration
from onboarding.models.stream_update import StreamUpdate
from onboarding.spec.daily_usage import NOTHING_USED
from portal.tenancy.models import Tenant

pytestmark = pytest.mark.django_db
MODE, SHARDS = StreamUpdate.Setting.MODE, StreamUpdate.Setting.SHARDS


@pytest.fixture
def integration() -> Integration:
    return Integration.objects.create(tenant=Tenant.objects.create(slug="northwind", name="Northwind"), name="harbour")


def updated(integration: Integration, setting: str, *hours_ago: float) -> None:
    now = timezone.now()
    StreamUpdate.objects.bulk_create(
        StreamUpdate(integration=integration, setting=setting, updated_at=now - timedelta(hours=hours))
        for hours in hours_ago
    )


def test_nothing_was_changed(integration: Integration) -> None:
    assert used_of(integration) == NOTHING_USED


def test_each_setting_counts_for_itself_and_for_a_day(integration: Integration) -> None:
    updated(integration, MODE, 1, 23.9, 24.1, 100)
    updated(integration, SHARDS, 2, 3, 25)
    other = Integration.objects.create(tenant=integration.tenant, name="quay")
    updated(other, SHARDS, 1, 1, 1)
    found = used_of(integration)
    assert (found.mode_switches, found.shard_changes) == (2, 2)


def test_the_next_change_is_possible_a_day_after_the_oldest(integration: Integration) -> None:
    updated(integration, SHARDS, 1, 20, 5)
    oldest = timezone.now() - timedelta(hours=20)
    assert used_of(integration).next_shard_change == f"{oldest + timedelta(hours=24):%d %B, %H:%M} UTC"
    assert used_of(integration).next_mode_switch == ""
