"""The scheduler of beat: Celery's own, with a heartbeat in its loop."""

from typing import Any

from celery.beat import PersistentScheduler

from portal import heartbeats


class Scheduler(PersistentScheduler):
    """Sends a heartbeat each time that it has sent what was due."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due; return in how many seconds to do so again, soon enough for the next heartbeat."""
        seconds: float = super().tick(*args, **kwargs)  # type: ignore[misc]  # the stubs omit it
        heartbeats.beat("beat")
        return min(seconds, heartbeats.BEAT_SECONDS)

    def close(self) -> None:
        """Store the schedule, and sign off."""
        super().close()
        heartbeats.sign_off("beat")
