"""Reads the schemas that a stream's records need from their registry, in threads of the tap for schemas alone.

From AWS Glue Schema Registry where the client allows it, from a Confluent Schema Registry whose address an admin gave.
A schema version never changes, so each is read once while the stream is watched, the one that most records need first;
what could not be read is tried again after five minutes. With another address the schemas of the old one are forgotten.
No page waits for any of it: records are decoded with the schema from then on.
"""

import logging
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from monitoring.tap.confluent_registry import SchemaUnavailable, registered_schema
from monitoring.tap.decoder_pool import DecoderPool
from monitoring.tap.source import Source
from portal.aws.errors import AwsFault
from portal.aws.schemas import avro_schema

log = logging.getLogger(__name__)

GLUE, CONFLUENT = "glue:", "confluent:"
MOST_SCHEMAS = 20
MOST_CHARACTERS = 170_000  # the limit of the registry
RETRY_SECONDS = 300.0


@dataclass(slots=True, eq=False)
class SchemaReader:
    """The schemas of one stream: those asked for, when, and those that are being read."""

    uid: str
    pool: ThreadPoolExecutor
    decoders: DecoderPool
    _registry: str = ""
    _asked_at: dict[str, float] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)
    _reads: "dict[str, Future[str | None]]" = field(default_factory=dict)

    def step(self, wanted: Iterable[str | None], source: Source | None, now: float) -> None:
        """Receive what was read, and start to read one schema that records need and that is not known."""
        if source is not None and source.schema_registry != self._registry:
            self._registry = source.schema_registry
            self._forget_confluent()
        for name, read in list(self._reads.items()):
            if read.done():
                del self._reads[name]
                self._receive(name, read)
        if self._reads or source is None:
            return
        due = self._due(wanted, source, now)
        if due is not None:
            self._asked_at[due] = now
            self._reads[due] = self.pool.submit(_read, source, due)

    def pending(self) -> "list[Future[Any]]":
        """Return the calls to AWS whose results have not been received yet."""
        return list(self._reads.values())

    def forget(self) -> None:
        """Forget every schema, as the decoders do when the stream's reader starts again."""
        self._asked_at.clear()
        self._known.clear()
        self._reads.clear()

    def _due(self, wanted: Iterable[str | None], source: Source, now: float) -> str | None:
        # The IDs come from records, by chance too: a new one in each must not cause a call for each, nor use up the
        # calls for good.
        counted = Counter(name for name in wanted if name and name not in self._known and _may_be_read(source, name))
        if not counted:
            return None
        failed = self._asked_at.keys() - self._known
        for name in failed:
            if now - self._asked_at[name] >= RETRY_SECONDS:
                del self._asked_at[name]
        if len(self._asked_at) >= MOST_SCHEMAS:
            return None
        return next((name for name, _ in counted.most_common() if name not in self._asked_at), None)

    def _forget_confluent(self) -> None:
        names = {name for name in self._asked_at if name.startswith(CONFLUENT)}
        self._asked_at = {name: at for name, at in self._asked_at.items() if name not in names}
        self._reads = {name: read for name, read in self._reads.items() if name not in names}
        self._known -= names
        self.decoders.unlearn(self.uid, names)

    def _receive(self, name: str, read: "Future[str | None]") -> None:
        try:
            schema = read.result()
        except (AwsFault, SchemaUnavailable) as fault:
            log.warning("tap.schema_unavailable stream=%s fault=%s", self.uid, fault)
        except Exception:  # whatever it is, it must cost a schema only
            log.exception("tap.schema_failed stream=%s", self.uid)
        else:
            if schema is not None and len(schema) <= MOST_CHARACTERS:
                self._known.add(name)
                self.decoders.learn(self.uid, name, schema)


def _may_be_read(source: Source, name: str) -> bool:
    if name.startswith(CONFLUENT):
        return bool(source.schema_registry)
    return name.startswith(GLUE) and source.may_read_schemas


def _read(source: Source, name: str) -> str | None:
    if name.startswith(CONFLUENT):
        return registered_schema(source.schema_registry, name.removeprefix(CONFLUENT))
    return avro_schema(source.session(), name.removeprefix(GLUE))
