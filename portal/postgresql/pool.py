"""A pool of connections to PostgreSQL, for a worker: its threads close theirs at each pause and each end of a task.

Web processes, taps and commands have none: docs/decisions/0021-no-connection-pool.md says why.
"""

from typing import Any

from django.conf import settings

# Each thread has a connection only while it works, and so many work (onboarding/provisioning/working_turns.py); the
# thread of the leases and what has a lane of its own need the rest. Who finds none free waits for seconds.
CONNECTIONS = 48
_WAIT_SECONDS = 20.0
# Of a connection that nobody used for so long, the server is relieved.
_IDLE_SECONDS = 60.0
# Afterwards whoever needs a connection tries anew. Longer attempts would pause for longer and longer, and find a server
# that is back minutes late.
_RECONNECT_SECONDS = 2.0


def keep_connections(alias: str = "default") -> None:
    """Have the connections of this process come from a pool from now on; it opens the first one when it is needed.

    Each is asked whether it is alive before it is handed out, so a restart of PostgreSQL costs no task.
    https://docs.djangoproject.com/en/5.2/ref/databases/#postgresql-pool
    """
    place: dict[str, Any] = settings.DATABASES[alias]
    place["CONN_HEALTH_CHECKS"] = True
    place["OPTIONS"] = {**place.get("OPTIONS", {}), "pool": options()}


def options() -> dict[str, Any]:
    """Return the pool's settings: https://www.psycopg.org/psycopg3/docs/api/pool.html."""
    return {
        "min_size": 0,
        "max_size": CONNECTIONS,
        "timeout": _WAIT_SECONDS,
        "max_idle": _IDLE_SECONDS,
        "reconnect_timeout": _RECONNECT_SECONDS,
    }
