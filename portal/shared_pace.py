"""A distance between calls that share a quota, kept in Redis for the threads and processes of all machines."""

import logging
import time

from redis import RedisError

from portal import live

log = logging.getLogger(__name__)

CHECK_SECONDS = 0.1


def wait_for_turn(name: str, *, seconds_apart: float, longest: float) -> bool:
    """Wait until the last turn of this name was so many seconds ago, and return True; after `longest` return False.

    Without Redis it waits for the distance alone, which is enough for the turns of one thread.
    """
    until = time.monotonic() + longest
    try:
        while not live.connect().set(f"pace:{name}", "1", nx=True, px=int(seconds_apart * 1000)):
            if time.monotonic() > until:
                return False
            time.sleep(CHECK_SECONDS)
    except RedisError as error:
        log.warning("pace.without_redis name=%s error=%s", name, type(error).__name__)
        time.sleep(seconds_apart)
    return True
