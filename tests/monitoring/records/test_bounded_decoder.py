import gzip
import lzma
import os
import signal
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from random import Random

import cbor2
import cramjam
import msgpack
import pytest

from monitoring.decode.budget import MAX_RECORD_BYTES
from monitoring.records import bounded_decoder
from monitoring.records.bounded_decoder import BoundedDecoder, DecoderUnavailable
from monitoring.records.field_paths import PARTITION_KEY
from monitoring.records.record_contents import contents_of
from monitoring.records.record_views import RecordContents
from tests.monitoring.decode.test_decoder_chain import kpl
from tests.monitoring.poisoned import LONG_NUMBER, MANY_VALUES, NEVER_RETURNS

GOOD = (b'{"wet": true}', "bldg-7")


@pytest.fixture
def decoder() -> Iterator[BoundedDecoder]:
    decoder = BoundedDecoder()
    yield decoder
    decoder.close()


def child_of(decoder: BoundedDecoder) -> int:
    assert decoder._child is not None
    return decoder._child.pid


def codes(found: list[RecordContents]) -> list[str | None]:
    return [contents.listed[0].refusal.code if contents.listed[0].refusal else None for contents in found]


def test_a_record_says_the_same_as_in_this_process(decoder: BoundedDecoder) -> None:
    records = [GOOD, (b"\xff\x00", "k"), (b"", ""), (b"plain words", "naïve key")]
    assert decoder.decode_all(records) == [contents_of(data, key) for data, key in records]


def test_allowed_fields_are_not_masked(decoder: BoundedDecoder) -> None:
    (found,) = decoder.decode([GOOD], {"wet", PARTITION_KEY})
    assert (found.listed[0].masked.text, found.listed[0].masked.partition_key) == ('{"wet": true}', "bldg-7")


def test_of_each_record_as_many_contents_as_wanted_are_listed_and_all_are_counted(decoder: BoundedDecoder) -> None:
    aggregate = kpl(*[("k", b'{"inside": 1}')] * 30), "k"
    found = decoder.decode([GOOD, GOOD, aggregate, aggregate], most=[1, 0, 20, 0])
    assert [(len(contents.listed), contents.omitted) for contents in found] == [(1, 0), (0, 1), (20, 10), (0, 30)]


def test_one_process_serves_many_batches(decoder: BoundedDecoder) -> None:
    decoder.decode([GOOD])
    first = child_of(decoder)
    decoder.decode([(LONG_NUMBER, "k"), (MANY_VALUES, "k")])
    assert child_of(decoder) == first


def test_a_decoder_that_does_not_return_is_ended_and_its_record_refused(decoder: BoundedDecoder) -> None:
    began = time.monotonic()
    found = decoder.decode_all([GOOD, (NEVER_RETURNS, "k"), GOOD])
    first, second, third = codes(found)
    assert (first, third) == (None, None)
    assert second in {"decode.stopped", "decode.no_answer"}  # on a busy machine, the clock is faster than the processor
    assert decoder.ended == 1
    assert time.monotonic() - began < 60


def test_a_decoder_that_answers_nothing_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_decoder, "WALL_SECONDS", 0.2)
    silent = "import socket, time; s = socket.socket(fileno=0); s.recv(99); s.sendall(b'\\n'); time.sleep(60)"
    decoder = BoundedDecoder([sys.executable, "-c", silent])
    (found,) = decoder.decode([GOOD])
    assert codes([found]) == ["decode.no_answer"]
    assert decoder._child is None


@pytest.mark.parametrize("answer", [r"\nnot json\n", r"\n{}\n", r"\n\n", r"\n"])
def test_an_answer_that_makes_no_sense_refuses_the_record(answer: str) -> None:
    program = f"import socket; s = socket.socket(fileno=0); s.recv(99); s.sendall(b'{answer}')"
    decoder = BoundedDecoder([sys.executable, "-c", program])
    (found,) = decoder.decode([GOOD])
    assert codes([found]) == ["decode.crashed"]
    decoder.close()


def test_a_process_that_died_between_two_batches_is_replaced_and_blames_no_record(decoder: BoundedDecoder) -> None:
    decoder.decode([GOOD])
    os.kill(child_of(decoder), signal.SIGKILL)
    assert codes(decoder.decode([GOOD])) == [None]
    assert decoder.ended == 0


def test_without_a_process_there_is_an_error_of_its_own() -> None:
    for command in (["/nonexistent"], [sys.executable, "-c", "raise SystemExit(3)"]):
        with pytest.raises(DecoderUnavailable):
            BoundedDecoder(command).decode([GOOD])


def test_a_batch_ends_with_its_time_slice_and_the_rest_can_be_asked_again(decoder: BoundedDecoder) -> None:
    records = [(MANY_VALUES, "k")] * 60
    first = decoder.decode(records)
    assert 1 <= len(first) < 60
    assert set(codes(decoder.decode_all(records))) == {"decode.too_many_values"}
    assert decoder.ended == 0


def test_the_process_has_no_secret_in_its_environment(decoder: BoundedDecoder) -> None:
    decoder.decode([GOOD])
    environment = Path(f"/proc/{child_of(decoder)}/environ").read_bytes()
    names = {entry.split(b"=")[0].decode() for entry in environment.split(b"\0") if entry}
    assert names == {"PATH", "PYTHONPATH", "MALLOC_ARENA_MAX", "PYTHONDONTWRITEBYTECODE"}


def test_closing_ends_the_process(decoder: BoundedDecoder) -> None:
    decoder.decode([GOOD])
    child = child_of(decoder)
    decoder.close()
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_nothing_is_asked_for_no_records(decoder: BoundedDecoder) -> None:
    assert decoder.decode([]) == []
    assert decoder._child is None


def damaged(seed: int) -> Iterator[bytes]:
    """Records of every format with a few bytes changed, cut off or repeated."""
    random = Random(seed)
    wholes = [
        kpl(*[("bldg-7", b'{"wet": true}')] * 5),
        gzip.compress(b'{"wet": true}'),
        zlib.compress(b"plain words"),
        cbor2.dumps({"wet": [1, 2.5, None, {"a": b"x"}]}),
        msgpack.packb({"wet": [1, 2.5, None, {"a": b"x"}]}),
        b'{"messageType": "DATA_MESSAGE", "logEvents": [{"message": "started"}]}',
        b"x" * 40,
    ]
    for _ in range(300):
        data = bytearray(random.choice(wholes))
        for _ in range(random.randint(1, 6)):
            data[random.randrange(len(data))] = random.randrange(256)
        yield bytes(data[: random.randint(0, len(data))]) * random.choice([1, 1, 2])


def test_no_damaged_record_ends_the_process_or_goes_without_an_answer(decoder: BoundedDecoder) -> None:
    records = [(data, "k") for data in damaged(seed=8)]
    found = decoder.decode_all(records)
    assert len(found) == len(records)
    assert all(contents.listed for contents in found)
    assert decoder.ended == 0


ROW = b'{"device":"hvac-17","celsius":21.5}'
NOISE = Random(1).randbytes(MAX_RECORD_BYTES)
LARGE = {
    "a JSON array": b"[" + b",".join([ROW] * (MAX_RECORD_BYTES // 36 - 1)) + b"]",
    "a JSON string": b'"' + b"a" * (MAX_RECORD_BYTES - 2) + b'"',
    "NDJSON": b"\n".join([ROW] * (MAX_RECORD_BYTES // 36)),
    "text": b"plain words " * (MAX_RECORD_BYTES // 12),
    "UTF-16": ("a" * (MAX_RECORD_BYTES // 2 - 2)).encode("utf-16"),
    "noise": NOISE,
    "noise in gzip": gzip.compress(NOISE[: MAX_RECORD_BYTES - 5_000], 1),
}
HOSTILE = {
    "brackets": b"[" * MAX_RECORD_BYTES,
    "braces": b"{" * MAX_RECORD_BYTES,
    "names that repeat": b"[" + b'{"a":1,"a":2},' * (MAX_RECORD_BYTES // 14 - 2) + b"1e400]",
    "empty lists": b"[" + b"[]," * (MAX_RECORD_BYTES // 3 - 2) + b"[]]",
    "many maps": msgpack.packb([{"a": 1}] * (MAX_RECORD_BYTES // 4 - 10)),
    "hex digits": b"ab" * (MAX_RECORD_BYTES // 2),
    "record separators": b"\x1e" * MAX_RECORD_BYTES,
    "byte order marks": b"\xef\xbb\xbf" * (MAX_RECORD_BYTES // 3),
    "a zstd bomb": bytes(cramjam.zstd.compress(bytes(100_000_000))),
    "an xz bomb": lzma.compress(bytes(50_000_000)),
}


@pytest.mark.parametrize("data", LARGE.values(), ids=LARGE)
def test_a_record_of_ten_mebibytes_is_decoded(decoder: BoundedDecoder, data: bytes) -> None:
    (contents,) = decoder.decode([(data, "k")])
    first = contents.listed[0]
    # On a busy machine the clock can end what the processor's time would not have.
    assert first.refusal is None or first.refusal.code == "decode.no_answer"
    assert len(first.clear.text) < 3_000


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_record_is_answered_and_the_next_one_decoded(decoder: BoundedDecoder, data: bytes) -> None:
    hostile, good = decoder.decode_all([(data, "k"), GOOD])
    assert hostile.listed
    assert codes([good]) == [None]
    assert decoder.ended <= 1
