"""The decoder chain: each decoder reads the bytes, opens a container, or gives the reason why it cannot.

Nothing here raises, whatever the bytes: they come from sensors that Sluice does not control.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from monitoring.decode import containers, value_formats
from monitoring.decode.budget import MAX_WRAPPERS, Budget, BudgetExceeded, NotThisFormat
from monitoring.decode.containers import Content
from monitoring.decode.value_formats import Value
from portal.messages.message import Message

_HEX_BYTES = 512
_EXPECTED = (ValueError, TypeError, RecursionError, MemoryError, OverflowError)
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class FailedAttempt:
    """A decoder that could not read the bytes, and the reason; without a name, the reason is not of one decoder."""

    decoder: str
    reason: Message


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a record says. `value` is JSON-like where there is structure, text where there is not, None for hex.

    `path` names the decoders from the outside in; `partition_key` is set for a record inside a KPL aggregate.
    """

    path: tuple[str, ...]
    text: str
    value: object
    failed: tuple[FailedAttempt, ...] = ()
    partition_key: str | None = None

    @property
    def path_label(self) -> str:
        """Return the path as people read it: "gzip › JSON"."""
        return " › ".join(self.path)

    @property
    def is_readable(self) -> bool:
        """Return whether a decoder could read the bytes, so that this is more than a hex dump."""
        return self.path[-1] != "hex"


def decode(data: bytes) -> tuple[Decoded, ...]:
    """Return what the bytes say: one result, or one for each record inside an aggregate or envelope. Never raises."""
    budget = Budget()
    if not data:
        return (Decoded(("empty",), "", ""),)
    if len(data) > budget.bytes_left:
        too_long = Message("decode.record_too_long", limit_bytes=budget.bytes_left)
        return (_hex(data, (), [FailedAttempt("", too_long)], None),)
    return tuple(_decode(data, (), budget, None))


def printable(text: str) -> str:
    """Return the text without halves of surrogate pairs, which JSON may contain and UTF-8 may not."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _decode(data: bytes, path: tuple[str, ...], budget: Budget, key: str | None) -> list[Decoded]:
    failed: list[FailedAttempt] = []
    try:
        return _opened(data, path, budget, key, failed) or [_value(data, path, budget, key, failed)]
    except BudgetExceeded as exceeded:
        failed.append(FailedAttempt("", exceeded.message))
        return [_hex(data, path, failed, key)]


def _opened(
    data: bytes, path: tuple[str, ...], budget: Budget, key: str | None, failed: list[FailedAttempt]
) -> list[Decoded]:
    for name, container in _CONTAINERS:
        if len(path) < MAX_WRAPPERS and (contents := _attempt(failed, name, partial(container, data, budget))):
            return _contents(contents, (*path, name), budget, key)
    if (value := _attempt(failed, "JSON", partial(value_formats.json_text, data))) is not None:
        return [_decoded((*path, "JSON"), value, failed, key)]
    if len(path) >= MAX_WRAPPERS:
        failed.append(FailedAttempt("", Message("decode.too_many_wrappers", wrapper_count=MAX_WRAPPERS)))
        return []
    contents = _attempt(failed, "base64", partial(containers.base64_content, data, budget))
    found = _contents(contents, (*path, "base64"), budget, key) if contents else []
    if found and not found[0].is_readable:
        # Many words are valid base64 by chance; only readable contents show that it was meant.
        failed.append(FailedAttempt("base64", Message("decode.nothing_inside")))
        return []
    return found


def _value(data: bytes, path: tuple[str, ...], budget: Budget, key: str | None, failed: list[FailedAttempt]) -> Decoded:
    for name, value_format in value_formats.VALUE_FORMATS:
        budget.check_time()
        if (value := _attempt(failed, name, partial(value_format, data))) is not None:
            return _decoded((*path, name), value, failed, key)
    return _hex(data, path, failed, key)


def _contents(contents: list[Content], path: tuple[str, ...], budget: Budget, key: str | None) -> list[Decoded]:
    results: list[Decoded] = []
    for content in contents:
        if not budget.take_record():
            break
        results += _decode(content.data, path + content.position, budget, content.partition_key or key)
    return results


def _attempt(failed: list[FailedAttempt], name: str, decoder: Callable[[], Result]) -> Result | None:
    try:
        return decoder()
    except NotThisFormat as reason:
        failed.append(FailedAttempt(name, reason.message))
    except _EXPECTED as error:
        detail = str(error) or type(error).__name__
        failed.append(FailedAttempt(name, Message("decode.library_error", detail=detail)))
    return None


def _decoded(path: tuple[str, ...], value: Value, failed: list[FailedAttempt], key: str | None) -> Decoded:
    shown = value[0]
    text = shown if isinstance(shown, str) else json.dumps(shown, ensure_ascii=False, separators=(", ", ": "))
    return Decoded(path, printable(text), shown, tuple(failed), key)


def _hex(data: bytes, path: tuple[str, ...], failed: list[FailedAttempt], key: str | None) -> Decoded:
    more = f" … ({len(data):,} bytes)" if len(data) > _HEX_BYTES else ""
    return Decoded((*path, "hex"), data[:_HEX_BYTES].hex(" ") + more, None, tuple(failed), key)


_CONTAINERS: tuple[tuple[str, Callable[[bytes, Budget], list[Content]]], ...] = (
    ("gzip", containers.gzip),
    ("zlib", containers.zlib_stream),
    ("KPL aggregate", containers.kpl_aggregate),
    ("CloudWatch Logs", containers.cloudwatch_logs),
)
