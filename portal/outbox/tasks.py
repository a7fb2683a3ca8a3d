"""Celery's part: a hint without content, and the sweep that makes certain what the hints make quick."""

from portal.celery import app
from portal.outbox import claims, delivery, outbox

_MOST_HINTS = 8


@app.task(name="outbox.deliver", expires=outbox.HINT_EXPIRES_SECONDS)
def deliver() -> None:
    """Deliver what is due, and ask for another turn if this one was not enough."""
    if delivery.deliver_due():
        outbox.hint()


@app.task(name="outbox.sweep", expires=10)
def sweep() -> None:
    """Wake workers for rows that are due and that no one holds: this replaces every lost hint."""
    for _ in range(claims.due_count(_MOST_HINTS)):
        outbox.hint()
