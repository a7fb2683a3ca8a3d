"""The fields that the tap sampled of a stream's records: written to PostgreSQL once a minute, by a thread."""

import logging
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from django.core.exceptions import ObjectDoesNotExist
from django.db import Error as DatabaseError
from django.db import connections
from redis import Redis

from monitoring.field_catalogue import stored
from monitoring.field_catalogue.observation import Observation
from monitoring.field_catalogue.sample import FieldSample
from monitoring.records.access import Audience
from monitoring.records.stream_topics import topic_of
from monitoring.tap.source import Source
from onboarding.models.integration import Integration
from portal import database_scope, live

log = logging.getLogger(__name__)

WRITE_SECONDS = 60
_STILL_DECODED_SECONDS = 15.0  # what a decoder was given before may come back so late
_FIRST_SECONDS = 5.0  # so that someone who opens the page for a moment adds to the catalogue too


@dataclass(slots=True)
class FieldNews:
    """The sampled fields of one stream: `add` what was decoded, `step` with each step of the tap."""

    uid: str
    pool: ThreadPoolExecutor
    redis: Redis
    _sample: FieldSample = field(default_factory=FieldSample)
    _source: Source | None = None
    _due_at: float = 0.0
    _not_before: float = 0.0
    _written: "Future[None] | None" = None

    def describe(self, source: Source, now: float) -> None:
        """Note where the catalogue is kept. What is counted by another kind field than the present one is dropped."""
        if self._source is not None and self._source.kind_field != source.kind_field:
            self._sample, self._not_before = FieldSample(), now + _STILL_DECODED_SECONDS
        self._source = source

    def add(self, observations: Sequence[Observation], now: float) -> None:
        """Count the fields of some records."""
        if now < self._not_before:
            return
        has_kinds = bool(self._source and self._source.kind_field)
        for observation in observations:
            self._sample.add(observation, int(time.time()), has_kinds=has_kinds)

    def step(self, now: float) -> None:
        """Have a thread write what was counted; for each stream at most once a minute, whichever tap reads it."""
        if self._written is not None and self._written.done():
            if fault := self._written.exception():
                log.error("tap.unexpected_error stream=%s", self.uid, exc_info=fault)
            self._written = None
            for audience in Audience:
                live.publish(topic_of(self.uid, audience), "fields")
        source = self._source
        if not self._sample.kinds or source is None or source.integration_id is None or self._written is not None:
            return
        if not self._due_at:
            self._due_at = now + _FIRST_SECONDS
        if now >= self._due_at:
            self._due_at = now + _FIRST_SECONDS
            if self.redis.set(f"fields_written:{self.uid}", "1", nx=True, ex=WRITE_SECONDS):
                sample, self._sample = self._sample, FieldSample()
                self._written = self.pool.submit(_write, source.integration_id, sample, source.kind_field)

    def pending(self) -> "list[Future[None]]":
        """Return the write that has not ended."""
        return [self._written] if self._written else []

    def forget(self) -> None:
        """Forget what was counted and not written: the permission to read may be gone."""
        self._sample = FieldSample()


def _write(integration_id: int, sample: FieldSample, kind_field: tuple[str, ...]) -> None:
    try:
        with database_scope.of_row(Integration.objects.filter(pk=integration_id)):
            stored.add(integration_id, sample.kinds, kind_field)
    except (DatabaseError, ObjectDoesNotExist) as error:  # a lost minute of a sample
        log.warning("tap.fields_not_written integration=%s fault=%s", integration_id, type(error).__name__)
    finally:
        connections.close_all()
