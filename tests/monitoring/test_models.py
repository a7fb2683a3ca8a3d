import pytest

from monitoring.models import HealthState, StreamHealth, state_label
from onboarding.models.integration import Integration
from portal.messages.message import Message


def test_the_worst_state_ranks_first() -> None:
    assert sorted(HealthState, key=lambda state: state.rank) == [
        HealthState.FAILING,
        HealthState.ATTENTION,
        HealthState.UNKNOWN,
        HealthState.HEALTHY,
    ]


@pytest.mark.parametrize("state", HealthState)
def test_a_state_looks_like_its_name(state: HealthState) -> None:
    assert state.look.value == state.value


@pytest.mark.django_db
def test_a_row_without_an_assessment_is_unknown(integration: Integration) -> None:
    row = StreamHealth.objects.create(integration=integration)
    assert (row.status, row.rank) == (HealthState.UNKNOWN, HealthState.UNKNOWN.rank)
    assert str(row) == f"{integration}: No data yet"


@pytest.mark.django_db
def test_health_goes_with_its_integration(integration: Integration) -> None:
    StreamHealth.objects.create(integration=integration)
    integration.delete()
    assert not StreamHealth.objects.exists()


@pytest.mark.parametrize(
    ("message", "label"),
    [
        (None, "No data yet"),
        (Message("stream.no_metrics_yet"), "No data yet"),
        (Message("stream.waiting_for_first_record"), "No data yet"),
        (Message("stream.metrics_forbidden", metric="IncomingRecords"), "Unknown"),
        (Message("stream.no_metrics"), "Unknown"),
    ],
)
def test_only_a_stream_that_is_new_has_no_data_yet(message: Message | None, label: str) -> None:
    assert state_label(HealthState.UNKNOWN, message) == label
    assert state_label(HealthState.HEALTHY, message) == "Healthy"
