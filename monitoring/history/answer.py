"""What a person is answered of a requested page: the one place where records of history leave the server.

The query has the shard and the place, the progress the edges of what was found. The page notes who was sent it in the
audit of reads (`monitoring/history_pages/request.py`).
"""

from dataclasses import dataclass
from datetime import UTC

from django.utils.translation import gettext as _

from monitoring.history import store
from monitoring.history.position import Kind
from monitoring.history.progress import Phase, Progress
from monitoring.history.query import HistoryQuery
from monitoring.records.access import Audience
from monitoring.records.record_row import VisibleRow, visible_rows
from portal.messages.formats import size
from portal.messages.message import Message

_STARTS_WITHIN_SECONDS = 20.0
_REGISTRIES = {"glue": "AWS Glue Schema Registry", "confluent": "Confluent Schema Registry"}


@dataclass(frozen=True, slots=True)
class SchemaNote:
    """Why a schema could not be read, and its ID; without it for those who see records masked: it can be data."""

    registry: str
    schema_id: str
    problem: Message


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows found so far, as the audience sees them, oldest first; and how far the reading is."""

    query: HistoryQuery
    rows: list[VisibleRow]
    progress: Progress
    waited_seconds: float = 0.0
    audience: Audience = Audience.MASKED

    @property
    def schema_notes(self) -> list[SchemaNote]:
        """Return why schemas could not be read, each reason once for those who see no IDs."""
        notes = [self._note(name, problem) for name, problem in self.progress.schema_problems]
        return list(dict.fromkeys(notes))

    def _note(self, name: str, problem: Message) -> SchemaNote:
        registry, _, schema_id = name.partition(":")
        return SchemaNote(_REGISTRIES[registry], schema_id if self.audience is Audience.CLEAR else "", problem)

    @property
    def read_size(self) -> str:
        """Return how much was read, such as "12 MiB"."""
        return size(self.progress.read_bytes)

    @property
    def nothing_before(self) -> str:
        """Return what is said when there is no earlier record."""
        if self.query.wanted:
            return _("The filter finds nothing in the records before this place.")
        return _("The stream has no records before this place.")

    @property
    def nothing_since(self) -> str:
        """Return what is said when there is no record."""
        if self.query.wanted:
            return _("The filter finds nothing in the records %(since)s.") % {"since": self._since}
        return _("The stream has no records %(since)s.") % {"since": self._since}

    @property
    def _since(self) -> str:
        """Return where the page begins: a time that was chosen, or a place."""
        cut = self.query.cut
        is_placed = any(place.kind is not Kind.PAST for place in cut.positions.values())
        if is_placed or cut.origin.kind is not Kind.TIME or cut.origin.near is None:
            return _("after this place")
        return _("since %(time)s UTC") % {"time": f"{cut.origin.near.astimezone(UTC):%Y-%m-%d %H:%M:%S}"}

    @property
    def waits_for_worker(self) -> bool:
        """Return whether no worker began, although one had time."""
        return self.progress.phase is Phase.WAITING and self.waited_seconds > _STARTS_WITHIN_SECONDS

    @property
    def next_query(self) -> HistoryQuery | None:
        """Return the query for later records; None where there can be none."""
        end = self.progress.end
        if end is None or (end.positions and all(place.is_finished for place in end.positions.values())):
            return None
        return self.query.after(end)

    @property
    def previous_query(self) -> HistoryQuery | None:
        """Return the query for earlier records; None where there are none."""
        start = self.progress.start
        if start is None or (self.query.is_backward and self.progress.is_at_edge):
            return None
        return self.query.before(start)


def answered(name: str, query: HistoryQuery, *, audience: Audience, mask_version: str = "") -> Answer:
    """Return what was found of a requested page so far; raises RedisError.

    `mask_version` is that of the fields that are allowed now: masked rows of another list are withheld.
    """
    progress = store.progress_of(name)  # first, so that no row is missing from what it counts
    waited = store.KEPT_SECONDS - store.seconds_left(name)
    return Answer(query, visible_rows(store.rows_of(name), audience, mask_version), progress, waited, audience)
