"""Reads the schemas that a stream's records need from their registry, in threads of the tap for schemas alone.

From AWS Glue Schema Registry where the client allows it, from a Confluent Schema Registry whose address an admin gave;
what a worker has read for the history is used too (`monitoring.schemas.shared`). A schema version never changes, so
each is read once while the stream is watched, the one that most records need first; what could not be read is tried
again after five minutes. With another address or other credentials the schemas of the old registry are forgotten. No
page waits for any of it: records are decoded with the schema from then on.
"""

import logging
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from redis import Redis, RedisError

from monitoring.schemas.shared import MOST_READ, RETRY_SECONDS, BeingRead, SharedSchemas
from monitoring.schemas.source import CONFLUENT, GLUE, SchemaSource
from monitoring.schemas.unavailable import SchemaUnavailable
from monitoring.tap.decoder_pool import DecoderPool
from portal.messages.message import Message

log = logging.getLogger(__name__)

_SOON_SECONDS = 2.0
_PROBLEM_SECONDS = 1.2 * RETRY_SECONDS  # by then it was tried again, if records still need it


@dataclass(slots=True, eq=False)
class SchemaReader:
    """The schemas of one stream: those asked for, when, those that are being read, and why others are not known."""

    uid: str
    pool: ThreadPoolExecutor
    decoders: DecoderPool
    redis: "Redis"
    _registry: str = ""
    _asked_at: dict[str, float] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)
    _problems: dict[str, tuple[float, Message]] = field(default_factory=dict)
    _reads: "dict[str, Future[str]]" = field(default_factory=dict)

    def problem(self, now: float) -> Message | None:
        """Return why a schema is not known that records needed lately; None if all are."""
        recent = [problem for at, problem in self._problems.values() if now - at <= _PROBLEM_SECONDS]
        return recent[-1] if recent else None

    def step(self, wanted: Iterable[str | None], source: SchemaSource | None, now: float) -> None:
        """Receive what was read, and start to read one schema that records need and that is not known."""
        if source is not None and source.registry.name != self._registry:
            self._registry = source.registry.name
            self._forget_confluent()
        for name, read in list(self._reads.items()):
            if read.done():
                del self._reads[name]
                self._receive(name, read, now)
        if self._reads or source is None:
            return
        due = self._due(wanted, source, now)
        if due is not None:
            self._asked_at[due] = now
            shared = SharedSchemas(self.uid, self.redis)
            self._reads[due] = self.pool.submit(shared.schema, source, due)

    def pending(self) -> "list[Future[Any]]":
        """Return the calls to AWS whose results have not been received yet."""
        return list(self._reads.values())

    def forget(self) -> None:
        """Forget every schema, as the decoders do when the stream's reader starts again."""
        self._asked_at.clear()
        self._known.clear()
        self._problems.clear()
        self._reads.clear()

    def _due(self, wanted: Iterable[str | None], source: SchemaSource, now: float) -> str | None:
        # The IDs come from records, by chance too: a new one in each must not cause a call for each, nor use up the
        # calls for good.
        counted = Counter(name for name in wanted if name and name not in self._known)
        self._set_aside_unreadable(counted, source, now)
        if not counted:
            return None
        failed = self._asked_at.keys() - self._known
        for name in failed:
            if now - self._asked_at[name] >= RETRY_SECONDS:
                del self._asked_at[name]
                self._problems.pop(name, None)
        if len(self._asked_at) >= MOST_READ:
            return None
        return next((name for name, _ in counted.most_common() if name not in self._asked_at), None)

    def _set_aside_unreadable(self, counted: "Counter[str]", source: SchemaSource, now: float) -> None:
        for name in list(counted):
            if (problem := source.problem(name)) is not None:
                del counted[name]
                if name.startswith((GLUE, CONFLUENT)):
                    self._problems[name.partition(":")[0]] = now, problem

    def _forget_confluent(self) -> None:
        names = {name for name in self._asked_at if name.startswith(CONFLUENT)}
        self._asked_at = {name: at for name, at in self._asked_at.items() if name not in names}
        self._reads = {name: read for name, read in self._reads.items() if name not in names}
        self._problems.clear()
        self._known -= names
        self.decoders.unlearn(self.uid, names)

    def _receive(self, name: str, read: "Future[str]", now: float) -> None:
        try:
            schema = read.result()
        except BeingRead:
            self._asked_at[name] = now - RETRY_SECONDS + _SOON_SECONDS
        except SchemaUnavailable as unavailable:
            log.warning("tap.schema_unavailable stream=%s reason=%s", self.uid, unavailable.message.code)
            self._asked_at[name], self._problems[name] = now, (now, unavailable.message)
        except RedisError:
            log.warning("tap.schema_without_redis stream=%s", self.uid)
        except Exception:  # whatever it is, it must cost a schema only
            log.exception("tap.schema_failed stream=%s", self.uid)
            self._problems[name] = now, Message("schemas.unexpected_error")
        else:
            self._known.add(name)
            self._problems.pop(name, None)
            self._problems.pop(name.partition(":")[0], None)
            self.decoders.learn(self.uid, name, schema)
