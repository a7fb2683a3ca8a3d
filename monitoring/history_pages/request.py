"""From a cursor in an address to what was read for it: requests it from a worker, once, and answers what is there."""

from dataclasses import dataclass

from monitoring.filters.grammar import parse
from monitoring.filters.matching import is_allowed
from monitoring.history import store
from monitoring.history.answer import Answer, answered
from monitoring.history.cursor import CursorRejected, Holder, cursor_of, name_of, query_of
from monitoring.history.query import HistoryQuery
from monitoring.read_audit.notes import note_read
from monitoring.record_read_model import ReadSource
from monitoring.records.access import Audience, audience_of
from monitoring.records.allowed_fields import allowed_fields
from monitoring.records.field_paths import version_of
from monitoring.records.record_row import RecordRow
from monitoring.tasks import request_history
from monitoring.watched_streams import WatchedStream
from portal import rate_limits
from portal.messages.message import Message
from portal.tenancy.access import TenantRequest


@dataclass(frozen=True, slots=True)
class Reader:
    """The person of a request who reads a stream: no cursor of theirs is valid for anyone else."""

    request: TenantRequest
    stream: WatchedStream

    def cursor(self, query: HistoryQuery | None) -> str:
        """Return the cursor of a query, "" for none."""
        return "" if query is None else cursor_of(query, self._holder)

    def answer(self, cursor: str) -> Answer:
        """Return what was read so far; requests it first. Raises CursorRejected, TooManyRequests, RedisError."""
        query, name = query_of(cursor, self._holder), name_of(cursor)
        if not self.may_search(query.wanted):  # of a link from before their role changed
            raise CursorRejected(Message("filter.masked"))
        if not store.is_requested(name):
            rate_limits.use(rate_limits.HISTORY, tenant=self.request.tenant, user=self.request.user)
            store.request(name, store.Requested(self.stream.integration_id, query))
        audience = audience_of(self.request.user, self.request.tenant, self.stream.uid)
        version = version_of(allowed_fields(self.request.tenant.pk)) if audience is Audience.MASKED else ""
        answer = answered(name, query, audience=audience, mask_version=version)
        rows = [shown.row for shown in answer.rows]
        if self.request.method != "HEAD":
            self._note(rows, audience, query.wanted)
        if not answer.progress.is_over:
            store.want(name)
            request_history(self.stream.integration_id, name)
        return answer

    def row(self, cursor: str, key: str) -> RecordRow | None:
        """Return a row of what was read, noted; None when it is no longer kept. Raises CursorRejected, RedisError."""
        query = query_of(cursor, self._holder)
        if not self.may_search(query.wanted):
            raise CursorRejected(Message("filter.masked"))
        row = next((row for row in store.rows_of(name_of(cursor)) if row.key == key), None)
        if row is not None and self.request.method != "HEAD":
            self._note([row], audience_of(self.request.user, self.request.tenant, self.stream.uid), query.wanted)
        return row

    def may_search(self, wanted: str) -> bool:
        """Return whether the reader may use a filter: from one, a person who sees records masked would learn values."""
        condition = parse(wanted)
        is_masked = audience_of(self.request.user, self.request.tenant, self.stream.uid) is Audience.MASKED
        return condition is None or not is_masked or is_allowed(condition, allowed_fields(self.request.tenant.pk))

    def cancel(self, cursor: str) -> None:
        """Have the reading stop. Raises CursorRejected, RedisError."""
        query_of(cursor, self._holder)
        store.cancel(name_of(cursor))

    def _note(self, rows: list[RecordRow], audience: Audience, wanted: str) -> None:
        # Before it is sent: what cannot be noted is not shown.
        is_masked = audience is Audience.MASKED
        source = ReadSource.HISTORY
        note_read(self.request, self.stream.uid, source, rows, is_masked=is_masked, filter_text=wanted)

    @property
    def _holder(self) -> Holder:
        return Holder(self.request.user.pk, self.request.tenant.pk, self.stream.uid)
