"""A field appeared or vanished: only after learning, only when it is steady, and never because nothing was read."""

from monitoring.field_catalogue.counting import observe
from monitoring.field_catalogue.kind_fields import KindFields, from_json
from monitoring.field_catalogue.observation import Observation, observed
from monitoring.field_catalogue.windows import LEARNED_WINDOWS, close_window

QUARTER = 15 * 60


class Stream:
    """A device kind whose windows a test fills one by one."""

    def __init__(self) -> None:
        self.kind, self.now = KindFields(1_000), 1_000

    def window(self, *records: object, count: int = 120, seconds: int = QUARTER + 60) -> set[tuple[str, str]]:
        """Sample `count` records in turns, evenly over the time; return what changed."""
        for number in range(count):
            found = observed(records[number % len(records)])
            assert found is not None
            observe(self.kind, found, self.now + seconds * (number + 1) // count)
        self.now += seconds
        self.kind = from_json(self.kind.as_json())
        return {(".".join(map(str, path)), str(change)) for path, change in close_window(self.kind)}

    def learn(self, *records: object) -> None:
        for _ in range(LEARNED_WINDOWS):
            assert self.window(*records) == set()


def test_nothing_is_new_while_fields_are_learned() -> None:
    stream = Stream()
    stream.learn({"a": 1})
    assert stream.window({"a": 1}) == set()


def test_a_field_appears_once() -> None:
    stream = Stream()
    stream.learn({"a": 1})
    assert stream.window({"a": 1, "b": {"c": 1}}) == {("b", "appeared")}, "what is inside is the same change"
    assert stream.window({"a": 1, "b": {"c": 1}}) == set()


def test_a_field_inside_a_known_object_appears() -> None:
    stream = Stream()
    stream.learn({"b": {"c": 1}})
    assert stream.window({"b": {"c": 1, "d": 2}}) == {("b.d", "appeared")}


def test_a_rare_field_is_no_change_until_it_is_not_rare() -> None:
    stream = Stream()
    stream.learn({"a": 1})
    often = [{"a": 1}] * 39
    assert stream.window(*often, {"a": 1, "error": "x"}) == set()
    assert stream.window({"a": 1}, {"a": 1, "error": "x"}) == {("error", "appeared")}


def test_a_steady_field_vanishes_once_and_returns() -> None:
    stream = Stream()
    stream.learn({"a": 1, "b": {"c": 1}})
    assert stream.window({"a": 1}) == {("b", "vanished")}
    assert stream.window({"a": 1}) == set()
    assert stream.window({"a": 1, "b": {"c": 1}}) == {("b", "returned")}
    assert stream.window({"a": 1}) == set(), "it is not steady yet: no flapping"


def test_a_field_that_ends_within_a_window_vanishes_with_the_next() -> None:
    stream = Stream()
    stream.learn({"a": 1, "b": 1})
    assert stream.window({"a": 1}, {"a": 1, "b": 1}) == set()
    assert stream.window({"a": 1}) == {("b", "vanished")}


def test_a_field_that_was_never_steady_does_not_vanish() -> None:
    stream = Stream()
    stream.learn({"a": 1}, {"a": 1, "b": 1})
    assert stream.window({"a": 1}) == set()


def test_too_few_records_or_too_short_a_time_decide_nothing() -> None:
    stream = Stream()
    stream.learn({"a": 1, "b": 1})
    assert stream.window({"a": 1}, count=99) == set()
    assert stream.window({"a": 1}, count=1) == {("b", "vanished")}
    again = Stream()
    again.learn({"a": 1, "b": 1})
    assert again.window({"a": 1}, seconds=QUARTER - 60) == set()
    assert again.window({"a": 1}, seconds=120) == {("b", "vanished")}


def test_a_record_that_was_not_read_to_its_end_hides_no_field() -> None:
    stream = Stream()
    stream.learn({"a": 1, "b": 1})
    observe(stream.kind, Observation(((("a",), 1),), is_cut=True), stream.now)
    assert stream.window({"a": 1}) == set()


def test_a_field_that_appeared_can_vanish() -> None:
    stream = Stream()
    stream.learn({"a": 1})
    stream.window({"a": 1, "b": 1})
    stream.window({"a": 1, "b": 1})
    assert stream.window({"a": 1}) == {("b", "vanished")}


def test_many_changes_at_once_are_bounded() -> None:
    stream = Stream()
    stream.learn({"a": 1})
    assert len(stream.window({f"column{number}": 1 for number in range(150)})) == 50
