"""Each situation in fast time: the building's metrics lead to the status and the alert that it promises, and back."""

from typing import Any

import pytest

from monitoring.alerts.rules import BY_KIND
from monitoring.models import HealthState
from onboarding.models.integration import Integration
from portal.aws.session import AwsSession
from portal.demo.building.situations import EXPECTED, Situation
from portal.messages.catalogue import text_of
from tests.monitoring.collection.test_collector import account
from tests.monitoring.conftest import NOW, admin, aws, integration, northwind
from tests.portal.demo.replay import NAME, Replay

__all__ = ["account", "admin", "aws", "integration", "northwind"]
pytestmark = [pytest.mark.django_db, pytest.mark.audit]

LEADS_TO = {
    Situation.HOT_SHARD: ("failing", {"stream.shard_writes_throttled"}, "writes_throttled"),
    Situation.BURST: ("attention", {"stream.near_write_limit", "stream.shard_near_write_limit"}, "write_usage"),
    Situation.SILENCE: ("failing", {"stream.silent", "stream.silent_unchecked"}, "silence"),
    Situation.BROKEN_DELIVERY: ("failing", {"stream.delivery_failing"}, "delivery_failing"),
    Situation.STOPPED_CONSUMER: ("attention", {"stream.consumer_behind"}, "iterator_age"),
}
USUAL_MINUTES, MOST_MINUTES = 8, 40


@pytest.fixture
def replay(account: AwsSession, integration: Integration, settings: Any, clean_redis: str) -> Replay:
    settings.SLUICE_METRIC_DELAY_SECONDS = 15  # as in the demo
    started = Replay(integration, account, NOW.replace(second=0))
    for _ in range(USUAL_MINUTES):
        started.minute()
    assert started.status[0] == "healthy"
    assert started.alerts == {}
    return started


def minutes_until(replay: Replay, is_so: Any) -> int:
    for minute in range(1, MOST_MINUTES):
        replay.minute()
        if is_so():
            return minute
    raise AssertionError(f"{replay.status}, {replay.alerts}")


@pytest.mark.parametrize("situation", EXPECTED)
def test_a_situation_leads_to_its_status_and_alert_and_ends_with_normal(replay: Replay, situation: Situation) -> None:
    state, codes, kind = LEADS_TO[situation]
    expected = EXPECTED[situation]
    assert text_of(BY_KIND[kind].title(NAME)) == f"{expected.alert}: {NAME}"
    assert expected.status.startswith(f"{HealthState(state).label}: ")
    replay.switch(situation)
    until_status = minutes_until(replay, lambda: replay.status[0] == state and replay.status[1] in codes)
    until_alert = 0 if replay.alerts else minutes_until(replay, lambda: replay.alerts)
    assert replay.alerts == {kind: "open"}, "this alert, and no other"
    assert (replay.status[0], replay.status[1] in codes) == (state, True)
    assert replay.write_usage <= 1, "no shard accepts more than its limit"
    replay.switch(Situation.NORMAL)
    until_closed = minutes_until(replay, lambda: "open" not in replay.alerts.values())
    assert (replay.alerts, replay.status[0]) == ({kind: "closed"}, "healthy")
    found = (until_status, until_status + until_alert, until_closed)
    promised = (expected.status_minutes, expected.alert_minutes, expected.closes_minutes)
    # A reader waits for so long and no longer; a second or two decide whether the last minute is needed.
    assert all(0 <= most - taken <= 2 for most, taken in zip(promised, found, strict=True)), found
