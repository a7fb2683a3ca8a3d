from datetime import UTC, datetime

import cbor2
import msgpack
import pytest

from monitoring.decode import value_formats
from monitoring.decode.budget import NotThisFormat


@pytest.mark.parametrize(
    ("value_format", "data", "code"),
    [
        (value_formats.json_text, b"\xff", "decode.not_utf8"),
        (value_formats.json_text, b"[1,]", "decode.json_syntax"),
        (value_formats.json_text, b"NaN", "decode.json_constant"),
        (value_formats.json_text, b"[" * 70 + b"]" * 70, "decode.nested_too_deep"),
        (value_formats.text, b"a\xff", "decode.not_utf8"),
        (value_formats.text, b"a\x00", "decode.control_characters"),
        (value_formats.cbor, b"\x01", "decode.bare_value"),
        (value_formats.cbor, cbor2.dumps({"a": 1}) + b"x", "decode.trailing_bytes"),
        (value_formats.cbor, b"\xff", "decode.library_error"),
        (value_formats.messagepack, msgpack.packb([1, 2]), "decode.bare_value"),
        (value_formats.messagepack, msgpack.packb({"a": 1}) + b"x", "decode.trailing_bytes"),
    ],
)
def test_each_reason_has_its_code(value_format, data: bytes, code: str) -> None:
    with pytest.raises(NotThisFormat) as refused:
        value_format(data)
    assert refused.value.message.code == code


def test_values_are_reduced_to_the_types_of_json() -> None:
    value = {"at": datetime(2026, 11, 21, tzinfo=UTC), "raw": b"\x01\xff", 7: [True, None, 1.5]}
    (found,) = value_formats.cbor(cbor2.dumps(value))
    assert found == {"at": "2026-11-21T00:00:00+00:00", "raw": "01ff", "7": [True, None, 1.5]}
