"""From a cursor in an address to what was read for it: requests it from a worker, once, and answers what is there."""

from dataclasses import dataclass

from monitoring.history import store
from monitoring.history.answer import Answer, answered
from monitoring.history.cursor import Holder, cursor_of, name_of, query_of
from monitoring.history.query import HistoryQuery
from monitoring.read_audit.notes import note_read
from monitoring.record_read_model import ReadSource
from monitoring.records.access import Audience, audience_of
from monitoring.records.record_row import RecordRow
from monitoring.tasks import request_history
from monitoring.watched_streams import WatchedStream
from portal import rate_limits
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
        if not store.is_requested(name):
            rate_limits.use(rate_limits.HISTORY, tenant=self.request.tenant, user=self.request.user)
            store.request(name, store.Requested(self.stream.integration_id, query))
        audience = audience_of(self.request.user, self.request.tenant, self.stream.uid)
        answer = answered(name, query, audience=audience)
        rows = [shown.row for shown in answer.rows]
        if self.request.method != "HEAD":
            self._note(rows, audience)
        if not answer.progress.is_over:
            store.want(name)
            request_history(self.stream.integration_id, name)
        return answer

    def cancel(self, cursor: str) -> None:
        """Have the reading stop. Raises CursorRejected, RedisError."""
        query_of(cursor, self._holder)
        store.cancel(name_of(cursor))

    def _note(self, rows: list[RecordRow], audience: Audience) -> None:
        # Before it is sent: what cannot be noted is not shown.
        is_masked = audience is Audience.MASKED
        note_read(self.request, self.stream.uid, ReadSource.HISTORY, rows, is_masked=is_masked)

    @property
    def _holder(self) -> Holder:
        return Holder(self.request.user.pk, self.request.tenant.pk, self.stream.uid)
