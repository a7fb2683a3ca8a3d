"""Decoders of compressed streams, bounded by the budget: what unpacks to more is refused while it is unpacked."""

import bz2
import lzma
import zlib
from collections.abc import Callable
from typing import Any

from monitoring.decode.budget import Budget, NotThisFormat
from monitoring.decode.content import Content, Detail
from portal.messages.message import Message

PADDING = b"\r\n\0 "
_LZMA_MEMORY = 64 * 1024 * 1024
_LEAST_RAW = 4


def gzip(data: bytes, budget: Budget) -> list[Content]:
    """Open gzip (RFC 1952), one member or several; raises NotThisFormat, BudgetExceeded."""
    return _members(data, budget, lambda: zlib.decompressobj(31), b"\x1f\x8b")


def zlib_stream(data: bytes, budget: Budget) -> list[Content]:
    """Open a zlib stream (RFC 1950); raises NotThisFormat, BudgetExceeded."""
    if len(data) < 6 or data[0] & 0x0F != 8 or int.from_bytes(data[:2], "big") % 31:
        raise NotThisFormat(Message("decode.no_zlib_header"))
    return _members(data, budget, zlib.decompressobj, None)


def deflate(data: bytes, budget: Budget) -> list[Content]:
    """Open raw deflate (RFC 1951), which has no header; raises NotThisFormat, BudgetExceeded."""
    if len(data) < _LEAST_RAW:
        raise NotThisFormat(Message("decode.truncated"))
    return _members(data, budget, lambda: zlib.decompressobj(-15), None)


def bzip2(data: bytes, budget: Budget) -> list[Content]:
    """Open bzip2, one stream or several; raises NotThisFormat, BudgetExceeded."""
    return _members(data, budget, bz2.BZ2Decompressor, b"BZh")


def xz(data: bytes, budget: Budget) -> list[Content]:
    """Open xz with at most 64 MiB of memory; raises NotThisFormat, BudgetExceeded."""
    return _members(data, budget, lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, _LZMA_MEMORY), b"\xfd7zXZ\x00")


def inflated(data: bytes, budget: Budget, wbits: int = 15) -> bytes:
    """Return the content of one zlib stream, or of raw deflate (wbits -15); raises NotThisFormat, BudgetExceeded."""
    return _member(data, zlib.decompressobj(wbits), budget)[0]


def trailing(count: int) -> tuple[Detail, ...]:
    """Return the detail that bytes follow the end of what was unpacked, if any do."""
    return (Detail(Message("record.trailing_bytes", byte_count=count)),) if count else ()


def _members(data: bytes, budget: Budget, opened: Callable[[], Any], start: bytes | None) -> list[Content]:
    parts: list[bytes] = []
    rest = data
    if start is not None and not data.startswith(start):
        raise NotThisFormat(Message("decode.wrong_start", expected=start.hex(" ").upper()))
    while rest and (not parts or (start and rest.startswith(start))):
        part, rest = _member(rest, opened(), budget)
        parts.append(part)
    if rest and start is None and rest.strip(PADDING):
        raise NotThisFormat(Message("decode.trailing_bytes"))
    return [Content(b"".join(parts), details=trailing(len(rest)))]


def _member(data: bytes, stream: Any, budget: Budget) -> tuple[bytes, bytes]:
    try:
        part: bytes = stream.decompress(data, budget.bytes_left + 1)
    except (zlib.error, lzma.LZMAError, OSError, ValueError) as error:
        raise NotThisFormat(Message("decode.damaged", detail=str(error))) from error
    budget.spend(len(part))
    if not stream.eof:
        raise NotThisFormat(Message("decode.truncated"))
    return part, stream.unused_data
