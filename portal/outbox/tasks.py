"""Celery's part: a hint without content, and the sweep that makes certain what the hints make quick."""

from portal import database_scope
from portal.celery import app
from portal.outbox import claims, delivery, outbox, retention

_MOST_HINTS = 8


@app.task(name="outbox.deliver", expires=outbox.HINT_EXPIRES_SECONDS)
def deliver() -> None:
    """Deliver what is due, and ask for another turn if this one was not enough."""
    with database_scope.every_tenant("a turn delivers what is due in all"):
        is_more_due = delivery.deliver_due()
    if is_more_due:
        outbox.hint()


@app.task(name="outbox.sweep", expires=10)
def sweep() -> None:
    """Wake workers for rows that are due and that no one holds: this replaces every lost hint."""
    with database_scope.every_tenant("the sweep finds every row that is due"):
        due = claims.due_count(_MOST_HINTS)
    for _ in range(due):
        outbox.hint()


@app.task(name="outbox.delete_old", expires=3600)
def delete_old() -> None:
    """Delete rows that no one needs any more."""
    with database_scope.every_tenant("old rows of all tenants are deleted"):
        retention.delete_old()
