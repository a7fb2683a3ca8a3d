import pytest

from monitoring.tap.read_budget import BYTES_PER_SECOND, LEAST_CALLS, MOST_CALLS, USUAL_CALLS, ReadBudget


def after(budget: ReadBudget, reads: int, behind_seconds: float) -> float:
    for _ in range(reads):
        budget.note_read(behind_seconds)
    return budget.calls_per_second


def test_a_reader_in_time_makes_one_call_a_second() -> None:
    assert after(ReadBudget(), 10, 0.0) == USUAL_CALLS


def test_a_reader_behind_makes_up_to_two_and_goes_back_when_it_has_caught_up() -> None:
    budget = ReadBudget()
    assert after(budget, 3, 5.0) == pytest.approx(1.331)
    assert after(budget, 10, 5.0) == MOST_CALLS
    assert after(budget, 1, 0.2) == USUAL_CALLS


def test_each_throttled_read_halves_it_down_to_one_call_in_five_seconds() -> None:
    budget = ReadBudget(calls_per_second=MOST_CALLS)
    found = []
    for _ in range(5):
        budget.note_throttled()
        found.append(budget.calls_per_second)
    assert found == [1.0, 0.5, 0.25, LEAST_CALLS, LEAST_CALLS]


def test_after_a_throttled_read_it_leaves_the_rest_to_others_for_a_while_however_far_behind() -> None:
    budget = ReadBudget()
    budget.note_throttled()
    assert after(budget, 59, 40.0) == USUAL_CALLS
    assert after(budget, 9, 40.0) == MOST_CALLS


def test_bytes_cost_time_at_the_pace_of_the_shard_and_less_of_it_after_throttling() -> None:
    budget = ReadBudget()
    assert budget.pause_after(0) == 1.0
    assert budget.pause_after(BYTES_PER_SECOND) == 1.0
    assert budget.pause_after(5 * BYTES_PER_SECOND) == 5.0
    budget.note_throttled()
    assert budget.pause_after(5 * BYTES_PER_SECOND) == 10.0
