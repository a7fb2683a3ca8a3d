import pytest

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
