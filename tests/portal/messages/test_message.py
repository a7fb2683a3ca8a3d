import json

import pytest

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
