"""The decoder chain: each decoder reads the bytes, opens a container, or gives the reason why it cannot.

Nothing here raises, whatever the bytes: they come from sensors that Sluice does not control. The values inside are
bounded by `monitoring.decode.budget`; `monitoring.records.decoder_process` ends a decoder that does not return.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from monitoring.decode import containers, value_formats
from monitoring.decode.budget import MAX_WRAPPERS, Budget, BudgetExceeded, NotThisFormat, ValueTooLarge
from monitoring.decode.containers import Content
from monitoring.decode.value_formats import Value
from portal.messages.message import Message

_HEX_BYTES = 512
_DETAIL_CHARACTERS = 200
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": "))
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class FailedAttempt:
    """A decoder that could not read the bytes, and the reason; without a name, the reason is not of one decoder."""

    decoder: str
    reason: Message
    is_limit: bool = False


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a record says. `value` is JSON-like where there is structure, text where there is not, None for hex.

    `path` names the decoders from the outside in; `partition_key` is set for a record inside a KPL aggregate. `refusal`
    is set when decoding would cost more than one record may; `text` is then the start of the bytes in hex.
    """

    path: tuple[str, ...]
    text: str
    value: object
    failed: tuple[FailedAttempt, ...] = ()
    partition_key: str | None = None
    refusal: Message | None = None

    @property
    def path_label(self) -> str:
        """Return the path as people read it: "gzip › JSON"."""
        return " › ".join(self.path)

    @property
    def is_readable(self) -> bool:
        """Return whether a decoder could read the bytes, so that this is more than a hex dump."""
        return self.path[-1] not in {"hex", "refused"}


@dataclass(frozen=True, slots=True)
class DecodedRecord:
    """What a data record says: one result, or one for each record inside an aggregate or envelope.

    `omitted` is how many more records are inside: at most 200 of one data record are decoded.
    """

    results: tuple[Decoded, ...]
    omitted: int = 0


def decode(data: bytes) -> DecodedRecord:
    """Return what the bytes say. Never raises; a decoder that does not return must be ended with its process."""
    budget = Budget()
    if not data:
        return DecodedRecord((Decoded(("empty",), "", ""),))
    if len(data) > budget.bytes_left:
        return refused(data, Message("decode.record_too_long", limit_bytes=budget.bytes_left))
    return DecodedRecord(tuple(_decode(data, (), budget, None)), budget.omitted)


def refused(data: bytes, reason: Message) -> DecodedRecord:
    """Return the result for a record that is not decoded, or not to the end, with the reason."""
    return DecodedRecord((_refused(data, (), [], None, reason),))


def json_line(value: object) -> str:
    """Return a JSON-like value as one line of JSON that can be sent to a browser."""
    return printable(_ENCODER.encode(value))


def printable(text: str) -> str:
    """Return the text without halves of surrogate pairs, which JSON may contain and UTF-8 may not."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _decode(data: bytes, path: tuple[str, ...], budget: Budget, key: str | None) -> list[Decoded]:
    failed: list[FailedAttempt] = []
    try:
        budget.check_time()
        return _opened(data, path, budget, key, failed) or [_value(data, path, budget, key, failed)]
    except BudgetExceeded as exceeded:
        return [_refused(data, path, failed, key, exceeded.message)]
    except Exception as error:  # a fault in this code must cost one record, not a process
        return [_refused(data, path, failed, key, _library_error(error))]


def _opened(
    data: bytes, path: tuple[str, ...], budget: Budget, key: str | None, failed: list[FailedAttempt]
) -> list[Decoded]:
    for name, container in _CONTAINERS:
        if len(path) < MAX_WRAPPERS and (contents := _attempt(failed, name, partial(container, data, budget))):
            return _contents(contents, (*path, name), budget, key)
    if (value := _attempt(failed, "JSON", partial(value_formats.json_text, data, budget))) is not None:
        return [_decoded((*path, "JSON"), value, failed, key)]
    if len(path) >= MAX_WRAPPERS:
        too_many = Message("decode.too_many_wrappers", wrapper_count=MAX_WRAPPERS)
        failed.append(FailedAttempt("", too_many, is_limit=True))
        return []
    contents = _attempt(failed, "base64", partial(containers.base64_content, data, budget))
    found = _contents(contents, (*path, "base64"), budget, key) if contents else []
    if found and not any(record.is_readable or record.refusal for record in found):
        # Many words are valid base64 by chance; only readable contents show that it was meant.
        failed.append(FailedAttempt("base64", Message("decode.nothing_inside")))
        return []
    return found


def _value(data: bytes, path: tuple[str, ...], budget: Budget, key: str | None, failed: list[FailedAttempt]) -> Decoded:
    for name, value_format in value_formats.VALUE_FORMATS:
        if (value := _attempt(failed, name, partial(value_format, data, budget))) is not None:
            return _decoded((*path, name), value, failed, key)
    limit = next((attempt.reason for attempt in failed if attempt.is_limit), None)
    return _refused(data, path, failed, key, limit) if limit else _hex(data, path, failed, key)


def _contents(contents: list[Content], path: tuple[str, ...], budget: Budget, key: str | None) -> list[Decoded]:
    results: list[Decoded] = []
    for content in contents:
        results += _decode(content.data, path + content.position, budget, content.partition_key or key)
    return results


def _attempt(failed: list[FailedAttempt], name: str, decoder: Callable[[], Result]) -> Result | None:
    try:
        return decoder()
    except BudgetExceeded:
        raise
    except NotThisFormat as reason:
        failed.append(FailedAttempt(name, reason.message, isinstance(reason, ValueTooLarge)))
    except MemoryError as error:
        raise BudgetExceeded(Message("decode.out_of_memory")) from error
    except Exception as error:  # libraries raise what they like, and each decoder is only one of several
        failed.append(FailedAttempt(name, _library_error(error)))
    return None


def _library_error(error: Exception) -> Message:
    detail = printable(str(error))[:_DETAIL_CHARACTERS] or type(error).__name__
    return Message("decode.library_error", detail=detail)


def _decoded(path: tuple[str, ...], value: Value, failed: list[FailedAttempt], key: str | None) -> Decoded:
    shown = value[0]
    text = printable(shown) if isinstance(shown, str) else json_line(shown)
    return Decoded(path, text, shown, tuple(failed), key)


def _hex(data: bytes, path: tuple[str, ...], failed: list[FailedAttempt], key: str | None) -> Decoded:
    return Decoded((*path, "hex"), _hex_text(data), None, tuple(failed), key)


def _refused(
    data: bytes, path: tuple[str, ...], failed: list[FailedAttempt], key: str | None, reason: Message
) -> Decoded:
    return Decoded((*path, "refused"), _hex_text(data), None, tuple(failed), key, reason)


def _hex_text(data: bytes) -> str:
    more = f" … ({len(data):,} bytes)" if len(data) > _HEX_BYTES else ""
    return data[:_HEX_BYTES].hex(" ") + more


_CONTAINERS: tuple[tuple[str, Callable[[bytes, Budget], list[Content]]], ...] = (
    ("gzip", containers.gzip),
    ("zlib", containers.zlib_stream),
    ("KPL aggregate", containers.kpl_aggregate),
    ("CloudWatch Logs", containers.cloudwatch_logs),
)
