"""The decoder chain: each decoder reads the bytes, opens a container, or gives the reason why it cannot.

Nothing here raises, whatever the bytes: they come from sensors that Sluice does not control. The values inside are
bounded by `monitoring.decode.budget`; `monitoring.records.decoder_process` ends a decoder that does not return.
docs/encodings.md lists what is read, in this order.
"""

from collections.abc import Mapping

from monitoring.decode import signatures
from monitoring.decode.budget import MAX_RECORD_BYTES, BudgetExceeded, budget_for
from monitoring.decode.chain_steps import STEPS, damaged_name, framed_results
from monitoring.decode.content import Content, Detail, Value
from monitoring.decode.decoded import Decoded, DecodedRecord
from monitoring.decode.reading import Reading, Task, library_error
from portal.messages.message import Message

_NO_SCHEMAS: Mapping[str, str] = {}


def decode(data: bytes, schemas: Mapping[str, str] = _NO_SCHEMAS, *, is_exact: bool = False) -> DecodedRecord:
    """Return what the bytes say. Never raises; a decoder that does not return must be ended with its process.

    `schemas` are those of schema registries that are known, by the name that `Framing` has for them. With `is_exact`,
    numbers in values keep their text (`json_text.SentNumber`).
    """
    if not data:
        return DecodedRecord((Decoded(("empty",), "", "", Content(b"")),))
    if len(data) > MAX_RECORD_BYTES:
        return refused(data, Message("decode.record_too_long", limit_bytes=MAX_RECORD_BYTES))
    task = Task(budget_for(len(data)), schemas, is_exact, _decode)
    results = tuple(_decode(task, Content(data), (), (), ()))
    return DecodedRecord(results, task.budget.omitted)


def refused(data: bytes, reason: Message) -> DecodedRecord:
    """Return the result for a record that is not decoded, or not to the end, with the reason."""
    task = Task(budget_for(len(data)), _NO_SCHEMAS, False, _decode)
    return DecodedRecord(tuple(Reading(task, Content(data), (), ()).refused(reason)))


def _decode(
    task: Task, content: Content, path: tuple[str, ...], details: tuple[Detail, ...], sizes: tuple[int, ...]
) -> list[Decoded]:
    reading = Reading(task, content, path, details, sizes=sizes)
    try:
        task.budget.check_time()
        if not content.data:
            return reading.value("empty", Value(""))
        return framed_results(reading, content.framing) if content.framing else _read(reading)
    except BudgetExceeded as exceeded:
        return reading.refused(exceeded.message)
    except Exception as error:  # a fault in this code must cost one record, not a process
        return reading.refused(library_error(error))


def _read(reading: Reading) -> list[Decoded]:
    for step in STEPS:
        if found := step(reading):
            return found
    limit = next((attempt.reason for attempt in reading.failed if attempt.is_limit), None)
    if limit:
        return reading.refused(limit)
    if damaged := damaged_name(reading.data):
        return reading.hex(damaged, details=(Detail(Message("record.damaged", format=damaged)),))
    name = signatures.named(reading.data)
    if name is None:
        return reading.hex()
    return reading.hex(name, details=(Detail(Message("record.binary", format=name, size_bytes=len(reading.data))),))
