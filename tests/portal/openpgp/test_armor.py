import time

import pysequoia
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.openpgp.armor import ArmorError, blocks, checksum, dearmor


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


@settings(max_examples=60, deadline=None)
@given(
    st.binary(min_size=1, max_size=300),
    st.sampled_from(["", "> ", ">> ", "\t", "   "]),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_armor_survives_quoting_indenting_and_other_ends_of_lines(data: bytes, before: str, end: str) -> None:
    text = pysequoia.armor(data, pysequoia.ArmorKind.Message)
    quoted = end.join(before + line for line in text.splitlines())
    assert dearmor(f"Hello,{end}{quoted}{end}-- {end}Ada").data == data


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_whatever_is_between_the_marks_is_data_or_an_armor_error(inside: str) -> None:
    text = f"-----BEGIN PGP MESSAGE-----\n\n{inside}\n-----END PGP MESSAGE-----"
    try:
        found = blocks(text)
    except ArmorError:
        return
    assert all(block.kind in text for block in found)


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=1, max_size=40), st.data())
def test_the_checksum_notices_any_one_changed_bit(data: bytes, draw: st.DataObject) -> None:
    bit = draw.draw(st.integers(0, 8 * len(data) - 1))
    changed = (int.from_bytes(data) ^ (1 << bit)).to_bytes(len(data))
    assert checksum(changed) != checksum(data)
    assert 0 <= checksum(data) < 1 << 24


def test_the_checksum_is_that_of_the_standard() -> None:
    assert checksum(b"") == 0xB704CE
    assert checksum(b"123456789") == 0x21CF02


@pytest.mark.parametrize("letter", ["é", "“", "\u00a0", "%"])
def test_a_letter_that_is_not_base64_is_an_armor_error(letter: str) -> None:
    with pytest.raises(ArmorError, match="not base64"):
        blocks(f"-----BEGIN PGP MESSAGE-----\n\nYW{letter}j\n-----END PGP MESSAGE-----\n")


def test_a_block_ends_with_the_mark_of_its_own_kind_only() -> None:
    text = "-----BEGIN PGP MESSAGE-----\n\nYWJj\n-----END PGP SIGNATURE-----\n"
    assert blocks(text) == []
    restarted = f"{text}-----BEGIN PGP SIGNATURE-----\n\nZGVm\n-----END PGP SIGNATURE-----\n"
    assert [(block.kind, block.data) for block in blocks(restarted)] == [("SIGNATURE", b"def")]
