from datetime import timedelta

import pytest

from monitoring import state_history
from monitoring.models import HealthState, StateChange, StreamHealth, lifetime
from onboarding.models.integration import Integration
from portal.messages.message import Message
from tests.monitoring.conftest import NOW, live_integration

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
RECEIVING, SILENT = Message("stream.receiving", records_per_second=3), Message("stream.silent", silent_seconds=600)


def check(integration: Integration, state: HealthState, message: Message, at=NOW) -> bool:
    """One collection, as the collector stores it."""
    before = state_history.known_of(StreamHealth.objects.filter(integration=integration).first())
    fields = {"state": state, "message": message, "checked_at": at}
    health, _ = StreamHealth.objects.update_or_create(integration=integration, defaults=fields)
    return state_history.note(before, health, now=at)


def states(integration: Integration) -> list[tuple[str, str]]:
    return [(past.status.value, past.lasted) for past in state_history.newest(integration.pk)]


def test_only_another_state_or_reason_is_a_change(integration: Integration) -> None:
    assert check(integration, HealthState.HEALTHY, RECEIVING)
    assert not check(integration, HealthState.HEALTHY, Message("stream.receiving", records_per_second=9), NOW + MINUTE)
    assert check(integration, HealthState.FAILING, SILENT, NOW + 2 * MINUTE)
    other = Message("stream.writes_rejected")
    assert check(integration, HealthState.FAILING, other, NOW + 3 * MINUTE), "another reason for the same state"
    assert states(integration) == [("failing", ""), ("failing", "60 s"), ("healthy", "2 minutes")]


def test_time_without_a_check_was_unknown(integration: Integration) -> None:
    check(integration, HealthState.HEALTHY, RECEIVING)
    later = NOW + timedelta(hours=5)
    assert check(integration, HealthState.HEALTHY, RECEIVING, later)
    newest, unknown, first = state_history.newest(integration.pk)
    assert (first.ended_at, unknown.at, unknown.ended_at, newest.at) == (unknown.at, NOW + lifetime(), later, later)
    assert (unknown.status, unknown.message) == (HealthState.UNKNOWN, Message("stream.not_checked"))


def test_a_history_is_bounded_in_time_and_number(integration: Integration, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state_history, "MAX_KEPT", 4)
    for minute in range(8):
        state, message = ((HealthState.HEALTHY, RECEIVING), (HealthState.FAILING, SILENT))[minute % 2]
        check(integration, state, message, NOW + minute * MINUTE)
    assert [row.at for row in StateChange.objects.all()] == [NOW + minute * MINUTE for minute in (7, 6, 5, 4)]
    check(integration, HealthState.HEALTHY, RECEIVING, NOW + state_history.KEPT + 7 * MINUTE)
    assert StateChange.objects.count() == 3, "the newest, the time without a check, and the row before it"


def test_another_streams_history_is_left_alone(integration: Integration) -> None:
    other = live_integration(integration.tenant, "sluice-other")
    check(other, HealthState.FAILING, SILENT, NOW - timedelta(days=400))
    check(integration, HealthState.HEALTHY, RECEIVING)
    assert states(other) == [("failing", "")]
    assert states(integration) == [("healthy", "")]


def test_before_the_first_check_there_is_no_history(integration: Integration) -> None:
    assert state_history.newest(integration.pk) == []
