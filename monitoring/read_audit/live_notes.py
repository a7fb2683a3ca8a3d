"""Notes who was sent records or partition keys by an event stream, from the notes of its events."""

import logging
from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any

from monitoring.read_audit.notes import Reader, note_seen
from monitoring.read_audit.seen import Seen, seen_from_json
from monitoring.record_read_model import ReadSource
from monitoring.records.access import Audience
from monitoring.records.stream_topics import parts_of
from onboarding.models.integration import Integration
from portal import database_scope
from portal.event_access import Sent
from portal.tenancy.models import User

log = logging.getLogger(__name__)


def note_sent_records(sent: Sent) -> None:
    """Note what a person was sent on a topic of a stream: where, and by which filter it was found."""
    topic = parts_of(sent.topic)
    seen: dict[tuple[ReadSource, str], list[Seen]] = {}
    for source, wanted, each in _readable(sent.notes, sent.topic):
        seen.setdefault((source, wanted), []).append(each)
    person = User.objects.filter(pk=sent.user_id).first()
    if not seen or person is None:
        return
    is_masked = topic.audience != Audience.CLEAR
    with database_scope.of_row(Integration.objects.filter(uid=topic.uid)):
        for (source, wanted), found in seen.items():
            reader = Reader(person, sent.session, source, is_masked=is_masked, filter_text=wanted)
            note_seen(topic.uid, reader, reduce(Seen.with_more, found))


def _readable(notes: Iterable[Mapping[str, Any]], topic: str) -> Iterable[tuple[ReadSource, str, Seen]]:
    for note in notes:
        try:
            source = ReadSource(note.get("source", ReadSource.LIVE))
            yield source, str(note.get("filter", "")), seen_from_json(note)
        except (ValueError, KeyError, TypeError):  # of another version, during an update
            log.warning("read_audit.unreadable_note topic=%s", topic)
