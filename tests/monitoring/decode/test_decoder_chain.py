import base64
import gzip
import hashlib
import json
import sys
import time
import zlib

import cbor2
import msgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.decode import decoder_chain
from monitoring.decode.budget import LEAST_BYTES, MAX_BYTES, MAX_RECORD_BYTES, MAX_RECORDS
from monitoring.decode.decoder_chain import Decoded
from portal.messages.catalogue import text_of


def decode(data: bytes) -> tuple[Decoded, ...]:
    return decoder_chain.decode(data).results


def reasons(decoded: Decoded) -> dict[str, str]:
    return {attempt.decoder: text_of(attempt.reason) for attempt in decoded.failed}


READING = {"device": "leak-0412", "wet": False, "battery": 0.87}
JSON = json.dumps(READING).encode()


def varint(number: int) -> bytes:
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def field(number: int, value: bytes | int) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def kpl(*records: tuple[str, bytes]) -> bytes:
    keys = b"".join(field(1, key.encode()) for key, _ in records)
    body = keys + b"".join(field(3, field(1, index) + field(3, data)) for index, (_, data) in enumerate(records))
    return b"\xf3\x89\x9a\xc2" + body + hashlib.md5(body).digest()  # noqa: S324  (the format's own checksum)


def envelope(*messages: str) -> bytes:
    events = [{"id": str(index), "timestamp": 1, "message": message} for index, message in enumerate(messages)]
    return json.dumps({"messageType": "DATA_MESSAGE", "logGroup": "g", "logEvents": events}).encode()


@pytest.mark.parametrize(
    ("data", "path"),
    [
        (JSON, "JSON"),
        (b"plain words, no more", "text"),
        (gzip.compress(JSON, mtime=0), "gzip › JSON"),
        (gzip.compress(b"ab", mtime=0) + gzip.compress(b"cd", mtime=0), "gzip › text"),
        (zlib.compress(JSON), "zlib › JSON"),
        (cbor2.dumps(READING), "CBOR"),
        (msgpack.packb(READING), "MessagePack"),
        (base64.b64encode(gzip.compress(JSON, mtime=0)), "base64 › gzip › JSON"),
        (base64.b64encode(cbor2.dumps(READING)), "base64 › CBOR"),
        (bytes(range(128, 160)), "hex"),
        (b"", "empty"),
    ],
)
def test_each_format_is_decoded_and_its_path_is_named(data: bytes, path: str) -> None:
    assert [found.path_label for found in decode(data)] == [path]


@pytest.mark.parametrize("pack", [json.dumps, cbor2.dumps, msgpack.packb])
def test_structure_survives_whatever_carried_it(pack) -> None:
    packed = pack(READING)
    assert decode(packed if isinstance(packed, bytes) else packed.encode())[0].value == READING


def test_an_aggregate_of_the_kpl_gives_its_records_with_their_own_partition_keys() -> None:
    found = decode(kpl(("bldg-7", JSON), ("bldg-8", gzip.compress(JSON, mtime=0))))
    assert [(record.path_label, record.partition_key, record.value) for record in found] == [
        ("KPL aggregate › 1 of 2 › JSON", "bldg-7", READING),
        ("KPL aggregate › 2 of 2 › gzip › JSON", "bldg-8", READING),
    ]


def test_an_aggregate_whose_checksum_is_wrong_is_not_believed() -> None:
    damaged = bytearray(kpl(("bldg-7", JSON)))
    damaged[10] ^= 1
    (found,) = decode(bytes(damaged))
    assert found.path_label == "KPL aggregate › hex"
    assert "MD5 checksum does not match" in reasons(found)["KPL aggregate"]


def test_log_events_are_taken_out_of_their_envelope() -> None:
    found = decode(gzip.compress(envelope("started", JSON.decode())))
    assert [record.path_label for record in found] == [
        "gzip › CloudWatch Logs › 1 of 2 › text",
        "gzip › CloudWatch Logs › 2 of 2 › JSON",
    ]


def test_a_hex_dump_says_what_was_tried_and_why_it_failed() -> None:
    (found,) = decode(gzip.compress(JSON, mtime=0)[:-12])
    assert reasons(found)["gzip"] == "The data is truncated."
    assert {"gzip", "deflate", "Snappy", "LZ4", "text", "CBOR", "MessagePack", "protobuf"} <= set(reasons(found))
    assert "none of the known signatures" in reasons(found)[""]


def test_words_that_happen_to_be_base64_stay_words() -> None:
    assert decode(b"occupancySensorInTheLobbyOfHouse")[0].path_label == "text"


def test_a_small_bomb_is_not_unpacked() -> None:
    (found,) = decode(gzip.compress(bytes(2 * LEAST_BYTES), mtime=0))
    assert found.path_label == "refused"
    assert text_of(found.refusal) == "The data unpacks to more than 1 MiB."


def test_bombs_inside_an_aggregate_share_one_budget() -> None:
    layer = gzip.compress(b"a" * (LEAST_BYTES // 2), mtime=0)
    found = decode(kpl(*[("k", layer)] * 8))
    assert sum(len(record.text) for record in found if record.is_readable) <= LEAST_BYTES


def test_wrapping_without_end_stops() -> None:
    data = JSON
    for _ in range(20):
        data = gzip.compress(data, mtime=0)
    assert decode(data)[0].path_label.endswith("refused")


POISONED = {
    "a number of 6,021 digits": (cbor2.dumps({"a": 2**20_000}), "decode.number_too_long"),
    "half a million values in MessagePack": (
        zlib.compress(b"\x81\xa1a\xdd" + (500_000).to_bytes(4, "big") + b"\x01" * 500_000),
        "decode.too_many_values",
    ),
    "a zlib bomb": (zlib.compress(bytes(2 * MAX_BYTES)), "decode.unpacks_too_far"),
    "bombs in bombs": (gzip.compress(gzip.compress(bytes(3 * MAX_BYTES))), "decode.unpacks_too_far"),
    "nested CBOR": (b"\xa1aa" + b"\x81" * 5_000 + b"\x01", "decode.nested_too_deep"),
    "nested MessagePack": (b"\x81\xa1a" + b"\x91" * 5_000 + b"\x01", "decode.nested_too_deep"),
    "an aggregate of empty records": (kpl(*[("", b"")] * 120_000), "decode.too_many_values"),
    "too long to begin with": (b"a" * (MAX_RECORD_BYTES + 1), "decode.record_too_long"),
}


@pytest.mark.parametrize(("data", "code"), POISONED.values(), ids=POISONED)
def test_a_poisoned_record_is_refused_with_its_reason_within_the_time(
    monkeypatch: pytest.MonkeyPatch, data: bytes, code: str
) -> None:
    if sys.gettrace() is not None:  # counting what the tests cover makes decoding several times slower
        monkeypatch.setattr("monitoring.decode.budget.MAX_SECONDS", 0.9)
    began = time.thread_time()
    (found,) = decode(data)
    assert found.refusal is not None
    assert found.refusal.code == code
    assert found.path[-1] == "refused"
    assert not found.is_readable
    assert found.value is None
    assert time.thread_time() - began < 1


@pytest.mark.parametrize(
    ("data", "path"),
    [
        (b"[" * 2_000 + b"]" * 2_000, "text"),
        (b'{"a": NaN}', "text"),
        (b'{"a": "\xff\xfe\xfd\xfc"}', "hex"),
    ],
)
def test_what_json_cannot_hold_is_still_shown_by_a_later_decoder(data: bytes, path: str) -> None:
    (found,) = decode(data)
    assert (found.path_label, found.refusal) == (path, None)


def test_one_bad_record_inside_an_aggregate_costs_only_itself() -> None:
    found = decode(kpl(("k", JSON), ("k", cbor2.dumps({"a": 2**20_000})), ("k", JSON)))
    assert [(record.path[-1], record.value) for record in found] == [
        ("JSON", READING),
        ("refused", None),
        ("JSON", READING),
    ]


def test_an_aggregate_of_many_records_says_how_many_are_omitted() -> None:
    decoded = decoder_chain.decode(kpl(*[("k", JSON)] * 6_000))
    assert (len(decoded.results), decoded.omitted) == (MAX_RECORDS, 6_000 - MAX_RECORDS)
    assert decoded.results[0].path[1] == "1 of 6,000"


def test_log_events_beyond_the_limit_are_counted_too() -> None:
    decoded = decoder_chain.decode(gzip.compress(envelope(*["started"] * 5_100)))
    assert (len(decoded.results), decoded.omitted) == (MAX_RECORDS, 100)


def test_reasons_of_libraries_are_short_and_can_be_sent_to_a_browser() -> None:
    for data in (b"\xa1" + b"\xff" * 400, b"\xc1" * 600, b"\xd9\xff\xff" * 300):
        (found,) = decode(data)
        assert all(len(reason) <= 250 and reason.encode() for reason in reasons(found).values())


@pytest.mark.parametrize("data", [b"[" * 100_000, b'{"a":' * 5_000, b"\x81" * 5_000, b"\x91" * 50_000, b"1" * 5_000])
def test_deep_nesting_and_long_numbers_do_not_break_it(data: bytes) -> None:
    assert decode(data)


def test_half_a_surrogate_pair_can_be_sent_to_a_browser() -> None:
    assert decode(rb'{"name":"\ud83d"}')[0].text.encode("utf-8")


def test_long_hex_dumps_are_cut_and_say_the_length() -> None:
    assert decode(b"\xff\xf3" * 5_000)[0].text.endswith("… (10,000 bytes)")


ANY = st.binary(max_size=2_000)
WRAPPED = st.recursive(
    ANY,
    lambda inner: st.one_of(
        inner.map(gzip.compress),
        inner.map(zlib.compress),
        inner.map(base64.b64encode),
        inner.map(lambda data: kpl(("k", data))),
        inner.map(lambda data: b"\xf3\x89\x9a\xc2" + data + hashlib.md5(data).digest()),  # noqa: S324  (the format's own checksum)
        st.tuples(inner, st.integers(0, 3_000)).map(lambda pair: pair[0][: pair[1]]),
        st.tuples(st.sampled_from([b"\x1f\x8b", b"x\x9c", b"\xf3\x89\x9a\xc2", b"\xa1", b"\x81"]), inner).map(b"".join),
    ),
    max_leaves=4,
)


@settings(max_examples=400, deadline=None)
@given(WRAPPED)
def test_no_bytes_whatever_make_it_raise(data: bytes) -> None:
    found = decode(data)
    assert found
    assert all(record.path and record.text.encode() is not None for record in found)


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text() | st.binary(max_size=8),
        lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner),
    )
)
def test_no_structure_whatever_makes_it_raise(value: object) -> None:
    assert decode(cbor2.dumps({"v": value}))[0].text
