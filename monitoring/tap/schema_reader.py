"""Reads the schemas that a stream's records need from their registry, in threads of the tap for schemas alone.

From AWS Glue Schema Registry where the client allows it, from a Confluent Schema Registry whose address an admin gave.
A schema version never changes, so each is read once while the stream is watched; what
could not be read is tried again after five minutes. No page waits for it: records are decoded with the schema from then
on.
"""

import logging
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
    _asked_at: dict[str, float] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)
    _reads: "dict[str, Future[str | None]]" = field(default_factory=dict)

    def step(self, wanted: Iterable[str | None], source: Source | None, now: float) -> None:
        """Receive what was read, and start to read one schema that records need and that is not known."""
        for name, read in list(self._reads.items()):
            if read.done():
                del self._reads[name]
                self._receive(name, read)
        if self._reads or source is None:
            return
        due = next((name for name in wanted if name and _may_be_read(source, name) and self._is_due(name, now)), None)
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

    def _is_due(self, name: str, now: float) -> bool:
        # The IDs come from records: a new one in each must not cause a call for each.
        if name in self._known:
            return False
        if name not in self._asked_at:
            return len(self._asked_at) < MOST_SCHEMAS
        return now - self._asked_at[name] >= RETRY_SECONDS

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
