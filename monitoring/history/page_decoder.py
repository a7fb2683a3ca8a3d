"""Decodes the records of a page with the schemas of registries that they need, which are read when they are seen."""

import logging
import time
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from monitoring.records.bounded_decoder import BoundedDecoder, Record
from monitoring.records.record_views import RecordContents
from monitoring.schemas.shared import MOST_READ, BeingRead, SharedSchemas
from monitoring.schemas.source import CONFLUENT, GLUE, SchemaSource
from monitoring.schemas.unavailable import SchemaUnavailable
from portal.messages.message import Message

log = logging.getLogger(__name__)

Problems = tuple[tuple[str, Message], ...]
_READING_SECONDS = 5.0  # of a turn, within which reads of schemas begin
_AGAIN_SECONDS = 0.2


@dataclass(slots=True)
class PageDecoder:
    """A decoder process for one turn, the schemas that are known, and why others are not, by their name.

    A registry from which nothing may be read has one reason, by its name alone.
    """

    source: SchemaSource
    shared: SharedSchemas
    _process: BoundedDecoder = field(default_factory=BoundedDecoder)
    _problems: dict[str, Message] = field(default_factory=dict)
    _known: dict[str, str] = field(default_factory=dict)
    _requested: set[str] = field(default_factory=set)
    _seconds_left: float = _READING_SECONDS

    def decode(
        self, records: Sequence[Record], allowed: Collection[str] = (), *, wanted: str = ""
    ) -> list[RecordContents]:
        """Return the contents of the first records, as `BoundedDecoder`. Raises DecoderUnavailable, RedisError."""
        found = self._process.decode(records, allowed, schemas=self._known, wanted=wanted)
        if not self._learn(Counter(name for contents in found for name in contents.schemas)):
            return found
        again = [place for place, contents in enumerate(found) if not contents.schemas.isdisjoint(self._known)]
        for place in again:
            (found[place],) = self._process.decode([records[place]], allowed, schemas=self._known, wanted=wanted)
        return found

    def decode_all(self, records: Sequence[Record], allowed: Collection[str] = ()) -> list[RecordContents]:
        """Return the contents of every record. Raises DecoderUnavailable, RedisError."""
        found: list[RecordContents] = []
        while len(found) < len(records):
            found += self.decode(records[len(found) :], allowed)
        return found

    def problems(self, before: Problems) -> Problems:
        """Return why schemas are not known: those of earlier turns, and those of this one."""
        kept = {name: problem for name, problem in before if name not in self._known}
        return tuple({**kept, **self._problems}.items())[-MOST_READ:]

    def close(self) -> None:
        """End the process."""
        self._process.close()

    def _learn(self, needed: "Counter[str]") -> bool:
        """Read the schemas that were not asked for yet, the one that most records need first; return if any came."""
        count = len(self._known)
        for name, _ in needed.most_common():
            if name in self._requested or not name.startswith((GLUE, CONFLUENT)) or len(self._requested) >= MOST_READ:
                continue
            if (problem := self.source.problem(name)) is not None:
                self._problems[name.partition(":")[0]] = problem
                continue
            self._requested.add(name)
            self._read(name)
        return len(self._known) > count

    def _read(self, name: str) -> None:
        began, self._problems[name] = time.monotonic(), Message("schemas.being_read")
        while time.monotonic() - began <= self._seconds_left:
            try:
                self._known[name] = self.shared.schema(self.source, name)
            except BeingRead:
                time.sleep(_AGAIN_SECONDS)
                continue
            except SchemaUnavailable as unavailable:
                log.warning("history.schema_unavailable reason=%s", unavailable.message.code)
                self._problems[name] = unavailable.message
            else:
                del self._problems[name]
            break
        self._seconds_left -= time.monotonic() - began
