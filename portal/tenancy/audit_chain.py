"""Verifies the chains of hashes of the audit trail: one for each tenant, and one for acts without a tenant.

PostgreSQL links each event when it is committed (migration 0002): the hash covers the event, its place in the chain and
the hash before it. Here the hashes are calculated again, from what the tables contain now. Who can write to the tables
and knows the chain could calculate a complete chain of their own, or remove its end; only a head that was noted
elsewhere shows that.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from django.db import connection, transaction

GENESIS = "0" * 64
WITHOUT_TENANT = 0
Break = Literal["changed", "removed", "reordered", "not_chained", "head"]

# As migration 0002 has it; the first element is the form's version.
_CANONICAL = """
jsonb_build_array(
    1, coalesce(e.tenant_id, 0), l.position, l.previous_hash, e.id,
    to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
    e.actor, e.action, e.target, e.object_type, e.object_id, e.reason, e.address, e.request_id, e.details
)::text
"""
_LINKS = f"""
SELECT l.position, l.event_id, l.previous_hash, l.hash, CASE WHEN e.id IS NOT NULL THEN {_CANONICAL} END
FROM tenancy_auditlink l LEFT JOIN tenancy_auditevent e ON e.id = l.event_id
WHERE l.chain = %s AND l.position > %s ORDER BY l.position LIMIT %s
"""  # noqa: S608  (no value is put into the text)
_NOT_CHAINED = """
SELECT e.id FROM tenancy_auditevent e LEFT JOIN tenancy_auditlink l ON l.event_id = e.id
WHERE coalesce(e.tenant_id, 0) = %s AND l.event_id IS NULL ORDER BY e.id LIMIT 1
"""
_CHAINS = """
SELECT chain FROM tenancy_auditlink UNION SELECT coalesce(tenant_id, 0) FROM tenancy_auditevent ORDER BY 1
"""
_BATCH = 2000


class Head(NamedTuple):
    """The last entry of a chain, to be noted elsewhere: its position and its hash."""

    position: int
    hash: str


@dataclass(frozen=True, slots=True)
class BrokenEntry:
    """The first entry of a chain that is not as it was written; an event of ID 0 is missing with its link."""

    kind: Break
    position: int
    event_id: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a chain is found to be: how many entries were read, its head, and its first broken entry."""

    chain: int
    entries: int
    head: Head
    broken: BrokenEntry | None = None


class _Link(NamedTuple):
    position: int
    event_id: int
    previous_hash: str
    hash: str
    canonical: str | None


def chains() -> list[int]:
    """Return every chain: the IDs of tenants with events, and WITHOUT_TENANT."""
    with connection.cursor() as cursor:
        cursor.execute(_CHAINS)
        return [chain for (chain,) in cursor.fetchall()]


@transaction.atomic
def verify(chain: int, noted: Head | None = None) -> Verdict:
    """Calculate a chain's hashes again and return what was found; `noted` is a head that the chain must still have.

    All is read as it was at one moment, whatever is written meanwhile; that takes about 10 s for a million entries.
    """
    with connection.cursor() as cursor:
        if len(connection.savepoint_ids) == 0:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    entries, head, noted_hash = 0, Head(0, GENESIS), None
    for link in _links(chain):
        if kind := _break_at(link, head):
            is_missing = kind == "removed" and link.position != head.position + 1
            return Verdict(
                chain, entries, head, BrokenEntry(kind, head.position + 1, 0 if is_missing else link.event_id)
            )
        entries, head = entries + 1, Head(link.position, link.hash)
        if noted and noted.position == link.position:
            noted_hash = link.hash
    if noted and noted.position and noted_hash != noted.hash:
        position = min(noted.position, head.position + 1)
        return Verdict(chain, entries, head, BrokenEntry("head", position, 0))
    return Verdict(chain, entries, head, _not_chained(chain, head))


def _break_at(link: _Link, before: Head) -> Break | None:
    if link.position != before.position + 1 or link.canonical is None:
        return "removed"
    if link.previous_hash != before.hash:
        return "reordered"
    return None if hashlib.sha256(link.canonical.encode()).hexdigest() == link.hash else "changed"


def _links(chain: int) -> Iterator[_Link]:
    after = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_LINKS, [chain, after, _BATCH])
            found = [_Link(*row) for row in cursor.fetchall()]
        yield from found
        if len(found) < _BATCH:
            return
        after = found[-1].position


def _not_chained(chain: int, head: Head) -> BrokenEntry | None:
    with connection.cursor() as cursor:
        cursor.execute(_NOT_CHAINED, [chain])
        row = cursor.fetchone()
    return BrokenEntry("not_chained", head.position + 1, row[0]) if row else None
