"""The Celery application: messages are hints, the rows in PostgreSQL are the work.

The settings follow measurements of Celery on Redis: a message is acknowledged late, returned when its worker process
is killed. There is no result backend.
"""

import ctypes
import gc
import os
import sys
from typing import Any

from celery import Celery
from celery.signals import celeryd_after_setup, heartbeat_sent, setup_logging, worker_init, worker_shutdown
from kombu import Queue
from kombu.transport.redis import QoS

from portal import broker_clients, heartbeats, log_lines, task_deadlines, task_origin
from portal.lanes import HOUSEKEEPING, LANES, ROUTES
from portal.postgresql.pool import keep_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")


VISIBILITY_TIMEOUT_SECONDS = 150  # longer than any task may take, or a second worker would receive it
ORPHANED_KEYS_SECONDS = 300
EXTERNAL_IDS_SECONDS = 60
EXPIRING_KEYS_SECONDS = 3600
OUTBOX_SWEEP_SECONDS = 5
ALERTS_SECONDS = 60
ESCALATION_SECONDS = 15
REPORTS_SECONDS = 1800
SESSIONS_SECONDS = 6 * 3600
OLD_NOTIFICATIONS_SECONDS = 6 * 3600
OLD_EVENTS_SECONDS = 24 * 3600
_M_ARENA_MAX, _ARENAS = -8, 2  # mallopt(3)
_SHARE_SECONDS = 60  # scheduled checks are spread over their interval: a share each minute

# On a lost connection kombu would return unacknowledged messages over that same connection, and Celery 5.7 ends the
# worker when that fails. The visibility timeout returns them in any case, and the sweep resumes their runs.
QoS.restore_at_shutdown = False
broker_clients.install()

app = Celery("portal", task_cls="portal.message_times:ClockedTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    accept_content=["json"],
    task_serializer="json",
    task_ignore_result=True,
    task_store_errors_even_if_ignored=False,
    result_extended=False,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_pool="threads",  # the tasks wait for AWS: docs/decisions/0053-threads-and-a-preloaded-process.md
    worker_cancel_long_running_tasks_on_connection_loss=False,  # a thread cannot be ended
    worker_soft_shutdown_timeout=5.0,
    worker_enable_soft_shutdown_on_idle=True,
    worker_hijack_root_logger=False,
    # Kept by portal/task_deadlines.py: no call to AWS begins after the soft limit, and each ends by itself.
    task_soft_time_limit=50,
    task_time_limit=95,
    visibility_timeout=VISIBILITY_TIMEOUT_SECONDS,
    broker_transport_options={
        "visibility_timeout": VISIBILITY_TIMEOUT_SECONDS,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 2,
        "socket_timeout": 5,  # for a broker that hangs; a worker polls it every second
        # For a click while the broker is down: one retry, and the sweep does the rest. Workers retry longer, see below.
        "max_retries": 1,
        "interval_start": 0.1,
        "connect_retries_timeout": 1,
    },
    result_backend_transport_options={"visibility_timeout": VISIBILITY_TIMEOUT_SECONDS},
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,  # a worker waits for its broker without limit
    task_queues=[Queue(lane) for lane in LANES],  # a worker without --queues serves all of them
    task_default_queue=HOUSEKEEPING,
    task_routes={name: {"queue": lane} for name, lane in ROUTES.items()},
    beat_scheduler="portal.beat:Scheduler",
)
app.autodiscover_tasks()
TASK_ORIGIN, RUNNING = task_origin.HEADER, task_deadlines.RUNNING  # their signals are connected by the import


def share_seconds(interval: int) -> int:
    """Return how often, in seconds, a share of the checks of an interval is taken."""
    return min(_SHARE_SECONDS, interval)


@setup_logging.connect
def _log_as_settings_say(**_: object) -> None:
    # A receiver of this signal keeps Celery from adding handlers of its own, whose lines could contain secrets.
    log_lines.log_uncaught()


@worker_init.connect
def _keep_connections(**_: object) -> None:
    keep_connections()


@celeryd_after_setup.connect
def _prepare_for_threads(**_: object) -> None:
    # Else glibc gives threads up to eight heaps a CPU, each of which keeps what was freed in it.
    if sys.platform == "linux":
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)
    # What was loaded is never garbage: a collection need not visit it.
    gc.collect()
    gc.freeze()


@heartbeat_sent.connect
def _worker_is_alive(**_: object) -> None:
    # Sent by the loop that receives messages, so a worker that hangs falls silent.
    heartbeats.beat("worker", lanes=_served_lanes())


@worker_shutdown.connect
def _worker_stops(**_: object) -> None:
    heartbeats.sign_off("worker", lanes=_served_lanes())


def _served_lanes() -> list[str]:
    amqp: Any = app.amqp  # the types of Celery do not know its queues
    return list(amqp.queues.consume_from)


@app.on_after_finalize.connect
def _clock(sender: Celery, **_: object) -> None:
    from django.conf import settings

    rechecks, drift = share_seconds(settings.SLUICE_RECHECK_SECONDS), share_seconds(settings.SLUICE_DRIFT_SECONDS)
    key_use = share_seconds(settings.SLUICE_KEY_USE_SECONDS)
    sender.conf.beat_schedule = {
        "sweep": {"task": "onboarding.sweep_runs", "schedule": settings.SLUICE_SWEEP_SECONDS},
        "checks": {"task": "onboarding.sweep_checks", "schedule": settings.SLUICE_SWEEP_SECONDS},
        "recheck": {
            "task": "onboarding.recheck_connections",
            "schedule": rechecks,
        },
        "external-ids": {"task": "onboarding.expire_external_ids", "schedule": EXTERNAL_IDS_SECONDS},
        "strays": {"task": "onboarding.sweep_orphaned_keys", "schedule": ORPHANED_KEYS_SECONDS},
        "producers": {"task": "onboarding.finish_producer_moves", "schedule": ORPHANED_KEYS_SECONDS},
        "expiring-keys": {"task": "onboarding.notify_of_expiring_keys", "schedule": EXPIRING_KEYS_SECONDS},
        "expiring-tokens": {"task": "tenancy.notify_of_expiring_tokens", "schedule": EXPIRING_KEYS_SECONDS},
        "sessions": {"task": "tenancy.clear_sessions", "schedule": SESSIONS_SECONDS},
        "old-notifications": {"task": "outbox.delete_old", "schedule": OLD_NOTIFICATIONS_SECONDS},
        "old-events": {"task": "onboarding.delete_old_vendor_events", "schedule": OLD_EVENTS_SECONDS},
        "outbox": {"task": "outbox.sweep", "schedule": OUTBOX_SWEEP_SECONDS},
        "drift": {"task": "onboarding.check_drift", "schedule": drift},
        "things": {"task": "onboarding.sweep_things", "schedule": settings.SLUICE_SWEEP_SECONDS},
        "rotations": {"task": "onboarding.sweep_rotations", "schedule": settings.SLUICE_SWEEP_SECONDS},
        "old-keys": {"task": "onboarding.rotate_old_keys", "schedule": EXPIRING_KEYS_SECONDS},
        "key-use": {"task": "onboarding.check_keys_use", "schedule": key_use},
        "key-trail": {"task": "onboarding.check_keys_trail", "schedule": key_use},
        "alerts": {"task": "monitoring.check_alerts", "schedule": ALERTS_SECONDS},
        "escalation": {"task": "monitoring.escalate_alerts", "schedule": ESCALATION_SECONDS},
        "fields": {"task": "monitoring.notify_of_fields", "schedule": ALERTS_SECONDS},
        "reports": {"task": "monitoring.make_reports", "schedule": REPORTS_SECONDS},
        "old-reads": {"task": "monitoring.delete_old_reads", "schedule": OLD_EVENTS_SECONDS},
        "collect": {"task": "monitoring.collect_metrics", "schedule": settings.SLUICE_COLLECT_SECONDS},
    }
