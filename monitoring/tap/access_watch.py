"""Notices once a second that a stream's tenant allows other fields, so that the stream is opened again at once."""

from dataclasses import dataclass

from redis import Redis

from monitoring.records.access_changes import last_change

_CHECK_SECONDS = 1.0


@dataclass(slots=True)
class AccessWatch:
    """The last change that the tap knows of, of the tenant of one stream."""

    redis: "Redis"
    _known: str | None = None
    _check_at: float = 0.0

    def has_changed(self, slug: str, now: float) -> bool:
        """Return whether there was a change since the last call; raises RedisError."""
        if now < self._check_at:
            return False
        self._check_at = now + _CHECK_SECONDS
        before, found = self._known, last_change(self.redis, slug)
        self._known = found or before or ""
        return before is not None and bool(found) and found != before
