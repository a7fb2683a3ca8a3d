import pytest

from monitoring.health.consumer_rules import consumer_behind, reads_throttled
from monitoring.health.inputs import HealthInputs

HOUR = 3600


@pytest.mark.parametrize(
    ("age", "retention_hours", "state"),
    [
        (None, 24, None),
        (0.0, 24, None),
        (599.9, 24, None),
        (600.0, 24, "attention"),
        (12 * HOUR, 24, "attention"),
        (12 * HOUR + 1, 24, "failing"),
        (13 * HOUR, 48, "attention"),
        (25 * HOUR, 48, "failing"),
    ],
)
def test_a_consumer_is_failing_when_half_of_the_retention_period_is_gone(
    age: float | None, retention_hours: int, state: str | None
) -> None:
    found = consumer_behind(HealthInputs(iterator_age_seconds=age, retention_hours=retention_hours))
    assert (found.state if found else None) == state


@pytest.mark.parametrize(
    ("most", "previous", "code"),
    [
        (3600, "stream.consumer_behind", "stream.consumer_age_hidden"),
        (3600, "stream.consumer_age_hidden", "stream.consumer_age_hidden"),
        (3600, "stream.receiving", None),
        (60, "stream.consumer_behind", None),
        (None, "stream.consumer_behind", None),
    ],
)
def test_sluices_own_reading_makes_no_consumer_late_and_hides_none(
    most: float | None, previous: str, code: str | None
) -> None:
    found = consumer_behind(HealthInputs(iterator_age_at_most_seconds=most, previous=previous))
    assert (found.message.code if found else None) == code


@pytest.mark.parametrize("count", [None, 0, 0.0])
def test_reads_that_were_not_throttled_are_no_problem(count: float | None) -> None:
    assert reads_throttled(HealthInputs(throttled_reads=count)) is None


def test_throttled_reads_are_counted_whole() -> None:
    found = reads_throttled(HealthInputs(throttled_reads=3.0))
    assert found is not None
    assert (found.state, found.message.params["read_count"]) == ("attention", 3)
