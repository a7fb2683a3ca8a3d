"""The reading of one piece of bytes: attempts with their reasons, and the results they lead to."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from monitoring.decode.budget import MAX_WRAPPERS, Budget, BudgetExceeded, NotThisFormat, ValueTooLarge
from monitoring.decode.characters import printable
from monitoring.decode.content import Content, Detail, Value
from monitoring.decode.decoded import OF, Decoded, FailedAttempt, hex_text
from portal.messages.message import Message

_DETAIL_CHARACTERS = 120
_QUOTED = re.compile(r"[^A-Za-z ,-]")
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": "))
Result = TypeVar("Result")
Opener = Callable[[bytes, Budget], list[Content]]


@dataclass(slots=True)
class Task:
    """One data record: what it may cost, the schemas that are known (by their name), and how numbers are read."""

    budget: Budget
    schemas: Mapping[str, str]
    is_exact: bool
    decode: Callable[[Task, Content, tuple[str, ...], tuple[Detail, ...], tuple[int, ...]], list[Decoded]]


@dataclass(slots=True)
class Reading:
    """One piece of bytes at a place in the chain. `failed` are the decoders that could not read it so far.

    `sizes` are those of the containers around it, from the outside in.
    """

    task: Task
    content: Content
    path: tuple[str, ...]
    details: tuple[Detail, ...]
    failed: list[FailedAttempt] = field(default_factory=list)
    sizes: tuple[int, ...] = ()

    @property
    def data(self) -> bytes:
        """Return the bytes."""
        return self.content.data

    def attempt(self, name: str, decoder: Callable[[bytes, Budget], Result]) -> Result | None:
        """Return what a decoder reads, or None and keep the reason; raises BudgetExceeded."""
        try:
            return decoder(self.content.data, self.task.budget)
        except BudgetExceeded:
            raise
        except NotThisFormat as reason:
            self.fail(name, reason.message, is_limit=isinstance(reason, ValueTooLarge))
        except MemoryError as error:
            raise BudgetExceeded(Message("decode.out_of_memory")) from error
        except Exception as error:  # libraries raise what they like, and each decoder is only one of several
            self.fail(name, library_error(error))
        return None

    def fail(self, name: str, reason: Message, *, is_limit: bool = False) -> None:
        """Keep the reason why a decoder could not read the bytes."""
        self.failed.append(FailedAttempt(name, reason, is_limit))

    def opened(self, name: str, opener: Opener, wanted: Callable[[Decoded], bool] | None = None) -> list[Decoded]:
        """Return what is inside a container, or nothing and keep the reason; raises BudgetExceeded.

        With `wanted`, most of what is inside must be so: the bytes may only look like this container by chance.
        """
        if len(self.path) >= MAX_WRAPPERS and sum(OF not in name for name in self.path) >= MAX_WRAPPERS:
            if not any(attempt.is_limit for attempt in self.failed):
                self.fail("", Message("decode.too_many_wrappers", wrapper_count=MAX_WRAPPERS), is_limit=True)
            return []
        contents = self.attempt(name, opener)
        if not contents:
            return []
        if wanted is None:
            return self.contents(contents, name)
        taken = self.task.budget.records_left, self.task.budget.omitted
        found = self.contents(contents, name)
        if sum(map(wanted, found)) * 2 >= len(found):
            return found
        self.task.budget.records_left, self.task.budget.omitted = taken
        self.fail(name, Message("decode.nothing_inside"))
        return []

    def contents(self, contents: list[Content], name: str) -> list[Decoded]:
        """Return the results of all contents."""
        results: list[Decoded] = []
        sizes = (*self.sizes, len(self.data))
        for content in contents:
            inner = content if content.partition_key or not self.content.partition_key else self._inherited(content)
            path, details = (*self.path, name, *content.position), self.details + content.details
            results += self.task.decode(self.task, inner, path, details, sizes)
        return results

    def value(self, name: str, value: Value) -> list[Decoded]:
        """Return the one result that a value is."""
        text = value.text
        if text is None:
            text = value.value if isinstance(value.value, str) else json_line(value.value)
        return [self._result((name,), text, value.value, value.details)]

    def hex(self, *names: str, details: tuple[Detail, ...] = (), schema: str | None = None) -> list[Decoded]:
        """Return the bytes as hex, with the names of what they are."""
        return [self._result((*names, "hex"), hex_text(self.data), None, details, schema=schema)]

    def refused(self, reason: Message) -> list[Decoded]:
        """Return the start of the bytes, with the reason why they are not decoded."""
        return [self._result(("refused",), hex_text(self.data), None, refusal=reason)]

    def _result(
        self,
        names: tuple[str, ...],
        text: str,
        value: object,
        details: tuple[Detail, ...] = (),
        *,
        refusal: Message | None = None,
        schema: str | None = None,
    ) -> Decoded:
        path, failed = self.path + names, tuple(self.failed)
        details = self.details + details
        return Decoded(path, text, value, self.content, failed, details, refusal, schema, self.sizes)

    def _inherited(self, content: Content) -> Content:
        own = self.content
        return Content(content.data, own.partition_key, (), content.details, own.hash_key, content.framing)


def json_line(value: object) -> str:
    """Return a JSON-like value as one line of JSON that can be sent to a browser."""
    return printable(_ENCODER.encode(value))


def library_error(error: Exception) -> Message:
    """Return the reason for whatever a library raised: its own phrase, without what it may quote from the record."""
    text = _QUOTED.split(str(error)[:_DETAIL_CHARACTERS], maxsplit=1)[0].strip()
    return Message("decode.library_error", detail=text or type(error).__name__)
