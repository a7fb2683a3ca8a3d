import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.decode.json_text import RepeatedNames
from monitoring.records.masking import MASK, mask, masked_text, value_text


def test_every_scalar_and_every_name_is_masked_and_the_structure_stays() -> None:
    value = {"device": "leak-0412", "wet": False, "battery": None, "where": {"floor": 3, "room": [1, 2]}}
    assert mask(value, ()) == {"•••1": MASK, "•••2": MASK, "•••3": MASK, "•••4": {"•••1": MASK, "•••2": [MASK, MASK]}}


def test_names_that_are_data_are_not_shown() -> None:
    masked = str(mask({"Alice Smith": {"badge:4711": [{"door 3": "open"}]}}, {"wet"}))
    assert not any(name in masked for name in ("Alice", "4711", "door"))


def test_an_allowed_path_is_shown_and_the_same_name_elsewhere_is_not() -> None:
    value = {"floor": 3, "where": {"floor": 4}, "samples": [{"t": 21.6}]}
    assert mask(value, {"where.floor", "samples.t"}) == {"•••1": MASK, "where": {"floor": 4}, "samples": [{"t": 21.6}]}


def test_an_allowed_object_does_not_show_its_fields() -> None:
    assert mask({"where": {"floor": 4}}, {"where"}) == {"where": {"•••1": MASK}}


def test_a_field_whose_name_only_begins_like_an_allowed_one_is_masked() -> None:
    assert mask({"wherever": {"floor": 4}, "where": {"floors": 2}}, {"where.floor"}) == {
        "•••1": {"•••1": MASK},
        "where": {"•••1": MASK},
    }


def test_long_names_do_not_cost_their_length_for_every_field_below() -> None:
    value = {"n" * 500_000: {str(number): number for number in range(20_000)}}
    began = time.thread_time()
    mask(value, {"where.floor"})
    assert time.thread_time() - began < 1


_SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=4)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=2), inner, max_size=4)
        | st.lists(st.fixed_dictionaries({"at": inner, "celsius": inner}), max_size=4)
        | st.lists(st.tuples(st.sampled_from("ab"), inner), max_size=3).map(RepeatedNames)
    ),
    max_leaves=20,
)


@given(_VALUES.filter(lambda value: isinstance(value, dict | list)))
def test_the_usual_shapes_have_the_same_mask_by_their_short_way(value: object) -> None:
    assert masked_text(value, ()) == value_text(mask(value, ()))


@pytest.mark.parametrize("count", [1, 700, 5_000])
@pytest.mark.parametrize("size", [0, 1, 3, 5_000])
def test_of_a_long_list_of_objects_little_more_is_written_than_is_shown(count: int, size: int) -> None:
    text = masked_text([dict.fromkeys(map(str, range(size)), 1)] * count, ())
    whole = value_text(mask([dict.fromkeys(map(str, range(min(size, 700))), 1)] * min(count, 700), ()))
    assert text[:2_000] == whole[:2_000]
    assert len(text) < 100_000
