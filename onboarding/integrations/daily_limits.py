"""How much of AWS's daily limits an integration's runs have used."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models.functions import Now

from onboarding.models.integration import Integration
from onboarding.models.stream_update import StreamUpdate
from onboarding.spec.daily_usage import DailyUsage

_DAY = timedelta(hours=24)


def used_of(integration: Integration) -> DailyUsage:
    """Return how often runs changed the capacity mode and the shard count of the stream in the last 24 hours."""
    recent = integration.stream_updates.filter(updated_at__gt=Now() - _DAY)
    modes, shards = ([row.updated_at for row in recent.filter(setting=setting)] for setting in StreamUpdate.Setting)
    return DailyUsage(len(modes), len(shards), _allowed_again(modes), _allowed_again(shards))


def _allowed_again(times: Sequence[datetime]) -> str:
    return f"{min(times) + _DAY:%d %B, %H:%M} UTC" if times else ""
