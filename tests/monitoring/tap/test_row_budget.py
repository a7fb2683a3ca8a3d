from monitoring.tap.row_budget import ROWS_PER_SECOND, RowBudget


def shared(budget: RowBudget, count: int, waiting: int, now: float) -> list[int]:
    found = budget.share(count, waiting, now)
    budget.spend(sum(found))
    return found


def test_few_records_are_listed_with_all_that_is_inside_them() -> None:
    assert RowBudget().share(1, 0, 0.0) == [ROWS_PER_SECOND]
    assert RowBudget().share(10, 0, 0.0) == [50] * 10


def test_of_many_records_an_even_part_is_listed_the_newest_included() -> None:
    found = RowBudget().share(100, 900, 0.0)
    assert sum(found) == 50
    assert found[-1] == 1
    assert [sum(found[start : start + 10]) for start in range(0, 100, 10)] == [5] * 10


def test_each_batch_of_a_long_queue_has_its_part() -> None:
    budget = RowBudget()
    found = [sum(shared(budget, 100, 100 * left, 0.0)) for left in range(99, -1, -1)]
    assert sum(found) == ROWS_PER_SECOND
    assert set(found) == {5}


def test_the_rows_of_a_second_come_back_and_are_never_more() -> None:
    budget = RowBudget()
    assert shared(budget, 100, 0, 100.0) == [5] * 100
    assert sum(shared(budget, 100, 0, 100.0)) == 1
    assert sum(budget.share(100, 0, 100.5)) == 200
    assert budget.share(1, 0, 200.0) == [ROWS_PER_SECOND]
