import time

import pytest

from monitoring.decode.budget import (
    LEAST_BYTES,
    MAX_BYTES,
    MAX_RECORD_BYTES,
    MAX_RECORDS,
    MAX_SECONDS,
    MAX_VALUES,
    Budget,
    BudgetExceeded,
    budget_for,
)


def exceeded(action) -> str:
    with pytest.raises(BudgetExceeded) as caught:
        action()
    return caught.value.message.code


def overdue() -> Budget:
    budget = Budget(until=time.thread_time() - 1)
    budget.clock_until = time.monotonic() - 1
    return budget


def test_bytes_are_counted_to_the_last_one() -> None:
    budget = Budget()
    budget.spend(LEAST_BYTES)
    assert exceeded(lambda: budget.spend(1)) == "decode.unpacks_too_far"


def test_values_are_counted_to_the_last_one() -> None:
    budget = Budget(values_left=2)
    budget.count_value()
    budget.count_value()
    assert exceeded(budget.count_value) == "decode.too_many_values"
    assert Budget().values_left == MAX_VALUES


def test_the_time_is_checked_while_values_are_counted() -> None:
    budget = overdue()

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


@pytest.mark.parametrize(
    ("size", "most_bytes"),
    [(1, LEAST_BYTES), (10_000, LEAST_BYTES), (100_000, 10_000_000), (MAX_RECORD_BYTES, MAX_BYTES)],
)
def test_a_larger_record_may_unpack_to_more(size: int, most_bytes: int) -> None:
    assert budget_for(size).most_bytes == most_bytes


def test_a_larger_record_may_take_longer() -> None:
    assert budget_for(1_000).seconds == MAX_SECONDS < budget_for(MAX_RECORD_BYTES).seconds < 2
