import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.messages.message import Message, from_json

NESTED = Message(
    "a.b", count=3, share=0.5, names=["x", "y"], reason=Message("c.d", stream="s"), did=[Message("e.f"), Message("g.h")]
)


def test_it_survives_json() -> None:
    assert from_json(json.loads(json.dumps(NESTED.as_json()))) == NESTED


def test_parameters_tell_messages_apart() -> None:
    assert Message("a.b", count=3) != Message("a.b", count=4)
    assert len({Message("a.b", count=3), Message("a.b", count=3), Message("a.b")}) == 2


def test_parameters_can_be_filled_in_later() -> None:
    template = Message("a.b", count=3, stream="")
    assert template.with_params(stream="s") == Message("a.b", count=3, stream="s")
    assert template == Message("a.b", count=3, stream="")


def test_json_without_a_code_is_no_message() -> None:
    with pytest.raises(KeyError):
        from_json({"params": {}})


PLAIN = st.one_of(st.text(max_size=8), st.integers(), st.booleans(), st.floats(allow_nan=False))
NAMES = st.from_regex(r"[a-z_]{1,6}", fullmatch=True)
LISTS = st.lists(st.text(max_size=4), max_size=2)


def messages(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Message]:
    params = st.dictionaries(NAMES, values, max_size=3)
    return st.builds(lambda code, given: Message(code, **given), st.text(max_size=8), params)


MESSAGES = st.recursive(
    messages(PLAIN), lambda inner: messages(st.one_of(PLAIN, inner, st.lists(inner, max_size=2), LISTS)), max_leaves=5
)


@settings(max_examples=60, deadline=None)
@given(MESSAGES)
def test_any_message_survives_json_and_reads_back_equal(message: Message) -> None:
    again = from_json(json.loads(json.dumps(message.as_json())))
    assert again == message
    assert hash(again) == hash(message)
    assert again.as_json() == message.as_json()


@pytest.mark.parametrize(("first", "second"), [([1], (1,)), (["a"], ("a",)), (1, 1.0), (True, 1), ([], ())])
def test_equal_messages_have_the_same_hash(first: object, second: object) -> None:
    left, right = Message("a.b", value=first), Message("a.b", value=second)  # type: ignore[arg-type]  # both forms occur
    assert left == right
    assert len({left, right}) == 1


def test_the_order_of_parameters_says_nothing() -> None:
    assert Message("a.b", x=1, y=2) == Message("a.b", y=2, x=1)
    assert hash(Message("a.b", x=1, y=2)) == hash(Message("a.b", y=2, x=1))


def test_a_parameter_may_be_called_code() -> None:
    assert from_json(Message("a.b", code="c").as_json()).params == {"code": "c"}


def test_a_message_is_no_other_thing_and_shows_itself() -> None:
    message = Message("a.b", count=3, reason=Message("c.d"))
    assert message != message.as_json()
    assert repr(message) == "Message('a.b', count=3, reason=Message('c.d'))"
    assert eval(repr(message)) == message  # noqa: S307  (our own text)
