"""Decoders of block compressions that cramjam opens into a buffer, which bounds what they unpack to.

https://github.com/facebook/zstd/blob/dev/doc/zstd_compression_format.md
https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md https://github.com/google/snappy
"""

import re
from collections.abc import Callable

import cramjam

from monitoring.decode.budget import Budget, NotThisFormat
from monitoring.decode.compressions import PADDING, trailing
from monitoring.decode.content import Content
from portal.messages.message import Message

_XERIAL_HEADER, _XERIAL_START = 16, b"\x82SNAPPY\x00"
_FIRST_ROOM = 4096
_USUAL_EXPANSION = 16
_FULL = "whole buffer"  # in the library's error when the buffer is too small

# What staff see too: after their phrase the libraries' errors quote bytes, lengths and checksums of the record.
_PHRASE = re.compile(r"[A-Za-z_:,-]+(?: [A-Za-z_:,-]+)*")

Unpack = Callable[[bytes, bytearray], int]


def zstd(data: bytes, budget: Budget) -> list[Content]:
    """Open Zstandard frames (RFC 8878); raises NotThisFormat, BudgetExceeded."""
    return _frames(data, budget, cramjam.zstd.decompress_into)


def lz4(data: bytes, budget: Budget) -> list[Content]:
    """Open LZ4 frames; raises NotThisFormat, BudgetExceeded."""
    return _frames(data, budget, cramjam.lz4.decompress_into)


def snappy(data: bytes, budget: Budget) -> list[Content]:
    """Open Snappy's framing format, or that of snappy-java; raises NotThisFormat, BudgetExceeded."""
    if data.startswith(_XERIAL_START):
        return [Content(b"".join(_xerial_blocks(data, budget)))]
    return _frames(data, budget, cramjam.snappy.decompress_into)


def lz4_block(data: bytes, budget: Budget) -> list[Content]:
    """Open an LZ4 block behind its length in four bytes; raises NotThisFormat, BudgetExceeded."""
    size = int.from_bytes(data[:4], "little")
    if len(data) < 8 or not 0 < size <= 255 * len(data):
        raise NotThisFormat(Message("decode.no_length"))
    return [Content(_filled(data[4:], size, cramjam.lz4.decompress_block_into, budget))]


def snappy_block(data: bytes, budget: Budget) -> list[Content]:
    """Open a raw Snappy block, which begins with its length; raises NotThisFormat, BudgetExceeded."""
    return [Content(_snappy_block(data, budget))]


def _frames(data: bytes, budget: Budget, unpack: Unpack) -> list[Content]:
    # The library does not say where a frame ends; what text tools append is removed at the second attempt.
    try:
        return [Content(_unpacked(data, budget, unpack))]
    except NotThisFormat:
        whole = data.rstrip(PADDING)
        if len(whole) == len(data):
            raise
    return [Content(_unpacked(whole, budget, unpack), details=trailing(len(data) - len(whole)))]


def _unpacked(data: bytes, budget: Budget, unpack: Unpack) -> bytes:
    most = budget.bytes_left + 1
    for size in (min(most, _FIRST_ROOM + _USUAL_EXPANSION * len(data)), most):
        room = bytearray(size)
        try:
            written = unpack(data, room)
        except cramjam.DecompressionError as error:
            if _FULL not in str(error):
                raise NotThisFormat(_damaged(error)) from error
            continue
        budget.spend(written)
        return bytes(memoryview(room)[:written])
    budget.spend(most)
    raise NotThisFormat(Message("decode.truncated"))


def _filled(data: bytes, size: int, unpack: Unpack, budget: Budget) -> bytes:
    # What has no start of its own may be something else: a length beyond the budget is no reason to refuse it.
    if size > budget.bytes_left:
        raise NotThisFormat(Message("decode.unpacks_too_far", limit_bytes=budget.most_bytes))
    room = bytearray(size)
    try:
        written = unpack(data, room)
    except cramjam.DecompressionError as error:
        raise NotThisFormat(_damaged(error)) from error
    if written != size:
        raise NotThisFormat(Message("decode.truncated"))
    budget.spend(size)
    return bytes(room)


def _snappy_block(data: bytes, budget: Budget) -> bytes:
    try:
        size = cramjam.snappy.decompress_raw_len(data)
    except cramjam.DecompressionError as error:
        raise NotThisFormat(_damaged(error)) from error
    if not 0 < size <= 64 * len(data):
        raise NotThisFormat(Message("decode.no_length"))
    return _filled(data, size, cramjam.snappy.decompress_raw_into, budget)


def _xerial_blocks(data: bytes, budget: Budget) -> list[bytes]:
    blocks, at = [], _XERIAL_HEADER
    while at + 4 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        blocks.append(_snappy_block(data[at + 4 : at + 4 + size], budget))
        at += 4 + size
    return blocks


def _damaged(error: Exception) -> Message:
    found = _PHRASE.match(str(error))
    return Message("decode.damaged", detail=found.group() if found else type(error).__name__)
