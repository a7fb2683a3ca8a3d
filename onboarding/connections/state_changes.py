"""Who is notified when the state of a connection changes: what shows it elsewhere registers here when Django starts."""

from collections.abc import Callable
from functools import partial

from django.db import transaction

from onboarding.models.connection import Connection

Listener = Callable[[int], None]

REGISTERED: list[Listener] = []


def register(listener: Listener) -> None:
    """Call `listener` with the ID of each connection whose state changed, after the change is committed.

    To be called from `AppConfig.ready`. What a listener raises is logged, and changes nothing else.
    """
    if listener not in REGISTERED:
        REGISTERED.append(listener)


def publish_state(connection: Connection) -> None:
    """Notify the registered listeners of a connection whose state changed."""
    for listener in REGISTERED:
        transaction.on_commit(partial(listener, connection.pk), robust=True)
