import pytest

from monitoring.models import HealthState, StreamHealth
from onboarding.models.integration import Integration


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
