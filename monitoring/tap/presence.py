"""Which taps run, and which of them keep up, in Redis: one that does not gives streams to one that does."""

from dataclasses import dataclass

from redis import Redis

from portal import live

_TAPS = "taps"
_VALID_SECONDS = 5.0
_LATE, _IN_TIME = "late", "in time"


@dataclass(frozen=True, slots=True)
class TapPresence:
    """The entry of one tap. Without news of it for five seconds, the others take it for gone."""

    name: str
    redis: Redis

    def announce(self, *, keeps_up: bool) -> None:
        """Say that this tap runs, and whether it keeps up; raises RedisError."""
        with self.redis.pipeline() as pipe:
            pipe.hset(_TAPS, self.name, f"{_IN_TIME if keeps_up else _LATE}:{live.now() + _VALID_SECONDS:.0f}")
            pipe.expire(_TAPS, int(2 * _VALID_SECONDS))
            pipe.execute()

    def leave(self) -> None:
        """Say that this tap stops; raises RedisError."""
        self.redis.hdel(_TAPS, self.name)

    def another_keeps_up(self) -> bool:
        """Return whether another tap runs that keeps up; raises RedisError."""
        entries = {live.text(name): live.text(entry) for name, entry in self.redis.hgetall(_TAPS).items()}
        others = (entry.rpartition(":") for name, entry in entries.items() if name != self.name)
        now = live.now()
        return any(state == _IN_TIME and float(until) > now for state, _, until in others)
