"""Cursors: a query as a part of an address, signed, for one person and one stream of a tenant, for an hour."""

import hashlib
from dataclasses import dataclass

from django.core import signing

from monitoring.history.query import HistoryQuery
from portal.messages.message import Message

VALID_SECONDS = 3600
_SALT = "monitoring.history"


class CursorRejected(Exception):
    """A cursor that is not valid for this person and stream; `message` says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.code)
        self.message = message


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose cursor it is: a person who reads a stream (the uid of its integration) of a tenant."""

    person_id: int
    tenant_id: int
    uid: str

    @property
    def names(self) -> list[object]:
        """Return what a cursor has of it."""
        return [self.person_id, self.tenant_id, self.uid]


def cursor_of(query: HistoryQuery, holder: Holder) -> str:
    """Return a cursor. The same query has another one each second, so that newer records are read again."""
    content = {"q": query.as_json(), "w": holder.names}
    return signing.dumps(content, salt=_SALT, compress=True)


def query_of(cursor: str, holder: Holder) -> HistoryQuery:
    """Return the query of a cursor; raises CursorRejected."""
    try:
        content = signing.loads(cursor, salt=_SALT, max_age=VALID_SECONDS)
        if content["w"] == holder.names:
            return HistoryQuery.from_json(content["q"])
    except signing.SignatureExpired:
        raise CursorRejected(Message("history.cursor_expired")) from None
    except (signing.BadSignature, ValueError, KeyError, TypeError):
        pass
    raise CursorRejected(Message("history.cursor_foreign"))


def name_of(cursor: str) -> str:
    """Return a short name of the request for a cursor's page, by which its records are stored."""
    return hashlib.sha256(cursor.encode()).hexdigest()[:32]
