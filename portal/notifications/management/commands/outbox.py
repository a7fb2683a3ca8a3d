"""The outbox by command line: what waits or failed, every attempt of a row, and delivery once more."""

from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.command_line import CommandWithSubcommands, failed
from portal.messages.catalogue import explanation_of
from portal.messages.message import Message
from portal.notifications import redelivery
from portal.outbox import backlog
from portal.outbox.models import OutboxItem, OutboxState

ACTOR = "command line"
_MOST = 200


class Command(CommandWithSubcommands):
    description = gettext_lazy("Manage the outbox: mail and notifications that wait, failed or were delivered.")
    subcommands = {
        "status": gettext_lazy("Count what waits and what failed within a day, and name the rows."),
        "list": gettext_lazy("List rows, newest first."),
        "show": gettext_lazy("Show one row with every attempt and answer."),
        "redeliver": gettext_lazy("Deliver a row again, whatever became of it before."),
    }

    def add_status(self, parser: ArgumentParser) -> None:
        """Add no argument."""

    def do_status(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the numbers and the rows."""
        found, oldest = backlog.backlog(), backlog.oldest_waiting()
        return {
            "waiting": found.waiting,
            "failed": found.failed,
            "oldest_seconds": found.oldest_seconds,
            "oldest": _with_answer(oldest) if oldest else None,
            "failed_items": [_with_answer(item) for item in backlog.failed(_MOST)],
        }

    def say_status(self, answer: dict[str, Any]) -> str:
        """Format the numbers, then a line for each row."""
        lines = [_("%(waiting)s waiting, %(failed)s failed within a day") % answer]
        if oldest := answer["oldest"]:
            lines.append(_("oldest waiting: %(seconds)s s") % {"seconds": answer["oldest_seconds"]})
            lines.append(_line(oldest))
        return "\n".join([*lines, *(_line(item) for item in answer["failed_items"])])

    def add_list(self, parser: ArgumentParser) -> None:
        """Add the arguments: state, tenant, how many."""
        parser.add_argument("--state", choices=list(OutboxState), help=_("The state of the rows to list."))
        parser.add_argument("--tenant", metavar="SLUG", help=_("The tenant's slug."))
        parser.add_argument("--limit", type=int, default=_MOST, help=_("The number of rows at most."))

    def do_list(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the rows."""
        rows = OutboxItem.objects.select_related("tenant", "recipient", "endpoint")
        if options["state"]:
            rows = rows.filter(state=options["state"])
        if options["tenant"]:
            rows = rows.filter(tenant__slug=options["tenant"])
        return {"items": [_described(item) for item in rows[: max(0, options["limit"])]]}

    def say_list(self, answer: dict[str, Any]) -> str:
        """Format a line for each row."""
        return "\n".join(_line(item) for item in answer["items"])

    def add_show(self, parser: ArgumentParser) -> None:
        """Add the argument: the row."""
        parser.add_argument("id", help=_("The ID of the row, or its first digits."))

    def do_show(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return one row."""
        item = _item(options["id"])
        return {**_described(item), "attempts": [_attempt(row) for row in item.attempts.all()]}

    def add_redeliver(self, parser: ArgumentParser) -> None:
        """Add the argument: the row."""
        parser.add_argument("id", help=_("The ID of the row, or its first digits."))

    def do_redeliver(self, options: dict[str, Any]) -> dict[str, Any]:
        """Make the row due now."""
        item = _item(options["id"])
        redelivery.redeliver(item=item, actor=ACTOR)
        item.refresh_from_db()
        return _described(item)


def _line(item: dict[str, Any]) -> str:
    line = f"{item['id'][:12]}  {item['state']:<9}  {item['channel']:<7}  {item['to']}  {item['subject']}"
    return f"{line}\n    {item['answer']}" if item.get("answer") else line


def _with_answer(item: OutboxItem) -> dict[str, Any]:
    answers = [attempt.answer for attempt in item.attempts.all() if attempt.answer]
    return {**_described(item), "answer": explanation_of(answers[-1]) if answers else ""}


def _item(given: str) -> OutboxItem:
    rows = OutboxItem.objects.select_related("tenant", "recipient", "endpoint").filter(uid__startswith=given.lower())
    found = list(rows[:2]) if given else []
    if len(found) != 1:
        raise failed(Message("outbox.item_unknown", uid=given))
    return found[0]


def _described(item: OutboxItem) -> dict[str, Any]:
    return {
        "id": item.uid,
        "kind": item.kind,
        "event": item.event,
        "channel": item.channel,
        "to": item.to,
        "tenant": item.tenant.slug if item.tenant else None,
        "subject": item.subject,
        "state": item.state,
        "attempts": item.attempt_count,
        "created_at": item.created_at,
        "due_at": item.due_at if item.state == OutboxState.WAITING else None,
        "finished_at": item.finished_at,
    }


def _attempt(row: Any) -> dict[str, Any]:
    return {
        "number": row.number,
        "began_at": row.began_at,
        "ended_at": row.ended_at,
        "accepted": row.is_accepted,
        "answer": explanation_of(row.answer),
    }
