"""The schemas of a stream's records in Redis: read once for the tap and all workers, within one bound for all of them.

A schema version never changes, so what was read is kept for 15 minutes; what could not be read is tried again after
five. IDs come from records, by chance too: of a stream at most 20 are read in five minutes, and 1 MiB of text is kept.
Another address of the registry, or other credentials, have names of their own here: nothing of the last is used.
"""

import json
import zlib
from dataclasses import dataclass
from typing import Any, cast

from redis import Redis

from monitoring.schemas.source import CONFLUENT, SchemaSource
from monitoring.schemas.unavailable import SchemaUnavailable
from portal import live
from portal.messages.message import Message, from_json

MOST_READ = 20
MOST_KEPT_BYTES = 1024 * 1024
KEPT_SECONDS = 900
RETRY_SECONDS = 300
_FAILED_SECONDS = RETRY_SECONDS - 5  # the tap, which counts the time itself, then finds nothing kept of a failure
_READING_SECONDS = 40  # longer than one read can take


class BeingRead(Exception):
    """Another process reads the schema at this moment."""


@dataclass(frozen=True, slots=True)
class SharedSchemas:
    """The schemas of one stream, by its uid."""

    uid: str
    redis: "Redis"

    def schema(self, source: SchemaSource, name: str) -> str:
        """Return a schema that is kept, or read it. Raises SchemaUnavailable, BeingRead, RedisError."""
        if (refusal := source.problem(name)) is not None:
            raise SchemaUnavailable(refusal)
        key = f"{self.uid}:{_place(source, name)}"
        if (kept := self._kept(key)) is not None:
            return kept
        if not self.redis.set(f"schema_reading:{key}", "1", nx=True, ex=_READING_SECONDS):
            raise BeingRead
        try:
            return self._read(source, name, key)
        finally:
            self.redis.delete(f"schema_reading:{key}")

    def _kept(self, key: str) -> str | None:
        text, problem = cast("list[Any]", self.redis.mget(f"schema_text:{key}", f"schema_problem:{key}"))
        if text is not None:
            return zlib.decompress(text).decode()
        if problem is not None:
            raise SchemaUnavailable(from_json(json.loads(live.text(problem))))
        return None

    def _read(self, source: SchemaSource, name: str, key: str) -> str:
        if self._counted(f"schema_reads:{self.uid}", 1, RETRY_SECONDS) > MOST_READ:
            raise SchemaUnavailable(Message("schemas.too_many", most=MOST_READ, period_seconds=RETRY_SECONDS))
        try:
            schema = source.read(name)
        except SchemaUnavailable as unavailable:
            stored = json.dumps(unavailable.message.as_json())
            self.redis.set(f"schema_problem:{key}", stored, ex=_FAILED_SECONDS)
            raise
        content = zlib.compress(schema.encode())
        if self._counted(f"schema_bytes:{self.uid}", len(content), KEPT_SECONDS) <= MOST_KEPT_BYTES:
            self.redis.set(f"schema_text:{key}", content, ex=KEPT_SECONDS)
        return schema

    def _counted(self, key: str, number: int, seconds: int) -> int:
        """Add to a count, which begins anew so many seconds after its first, and return it."""
        self.redis.set(key, "0", nx=True, ex=seconds)
        return int(self.redis.incrby(key, number))


def _place(source: SchemaSource, name: str) -> str:
    if not name.startswith(CONFLUENT):
        return name
    return f"{source.registry.name}:{name}"
