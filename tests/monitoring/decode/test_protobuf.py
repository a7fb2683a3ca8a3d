import pytest

from monitoring.decode.budget import NotThisFormat
from monitoring.decode.protobuf import fields


def test_numbers_and_bytes_are_read_with_their_field_numbers() -> None:
    assert list(fields(b"\x08\x96\x01\x12\x03abc\x1d\x01\x02\x03\x04")) == [
        (1, 150),
        (2, b"abc"),
        (3, b"\x01\x02\x03\x04"),
    ]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (b"\x00\x01", "decode.protobuf_field_zero"),
        (b"\x12\x09abc", "decode.protobuf_field_too_long"),
        (b"\x0b", "decode.protobuf_wire_type"),
        (b"\x08\x96", "decode.protobuf_truncated"),
        (b"\x08" + b"\xff" * 11, "decode.protobuf_number_too_long"),
    ],
)
def test_malformed_messages_have_a_reason(message: bytes, code: str) -> None:
    with pytest.raises(NotThisFormat) as refused:
        list(fields(message))
    assert refused.value.message.code == code
