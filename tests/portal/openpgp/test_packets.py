import pysequoia
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.openpgp.armor import ArmorError
from portal.openpgp.packets import PacketError, Tag, packets, recipients_of
from tests.portal.openpgp.workshop import Workshop, binary, packet


def test_old_and_new_headers_are_read() -> None:
    old = bytes([0x80 | (13 << 2), 3]) + b"abc"
    new = bytes([0xC0 | 13, 3]) + b"def"
    assert [(part.tag, part.body) for part in packets(old + new)] == [(13, b"abc"), (13, b"def")]


@pytest.mark.parametrize("length", [0, 191, 192, 8383, 8384, 70_000])
def test_lengths_of_each_size_are_read(length: int) -> None:
    if length < 192:
        header = bytes([length])
    elif length < 8384:
        header = bytes([((length - 192) >> 8) + 192, (length - 192) & 0xFF])
    else:
        header = b"\xff" + length.to_bytes(4)
    (part,) = packets(bytes([0xC0 | 13]) + header + bytes(length))
    assert len(part.body) == length


def test_data_in_pieces_is_put_together() -> None:
    (part,) = packets(bytes([0xC0 | 18, 0xE1]) + b"ab" + b"\x01c")
    assert (part.tag, part.body) == (18, b"abc")


@pytest.mark.parametrize(
    "data",
    [
        b"\x00",
        bytes([0xC0 | 13, 5]) + b"abc",
        bytes([0xC0 | 13]),
        bytes([0xC0 | 13, 0xE1]) + b"ab" + b"\x01c",
        bytes([0x80 | (13 << 2) | 3]) + b"abc",
        packet(13, b"") * 2_001,
    ],
    ids=["no-header", "cut-short", "no-length", "name-in-pieces", "name-without-length", "too-many"],
)
def test_what_is_not_packets_is_said(data: bytes) -> None:
    with pytest.raises(PacketError):
        list(packets(data))


def test_recipients_of_a_message_are_its_encryption_subkeys(workshop: Workshop, keypair: tuple[str, str, str]) -> None:
    fingerprint, _, _ = keypair
    (subkey,) = workshop.subkeys(fingerprint)
    message = workshop.gpg("--trust-model=always", "-r", fingerprint, "--encrypt", data=b"x")
    assert recipients_of(message) == (subkey,)
    armored = workshop.gpg("--armor", "--trust-model=always", "-r", fingerprint, "--encrypt", data=b"x").decode()
    assert recipients_of(armored) == (subkey,)


def test_a_hidden_recipient_reads_as_zeros(workshop: Workshop, keypair: tuple[str, str, str]) -> None:
    hidden = workshop.gpg("--trust-model=always", "--throw-keyids", "-r", keypair[0], "--encrypt", data=b"x")
    assert recipients_of(hidden) == ("0" * 16,)


def test_a_certificate_has_no_recipients(keypair: tuple[str, str, str]) -> None:
    assert recipients_of(keypair[1]) == ()
    assert next(packets(binary(keypair[1]))).tag == Tag.PUBLIC_KEY


HEADERS = st.sampled_from(["new", "old-1", "old-2", "old-4"])


def written(tag: int, body: bytes, header: str) -> bytes:
    if header == "new":
        return packet(tag, body)
    size = int(header[-1])
    return bytes([0x80 | (tag << 2) | {1: 0, 2: 1, 4: 2}[size]]) + len(body).to_bytes(size) + body


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 15), st.binary(max_size=200), HEADERS), max_size=8))
def test_packets_read_back_whatever_their_headers(parts: list[tuple[int, bytes, str]]) -> None:
    data = b"".join(written(*part) for part in parts)
    found = list(packets(data))
    assert [(part.tag, part.body) for part in found] == [(tag, body) for tag, body, _ in parts]
    assert b"".join(part.raw for part in found) == data


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=80))
def test_any_bytes_are_packets_or_a_packet_error(data: bytes) -> None:
    try:
        found = list(packets(data))
    except PacketError:
        return
    assert b"".join(part.raw for part in found) == data


@settings(max_examples=40, deadline=None)
@given(st.binary(min_size=1, max_size=60), st.integers(1, 200))
def test_a_packet_that_lost_its_end_is_never_read(body: bytes, lost: int) -> None:
    data = packet(Tag.USER_ID, body)
    with pytest.raises(PacketError):
        list(packets(data[: max(1, len(data) - lost)]))


def test_data_to_the_end_of_the_file_is_one_packet() -> None:
    [part] = packets(bytes([0x80 | (Tag.COMPRESSED << 2) | 3]) + b"\x01abc")
    assert (part.tag, part.body) == (Tag.COMPRESSED, b"\x01abc")


@pytest.mark.parametrize("body", [b"", b"\x03" + bytes(8), b"\x02" + bytes(12), b"\x06" + bytes(40)])
def test_a_session_key_that_names_no_recipient_is_an_error(body: bytes) -> None:
    with pytest.raises(PacketError, match="session key"):
        recipients_of(packet(Tag.PKESK, body))


def test_two_thousand_packets_are_read_and_no_more() -> None:
    most = packet(Tag.MARKER, b"") * 2_000
    assert len(list(packets(most))) == 2_000
    with pytest.raises(PacketError, match="more packets"):
        list(packets(most + packet(Tag.MARKER, b"")))


@pytest.mark.parametrize("text", ["", "hello", "é", b"", b"hello"])
def test_text_without_an_armor_has_no_recipients_to_read(text: str | bytes) -> None:
    with pytest.raises(ArmorError):
        recipients_of(text)


def test_an_accent_before_the_armor_does_not_hide_it() -> None:
    armored = pysequoia.armor(packet(Tag.PKESK, b"\x03" + bytes(range(8)) + b"\x12"), pysequoia.ArmorKind.Message)
    for text in (f"É\n{armored}", f"\ufeff\n{armored}"):
        assert recipients_of(text) == recipients_of(text.encode()) == ("0001020304050607",)
