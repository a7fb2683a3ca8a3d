import hashlib

import pytest

from monitoring.decode import kpl
from monitoring.decode.budget import MAX_VALUES, Budget, BudgetExceeded, NotThisFormat


def aggregate(body: bytes) -> bytes:
    return kpl.MAGIC + body + hashlib.md5(body).digest()  # noqa: S324  (the format's own checksum)


def test_records_have_the_key_that_their_index_names() -> None:
    body = b"\x0a\x01k" + b"\x0a\x01m" + b"\x1a\x05\x08\x01\x1a\x01x" + b"\x1a\x03\x1a\x01y"
    found = kpl.user_records(aggregate(body), Budget())
    assert [(record.partition_key, record.data) for record in found] == [("m", b"x"), ("k", b"y")]


def test_an_index_without_a_key_gives_an_empty_key() -> None:
    (record,) = kpl.user_records(aggregate(b"\x1a\x05\x08\x09\x1a\x01x"), Budget())
    assert record == kpl.UserRecord("", b"x")


def test_a_key_is_no_longer_than_those_of_kinesis() -> None:
    body = b"\x0a\xd0\x0f" + b"k" * 2000 + b"\x1a\x03\x1a\x01x"
    (record,) = kpl.user_records(aggregate(body), Budget())
    assert record.partition_key == "k" * 256


@pytest.mark.parametrize(
    ("blob", "code"),
    [
        (b"", "decode.wrong_start"),
        (kpl.MAGIC, "decode.checksum_mismatch"),
        (kpl.MAGIC + b"x" * 16, "decode.checksum_mismatch"),
        (aggregate(b"\x1a\x7fx"), "decode.protobuf_field_too_long"),
        (aggregate(b"\x1a" + b"\xff" * 9 + b"\x01x"), "decode.protobuf_field_too_long"),
        (aggregate(b"\x1a\x03\x1a\x7fx"), "decode.protobuf_field_too_long"),
        (aggregate(b"\x1a\xff"), "decode.protobuf_truncated"),
    ],
)
def test_lengths_that_lie_are_refused_with_a_reason(blob: bytes, code: str) -> None:
    with pytest.raises(NotThisFormat) as refused:
        kpl.user_records(blob, Budget())
    assert refused.value.message.code == code


def test_an_aggregate_of_countless_empty_records_ends_at_the_budget() -> None:
    with pytest.raises(BudgetExceeded):
        kpl.user_records(aggregate(b"\x1a\x00" * (MAX_VALUES + 1)), Budget())
