import time

import pysequoia
import pytest

from portal.openpgp.armor import ArmorError, blocks, dearmor


@pytest.mark.parametrize("size", [1, 2, 47, 48, 49, 5_000])
def test_what_sequoia_armors_is_read(size: int) -> None:
    data = bytes(number % 251 for number in range(size))
    block = dearmor(pysequoia.armor(data, pysequoia.ArmorKind.Message))
    assert (block.kind, block.data) == ("MESSAGE", data)


def test_header_lines_are_not_data() -> None:
    text = pysequoia.armor(b"abc", pysequoia.ArmorKind.PublicKey)
    first, rest = text.split("\n", 1)
    assert dearmor(f"{first}\nVersion: GnuPG v2\nComment: of Zoë\n{rest}").data == b"abc"


def test_a_changed_letter_is_noticed_by_the_checksum() -> None:
    text = "-----BEGIN PGP MESSAGE-----\n\nYWJj\n=AAAA\n-----END PGP MESSAGE-----\n"
    with pytest.raises(ArmorError, match="checksum"):
        dearmor(text)


@pytest.mark.parametrize("text", ["", "abc", "-----BEGIN PGP MESSAGE-----\n\nYWJj\n"])
def test_no_whole_block_is_no_armor(text: str) -> None:
    assert blocks(text) == []
    with pytest.raises(ArmorError):
        dearmor(text)


def test_two_blocks_are_not_one() -> None:
    text = pysequoia.armor(b"abc", pysequoia.ArmorKind.Message)
    assert len(blocks(text + text)) == 2
    with pytest.raises(ArmorError, match="2 armored blocks"):
        dearmor(text + text)


def test_a_long_text_without_end_is_read_in_linear_time() -> None:
    started = time.monotonic()
    assert blocks("-----BEGIN PGP MESSAGE-----\n" * 40_000) == []
    assert time.monotonic() - started < 1
