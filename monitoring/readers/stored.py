"""What AWS listed of a stream's readers, kept with the time; and whether it is time to ask again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q

from monitoring.models import StreamReaders
from monitoring.readers.reader import Reader, merged
from portal.messages.message import Message, from_json

MOST_READERS = 100
EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class KnownReaders:
    """The readers of a stream as AWS listed them at `read_at`; `omitted` more are not kept.

    `problems` are why a source was not read, by its name.
    """

    readers: tuple[Reader, ...] = ()
    omitted: int = 0
    problems: Mapping[str, Message] = field(default_factory=dict)
    read_at: datetime | None = None


def known_readers(integration_id: int) -> KnownReaders:
    """Return what AWS listed last; nothing, without a time, before the first list."""
    row = StreamReaders.objects.filter(integration_id=integration_id).first()
    if row is None:
        return KnownReaders()
    problems = {name: from_json(stored) for name, stored in row.problems.items()}
    return KnownReaders(tuple(map(Reader.from_json, row.readers)), row.omitted, problems, row.read_at)


def is_due(integration_id: int, now: datetime) -> bool:
    """Return whether the readers were not asked for within five minutes."""
    return not StreamReaders.objects.filter(integration_id=integration_id, asked_at__gt=now - EVERY).exists()


def claim(integration_id: int, *, now: datetime) -> bool:
    """Return whether the readers may be listed now, and note it: at most once in five minutes, whatever asks."""
    row, is_new = StreamReaders.objects.get_or_create(integration_id=integration_id, defaults={"asked_at": now})
    due = StreamReaders.objects.filter(Q(asked_at=None) | Q(asked_at__lte=now - EVERY), pk=row.pk)
    return is_new or bool(due.update(asked_at=now))


def keep(
    integration_id: int,
    listed: Iterable[Reader],
    problems: Mapping[str, Message],
    *,
    now: datetime,
    is_answered: bool = True,
) -> None:
    """Keep what AWS listed at `now`, and why the other sources were not read; the readers of those stay as known.

    Without `is_answered` AWS listed nothing, and the time of the last list stays.
    """
    found = merged(known_readers(integration_id).readers, listed, problems, now=now)
    StreamReaders.objects.update_or_create(
        integration_id=integration_id,
        defaults={
            "readers": [reader.as_json() for reader in found[:MOST_READERS]],
            "omitted": max(0, len(found) - MOST_READERS),
            "problems": {name: problem.as_json() for name, problem in problems.items()},
            **({"read_at": now} if is_answered else {}),
        },
    )
