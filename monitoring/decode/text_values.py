"""What text can be: JSON, JSON records that follow each other, bytes written as text, or simply text."""

from collections.abc import Callable

from monitoring.decode import characters, containers
from monitoring.decode.budget import BudgetExceeded, NotThisFormat
from monitoring.decode.content import Content, Detail, Value
from monitoring.decode.decoded import Decoded
from monitoring.decode.json_text import json_value
from monitoring.decode.reading import Opener, Reading
from portal.messages.message import Message

_JSON_STARTS = frozenset(b'{["-0123456789tfn \t\r\n')
_OBJECT_STARTS = frozenset(b"{[ \t\r\n")
_MEANT = frozenset({"JSON", "CBOR", "MessagePack", "Avro", "text"})
_BOMB = "decode.unpacks_too_far"
_LEAST_STRING = 2
_MOST_DETAILS = 20
_PROBE = 16


def json_results(reading: Reading) -> list[Decoded]:
    """Return what JSON says: one value, the log events in it, or values that follow each other."""
    first = reading.data[0]
    if first not in _JSON_STARTS:
        return []
    is_exact = reading.task.is_exact
    value = reading.attempt("JSON", lambda data, budget: json_value(data, budget, exact=is_exact))
    if value is not None:
        return _inside_json(reading, value) or reading.value("JSON", value)
    if first not in _OBJECT_STARTS:
        return []
    found = reading.opened("NDJSON", containers.json_lines, _is_json)
    return found or reading.opened("concatenated JSON", containers.concatenated_json, _is_json)


def wide_results(reading: Reading) -> list[Decoded]:
    """Return what UTF-16 or UTF-32 says. Without a byte order mark its ASCII characters have NUL bytes."""
    if reading.data[0] < 0xFE and 0 not in reading.data[:_PROBE]:
        return []
    return _in_character_set(reading, "UTF-16", characters.wide)


def marked_results(reading: Reading) -> list[Decoded]:
    """Return what stands behind a byte order mark or before NUL bytes at the end."""
    try:
        (content,) = characters.marked(reading.data, reading.task.budget)
    except NotThisFormat:  # what is usual is no attempt that failed
        return []
    code = content.details[0].message.code
    if code in {detail.message.code for detail in reading.details} or len(reading.details) > _MOST_DETAILS:
        return []
    details = reading.details + content.details
    return reading.task.decode(reading.task, content, reading.path, details, reading.sizes)


def text_results(reading: Reading) -> list[Decoded]:
    """Return what text without controls says: bytes that are written in it, or its characters."""
    text = reading.attempt("text", lambda data, _budget: characters.plain_text(data))
    if text is None:
        return []
    if reading.data[0] not in _JSON_STARTS:
        reading.fail("JSON", Message("decode.no_json_start"))
    if len(text.split(None, 1)) == 1 or "\n" in text:
        for name, opener in (("hex digits", containers.hex_digits), ("base64", containers.base64_content)):
            if found := speculative(reading, name, opener, _is_meant):
                return found
    return reading.value("text", Value(text, text))


def odd_text_results(reading: Reading) -> list[Decoded]:
    """Return text with some controls in it, or in a character set of one byte for each character."""
    reading.failed = [attempt for attempt in reading.failed if attempt.decoder != "text"]
    found = reading.attempt("text", lambda data, _budget: characters.text_with_controls(data))
    if found is not None:
        text, count = found
        return reading.value("text", Value(text, text, (Detail(Message("record.controls", character_count=count)),)))
    return _in_character_set(reading, "Latin-1", characters.latin)


def speculative(reading: Reading, name: str, opener: Opener, wanted: Callable[[Decoded], bool]) -> list[Decoded]:
    """Return what is inside bytes that have no start of their own, if it is readable.

    That it would unpack too far is a reason to refuse the record only if nothing else can read it.
    """
    left = reading.task.budget.bytes_left
    try:
        found = reading.opened(name, opener, wanted)
    except BudgetExceeded as exceeded:
        if reading.task.budget.bytes_left >= 0:
            raise
        reading.fail(name, exceeded.message, is_limit=True)
        found = []
    if not found:
        reading.task.budget.bytes_left = left
    return found


def _inside_json(reading: Reading, value: Value) -> list[Decoded]:
    found = value.value
    if isinstance(found, dict) and "logEvents" in found:
        return reading.opened("CloudWatch Logs", lambda _data, budget: containers.log_events(found, budget))
    if isinstance(found, str) and len(found) >= _LEAST_STRING:
        inner = [Content(found.encode("utf-8", "surrogatepass"))]
        return speculative(reading, "JSON string", lambda _data, _budget: inner, _is_more_than_text)
    return []


def _in_character_set(reading: Reading, name: str, decoder: Callable[..., tuple[str, Content]]) -> list[Decoded]:
    found = reading.attempt(name, decoder)
    return reading.contents([found[1]], found[0]) if found else []


def _is_json(decoded: Decoded) -> bool:
    return decoded.is_readable and decoded.path[-1] != "text"


def _is_meant(decoded: Decoded) -> bool:
    if decoded.refusal is not None:  # by chance, any bytes are values without end; but they are no bomb
        return decoded.refusal.code == _BOMB
    return decoded.path[-1] in _MEANT and "Latin-1" not in decoded.path


def _is_more_than_text(decoded: Decoded) -> bool:
    return decoded.is_readable and decoded.path[-1] != "text" and isinstance(decoded.value, dict | list)
