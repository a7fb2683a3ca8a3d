import pytest

from monitoring.decode.budget import Budget, NotThisFormat, ValueTooLarge
from monitoring.decode.content import Value
from monitoring.decode.json_text import MAX_JSON_VALUES, RepeatedNames, SentNumber, json_value


def read(data: bytes, *, exact: bool = False) -> Value:
    return json_value(data, Budget(), exact=exact)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xff", "decode.not_utf8"),
        (b"[1,]", "decode.json_syntax"),
        (b"NaN", "decode.json_constant"),
        (b'{"a": -Infinity}', "decode.json_constant"),
    ],
)
def test_each_reason_has_its_code(data: bytes, code: str) -> None:
    with pytest.raises(NotThisFormat) as refused:
        read(data)
    assert refused.value.message.code == code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"[" * 50_000, "decode.nested_too_deep"),
        (b"[" + b"1," * MAX_JSON_VALUES + b"1]", "decode.too_many_values"),
    ],
)
def test_what_is_too_deep_or_too_much_may_be_read_by_a_later_decoder(data: bytes, code: str) -> None:
    with pytest.raises(ValueTooLarge) as refused:
        read(data)
    assert refused.value.message.code == code


@pytest.mark.parametrize(
    "text",
    [
        '{"v":1e400}',
        '{"price": 1.10}',
        '{ "a" :1 ,\n"b":-0}',
        '{"a": 123456789012345678901234567890}',
        '{"a": %s}' % ("9" * 5_000),
        '{"a":1,"a":2}',
        '{"half": "\\ud83d"}',
        '{"escaped": "\\u0061"}',
        '"a"',
        "null",
    ],
)
@pytest.mark.parametrize("exact", [False, True])
def test_the_text_is_kept_as_it_was_sent(text: str, exact: bool) -> None:
    assert read(text.encode(), exact=exact).text == text


@pytest.mark.parametrize("number", ["1e400", "1.10", "0.10000000000000000001", "1234567890123456789", "-0", "1E5"])
def test_an_exact_number_has_its_text(number: str) -> None:
    (found,) = read(f"[{number}]".encode(), exact=True).value
    assert isinstance(found, SentNumber)
    assert found.text == number
    assert found == float(number)


@pytest.mark.parametrize("number", [b"1", b"-5", b"21.5", b"0.87", b"0"])
def test_a_number_that_says_no_more_than_its_value_is_plain(number: bytes) -> None:
    (found,) = read(b"[" + number + b"]", exact=True).value
    assert type(found) in {int, float}


@pytest.mark.parametrize(
    ("data", "repeated"),
    [
        (b'{"a":1,"a":2,"a":{"secret":3}}', 2),
        (b'[{"b": {"a" : 1, "a" : 2}}]', 1),
        (b'{"a":1,"\\u0061":2}', 1),
        (b'{"a":1,"b":2}', 0),
        (b'{"a\\":":1,"b":"\\"\\":"}', 0),
        (b'{"a"\t:1}', 0),
    ],
)
def test_names_that_repeat_are_counted_and_none_is_lost(data: bytes, repeated: int) -> None:
    value = read(data)
    assert sum(detail.message.params["field_count"] for detail in value.details) == repeated
    if isinstance(value.value, RepeatedNames):
        assert len(value.value.pairs) == len(value.value) + repeated


def test_a_hundred_levels_are_json() -> None:
    value = read(b'{"a":' * 100 + b"1" + b"}" * 100).value
    for _ in range(100):
        value = value["a"]
    assert value == 1
