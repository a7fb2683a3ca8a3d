"""The ladder itself: every rung either reads the bytes, opens a wrapping, or says why it cannot.

Nothing here raises, whatever the bytes: they come from somebody else's sensors.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from monitoring.decode import leaves, wrappings
from monitoring.decode.budget import MOST_DEPTH, Budget, NotThis, TooMuch
from monitoring.decode.leaves import Read
from monitoring.decode.wrappings import Inner

_HEX_BYTES = 512
_EXPECTED = (NotThis, ValueError, TypeError, RecursionError, MemoryError, OverflowError)
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Rung:
    """A decoder that was tried and could not read the bytes, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a record says. `value` is JSON-like where there is structure, text where there is not, None for hex.

    `path` names the decoders from the outside in; `partition_key` is set for a record inside a KPL aggregate.
    """

    path: tuple[str, ...]
    text: str
    value: object
    tried: tuple[Rung, ...] = ()
    partition_key: str | None = None

    @property
    def way(self) -> str:
        """Return the path as people read it: "gzip › JSON"."""
        return " › ".join(self.path)

    @property
    def is_read(self) -> bool:
        """Tell whether a decoder could read the bytes, so that this is more than a hex dump."""
        return self.path[-1] != "hex"


def decode(data: bytes) -> tuple[Decoded, ...]:
    """Return what the bytes say: one result, or one for each record inside an aggregate or envelope. Never raises."""
    budget = Budget()
    if not data:
        return (Decoded(("empty",), "", ""),)
    if len(data) > budget.bytes_left:
        return (_hex(data, (), [Rung("every decoder", "it is longer than 1 MiB")], None),)
    return tuple(_climb(data, (), budget, None))


def _climb(data: bytes, path: tuple[str, ...], budget: Budget, key: str | None) -> list[Decoded]:
    tried: list[Rung] = []
    try:
        return _opened(data, path, budget, key, tried) or [_read(data, path, budget, key, tried)]
    except TooMuch as reason:
        tried.append(Rung("the rest", str(reason)))
        return [_hex(data, path, tried, key)]


def _opened(data: bytes, path: tuple[str, ...], budget: Budget, key: str | None, tried: list[Rung]) -> list[Decoded]:
    for name, opening in _SURE:
        if len(path) < MOST_DEPTH and (inner := _attempt(tried, name, partial(opening, data, budget))):
            return _inside(inner, (*path, name), budget, key)
    if (value := _attempt(tried, "JSON", partial(leaves.json_text, data))) is not None:
        return [_result((*path, "JSON"), value, tried, key)]
    if len(path) >= MOST_DEPTH:
        tried.append(Rung("what may be inside", f"wrapped more than {MOST_DEPTH} times"))
        return []
    inner = _attempt(tried, "base64", partial(wrappings.base64_inside, data, budget))
    found = _inside(inner, (*path, "base64"), budget, key) if inner else []
    if found and not found[0].is_read:
        # Many words are valid base64 by chance; only what can be read inside shows that it was meant.
        tried.append(Rung("base64", "nothing readable is inside"))
        return []
    return found


def _read(data: bytes, path: tuple[str, ...], budget: Budget, key: str | None, tried: list[Rung]) -> Decoded:
    for name, reading in leaves.READINGS:
        budget.check_time()
        if (value := _attempt(tried, name, partial(reading, data))) is not None:
            return _result((*path, name), value, tried, key)
    return _hex(data, path, tried, key)


def _inside(inner: list[Inner], path: tuple[str, ...], budget: Budget, key: str | None) -> list[Decoded]:
    results: list[Decoded] = []
    for one in inner:
        if not budget.take_item():
            break
        results += _climb(one.data, path + one.says, budget, one.partition_key or key)
    return results


def _attempt(tried: list[Rung], name: str, doing: Callable[[], Found]) -> Found | None:
    try:
        return doing()
    except _EXPECTED as reason:
        tried.append(Rung(name, str(reason) or type(reason).__name__))
        return None


def _result(path: tuple[str, ...], read: Read, tried: list[Rung], key: str | None) -> Decoded:
    value = read[0]
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(", ", ": "))
    return Decoded(path, printable(shown), value, tuple(tried), key)


def printable(text: str) -> str:
    """Return the text without halves of surrogate pairs, which JSON may hold and UTF-8 may not."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _hex(data: bytes, path: tuple[str, ...], tried: list[Rung], key: str | None) -> Decoded:
    more = f" … ({len(data):,} bytes)" if len(data) > _HEX_BYTES else ""
    return Decoded((*path, "hex"), data[:_HEX_BYTES].hex(" ") + more, None, tuple(tried), key)


_SURE: tuple[tuple[str, Callable[[bytes, Budget], list[Inner]]], ...] = (
    ("gzip", wrappings.gzip),
    ("zlib", wrappings.zlib_stream),
    ("KPL aggregate", wrappings.kpl_aggregate),
    ("CloudWatch Logs", wrappings.cloudwatch_logs),
)
