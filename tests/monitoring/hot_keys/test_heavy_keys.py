"""A key's weight is between the two bounds, whatever the order and number of keys, and memory is bounded."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from monitoring.hot_keys.heavy_keys import HeavyKeys
from tests.monitoring.hot_keys.samples import zipf

KEYS = st.integers(0, 40).map(str)
BATCHES = st.lists(st.dictionaries(KEYS, st.integers(1, 1000), max_size=20), max_size=30)
CAPACITIES = st.integers(1, 8)


def sketch_of(batches: list[dict[str, int]], capacity: int) -> HeavyKeys:
    sketch = HeavyKeys(capacity)
    for batch in batches:
        sketch.add(batch)
    return sketch


def check(sketch: HeavyKeys, batches: list[dict[str, int]], capacity: int) -> None:
    true: Counter[str] = Counter()
    for batch in batches:
        true.update(batch)
    assert sketch.total == true.total()
    assert len(sketch) <= 2 * capacity
    assert sketch.error * (capacity + 1) <= sketch.total
    for key in [*true, "never seen"]:
        bounds = sketch.bounds(key)
        assert bounds.least <= true[key] <= bounds.most


@given(BATCHES, CAPACITIES)
def test_the_true_weight_is_between_the_bounds(batches: list[dict[str, int]], capacity: int) -> None:
    check(sketch_of(batches, capacity), batches, capacity)


@given(BATCHES, BATCHES, CAPACITIES)
def test_two_windows_together_keep_the_bound(
    earlier: list[dict[str, int]], later: list[dict[str, int]], capacity: int
) -> None:
    merged = sketch_of(later, capacity)
    merged.merge(sketch_of(earlier, capacity))
    check(merged, earlier + later, capacity)


def test_the_heaviest_key_of_a_zipf_stream_is_found_with_narrow_bounds() -> None:
    keys = zipf(50_000)
    sketch = HeavyKeys(32)
    for start in range(0, len(keys), 500):
        sketch.add(Counter(keys[start : start + 500]))
    true = Counter(keys)
    assert sketch.heaviest(1) == ["device-1"]
    bounds = sketch.bounds("device-1")
    assert bounds.least <= true["device-1"] <= bounds.most
    assert bounds.most - bounds.least <= len(keys) / 33
