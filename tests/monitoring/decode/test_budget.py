import time

import pytest

from monitoring.decode.budget import MAX_BYTES, MAX_RECORDS, MAX_SECONDS, MAX_VALUES, Budget, BudgetExceeded


def exceeded(action) -> str:
    with pytest.raises(BudgetExceeded) as caught:
        action()
    return caught.value.message.code


def test_bytes_are_counted_to_the_last_one() -> None:
    budget = Budget()
    budget.spend(MAX_BYTES)
    assert exceeded(lambda: budget.spend(1)) == "decode.unpacks_too_far"


def test_values_are_counted_to_the_last_one() -> None:
    budget = Budget(values_left=2)
    budget.count_value()
    budget.count_value()
    assert exceeded(budget.count_value) == "decode.too_many_values"
    assert Budget().values_left == MAX_VALUES


def test_the_time_is_checked_while_values_are_counted() -> None:
    budget = Budget(until=time.thread_time() - 1)

    def count_many() -> None:
        for _ in range(1_000):
            budget.count_value()

    assert exceeded(count_many) == "decode.timeout"


def test_time_is_what_the_thread_computes_not_what_it_waits() -> None:
    budget = Budget()
    time.sleep(MAX_SECONDS + 0.05)
    budget.check_time()
    budget.until = time.thread_time() - 0.001
    assert exceeded(budget.check_time) == "decode.timeout"


def test_records_beyond_the_limit_are_omitted_and_counted() -> None:
    budget = Budget()
    assert budget.take_records(MAX_RECORDS - 1) == MAX_RECORDS - 1
    assert budget.take_records(5) == 1
    assert budget.take_records(3) == 0
    assert budget.omitted == 4 + 3
