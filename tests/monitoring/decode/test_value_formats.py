from datetime import UTC, datetime

import cbor2
import msgpack
import pytest

from monitoring.decode import value_formats
from monitoring.decode.budget import MAX_DIGITS, MAX_VALUES, Budget, BudgetExceeded, NotThisFormat, ValueTooLarge


@pytest.mark.parametrize(
    ("value_format", "data", "code"),
    [
        (value_formats.cbor, b"\x01", "decode.bare_value"),
        (value_formats.cbor, cbor2.dumps({"a": 1}) + b"x", "decode.trailing_bytes"),
        (value_formats.messagepack, msgpack.packb([1, 2]), "decode.bare_value"),
        (value_formats.messagepack, msgpack.packb({"a": 1}) + b"x", "decode.trailing_bytes"),
    ],
)
def test_each_reason_has_its_code(value_format, data: bytes, code: str) -> None:
    with pytest.raises(NotThisFormat) as refused:
        value_format(data, Budget())
    assert refused.value.message.code == code


def test_values_are_reduced_to_the_types_of_json() -> None:
    value = {"at": datetime(2026, 11, 21, tzinfo=UTC), "raw": b"\x01\xff", 7: [True, None, 1.5]}
    assert value_formats.cbor(cbor2.dumps(value), Budget()).value == {
        "at": "2026-11-21T00:00:00+00:00",
        "raw": "01ff",
        "7": [True, None, 1.5],
    }


LONG = 10 ** (MAX_DIGITS + 1)


@pytest.mark.parametrize(
    ("value_format", "data", "code"),
    [
        (value_formats.cbor, cbor2.dumps({"a": 2**20_000}), "decode.number_too_long"),
        (value_formats.cbor, cbor2.dumps({LONG: 1}), "decode.number_too_long"),
        (value_formats.cbor, cbor2.dumps({"a": -LONG}), "decode.number_too_long"),
        (value_formats.cbor, b"\xa1aa" + b"\x81" * 70 + b"\x01", "decode.nested_too_deep"),
        (value_formats.messagepack, b"\x81\xa1a" + b"\x91" * 5_000 + b"\x01", "decode.nested_too_deep"),
        (value_formats.messagepack, b"\x81\xa1a" + b"\x91" * 70 + b"\x01", "decode.nested_too_deep"),
    ],
)
def test_long_numbers_and_deep_nesting_are_limits_of_one_decoder(value_format, data: bytes, code: str) -> None:
    with pytest.raises(ValueTooLarge) as refused:
        value_format(data, Budget())
    assert refused.value.message.code == code


@pytest.mark.parametrize("pack", [cbor2.dumps, msgpack.packb])
def test_more_values_than_a_record_may_have_end_its_decoding(pack) -> None:
    decoder = value_formats.cbor if pack is cbor2.dumps else value_formats.messagepack
    assert decoder(pack({"a": [1] * 1_000}), Budget()).value == {"a": [1] * 1_000}
    with pytest.raises(BudgetExceeded) as exceeded:
        decoder(pack({"a": [1] * MAX_VALUES}), Budget())
    assert exceeded.value.message.code == "decode.too_many_values"


def test_a_number_at_the_limit_of_digits_is_read() -> None:
    number = 10 ** (MAX_DIGITS - 1)
    assert value_formats.cbor(cbor2.dumps({"a": number}), Budget()).value == {"a": number}


def test_numbers_that_json_cannot_hold_are_shown_by_name() -> None:
    value = {"a": float("inf"), "b": float("nan")}
    assert value_formats.cbor(cbor2.dumps(value), Budget()).value == {"a": "inf", "b": "nan"}


def test_what_the_libraries_raise_reaches_the_chain() -> None:
    with pytest.raises(cbor2.CBORError):
        value_formats.cbor(b"\xff", Budget())
