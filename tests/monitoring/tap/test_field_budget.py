"""How many records a second the fields are noted of."""

from monitoring.tap.field_budget import SAMPLES_PER_SECOND, FieldBudget


def test_at_most_so_many_a_second_whatever_arrives() -> None:
    budget = FieldBudget()
    taken = [len(budget.places(100, 1_000 + number / 100)) for number in range(1_000)]
    assert sum(taken) <= 11 * SAMPLES_PER_SECOND


def test_few_records_are_all_sampled() -> None:
    budget = FieldBudget()
    assert [budget.places(3, 1_000.0 + second) for second in range(3)] == [[0, 1, 2]] * 3


def test_places_are_chosen_at_random() -> None:
    chosen = {place for _ in range(200) for place in FieldBudget().places(100, 1_000.0)}
    assert len(chosen) > 50
