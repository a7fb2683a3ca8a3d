"""The steps between two shard counts are those that Kinesis accepts, and the fewest."""

from itertools import pairwise
from math import ceil, log2

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.aws.shard_counts import MOST_SHARDS, shard_counts

COUNTS = st.integers(1, MOST_SHARDS)


@settings(max_examples=150, deadline=None)
@given(COUNTS, COUNTS)
def test_each_step_is_between_half_and_twice_the_one_before(current: int, wanted: int) -> None:
    steps = shard_counts(current, wanted)
    assert ([current, *steps])[-1] == wanted
    assert all(before / 2 <= after <= before * 2 for before, after in pairwise([current, *steps]))
    assert all((before < after) == (current < wanted) for before, after in pairwise([current, *steps]))


@settings(max_examples=100, deadline=None)
@given(COUNTS, COUNTS)
def test_growing_takes_as_few_steps_as_doubling_can(current: int, wanted: int) -> None:
    fewest = max(0, ceil(log2(wanted / current)))
    assert len(shard_counts(current, wanted)) == fewest or wanted < current


@pytest.mark.parametrize(("current", "wanted", "steps"), [(7, 7, []), (1, 5, [2, 4, 5]), (9, 2, [5, 3, 2])])
def test_the_steps_of_an_example(current: int, wanted: int, steps: list[int]) -> None:
    assert shard_counts(current, wanted) == steps


@pytest.mark.parametrize(("current", "wanted"), [(0, 4), (4, 0), (-1, 4), (0, 0)])
def test_from_no_shards_there_are_no_steps(current: int, wanted: int) -> None:
    # A data stream that is being created has none yet: doubling them would never end.
    with pytest.raises(ValueError, match="no steps"):
        shard_counts(current, wanted)
