"""manage.py records read: a page of a stream's history, masked as for the vendor's staff. It needs no worker.

`records decode` is the same as without the portal's settings.
"""

import secrets
import time
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from redis import RedisError

from monitoring.decode.characters import printable
from monitoring.filters.grammar import parse
from monitoring.filters.matching import is_allowed
from monitoring.history import store
from monitoring.history.answer import Answer, answered
from monitoring.history.query import LIMITS, USUAL_LIMIT, HistoryQuery
from monitoring.history.reading import read_turn
from monitoring.history.start import From, start_of
from monitoring.read_audit.notes import Reader, note_seen
from monitoring.read_audit.seen import seen_in
from monitoring.record_read_model import ReadSource
from monitoring.records.access import Audience
from monitoring.records.management.commands.records import Command as OfflineCommand
from monitoring.records.record_row import VisibleRow
from monitoring.watched_streams import watched_stream
from onboarding.management.integrations.named import add_integration, named_integration
from portal.command_line import failed
from portal.messages.catalogue import described
from portal.messages.message import Message

_AGAIN_SECONDS = 1.0


class Command(OfflineCommand):
    """Decode files, and read the history of streams."""

    description = gettext_lazy("Decode records from files, and read those that a stream still keeps.")
    subcommands = {
        **OfflineCommand.subcommands,
        "read": gettext_lazy("Read records that a stream still keeps, oldest first. Values are masked as for staff."),
    }

    def add_read(self, parser: ArgumentParser) -> None:
        """Add the stream, and where reading starts."""
        add_integration(parser)
        places = [str(place) for place in From]
        parser.add_argument(
            "--from",
            choices=places,
            default=str(From.LATEST),
            dest="from",
            help=_("The start, by AWS’s name (LATEST)."),
        )
        parser.add_argument("--time", default="", help=_("The time of AT_TIMESTAMP, such as 2026-11-28T06:00."))
        parser.add_argument("--zone", default="UTC", help=_("The time zone of --time, such as Europe/Oslo (UTC)."))
        parser.add_argument(
            "--sequence-number", default="", dest="sequence", help=_("The sequence number to start at.")
        )
        parser.add_argument(
            "--filter", default="", help=_("A filter; only records that it finds are listed: '@size > 1000'.")
        )
        parser.add_argument("--shard", default="", help=_("The number or ID of the only shard to read."))
        parser.add_argument(
            "--limit",
            type=int,
            choices=LIMITS,
            default=USUAL_LIMIT,
            help=_("The number of data records, at most (50)."),
        )
        parser.add_argument(
            "--yes",
            action="store_true",
            help=_("Confirm that reading from TRIM_HORIZON raises the stream’s iterator age."),
        )

    def do_read(self, options: dict[str, Any]) -> dict[str, Any]:
        """Read one page in this process."""
        integration = named_integration(options)
        query = _query(integration.uid, options)
        try:
            answer = _read(integration.pk, query)
        except RedisError:
            raise failed(Message("history.no_redis")) from None
        _note(integration.uid, query, answer)
        found = {
            "integration": integration.name,
            "phase": str(answer.progress.phase),
            "found": answer.progress.found,
            "reads": answer.progress.reads,
            "bytes": answer.progress.read_bytes,
            "is_at_edge": answer.progress.is_at_edge,
            "records": [_row(visible) for visible in answer.rows],
            "unknown_schemas": [
                {"registry": note.registry, "reason": described(note.problem)} for note in answer.schema_notes
            ],
        }
        if answer.progress.problem is not None:
            raise failed(answer.progress.problem, answer=found)
        return found

    def say_read(self, answer: dict[str, Any]) -> str:
        """Print a line for each record."""
        lines = [f"{row['arrived_at']} {row['shard_id']} {row['text']}" for row in answer["records"]]
        for note in answer["unknown_schemas"]:
            reason = note["reason"]
            lines.append(f"{note['registry']}: {reason['text']} {reason['todo']}".rstrip())
        count = answer["found"]
        lines.append(ngettext("%(count)s record", "%(count)s records", count) % {"count": count})
        return printable("\n".join(lines))


def _query(uid: str, options: dict[str, Any]) -> HistoryQuery:
    stream = watched_stream(uid)
    if stream is None:
        raise failed(Message("stream.missing"))
    address = {name: str(options[name]) for name in ("from", "time", "zone", "sequence", "shard", "limit", "filter")}
    start = start_of(address, None, retention=timedelta(hours=stream.retention_hours), now=timezone.now())
    if start.problems or start.query is None:
        raise failed(next(iter(start.problems.values())))
    condition = parse(start.query.wanted)
    if condition is not None and not is_allowed(condition, ()):
        raise failed(Message("filter.masked"))
    if start.begins_at_oldest and not options["yes"]:
        raise failed(Message("history.not_confirmed"))
    return start.query


def _read(integration_id: int, query: HistoryQuery) -> Answer:
    name = f"command-{secrets.token_hex(16)}"
    store.request(name, store.Requested(integration_id, query))
    while read_turn(name):
        store.want(name)
        time.sleep(_AGAIN_SECONDS)
    return answered(name, query, audience=Audience.MASKED)


def _note(uid: str, query: HistoryQuery, answer: Answer) -> None:
    """Note in the client's audit of reads what is printed, before it is."""
    seen = seen_in([visible.row for visible in answer.rows])
    if seen is not None:
        note_seen(uid, Reader(None, "", ReadSource.COMMAND, is_masked=True, filter_text=query.wanted), seen)


def _row(visible: VisibleRow) -> dict[str, Any]:
    row, view = visible.row, visible.view
    return {
        "arrived_at": row.arrived_at.isoformat(),
        "shard_id": row.shard_id,
        "sequence_number": row.sequence_number,
        "partition_key": view.partition_key,
        "decoded_as": row.decoder_path,
        "text": view.text,
        "is_masked": view.is_masked,
        "is_withheld": view.is_withheld,
        "refusal": described(visible.refusal),
    }
