"""Chooses the run whose turn it is and claims it, in one message to PostgreSQL.

A worker that chooses excludes the others, so that no two choose by the same counts. The lock ends with the message:
its hundred threads share one interpreter, and would hold it for as long as that interpreter is busy elsewhere.
"""

import os
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import connection

from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.models.states import RunState
from onboarding.provisioning.claims import ACTIVE, Claim, host
from portal.database_clock import DatabaseClock

_LOCK = 5_311_001  # PostgreSQL's advisory lock of those who choose; any number that nothing else uses
_RUNS, _INTEGRATIONS = Run._meta.db_table, Integration._meta.db_table
# The same conditions as claims.free() and claims.acquire().
_DUE = """
    state = ANY(%(active)s) AND due_at <= statement_timestamp()
    AND (lease_until IS NULL OR lease_until < statement_timestamp())
"""
_CHOICE = f"""
    WITH at_work AS (
        SELECT tenant_id, count(*) AS anywhere, count(*) FILTER (WHERE starts_with(owner, %(here)s)) AS here
        FROM {_RUNS} run JOIN {_INTEGRATIONS} integration ON integration.id = integration_id
        WHERE run.state = ANY(%(active)s) AND lease_until >= statement_timestamp()
        GROUP BY tenant_id
    ), first AS (
        SELECT DISTINCT ON (tenant_id) tenant_id, run.id, due_at, run.id = %(hinted)s AS is_hinted
        FROM (SELECT id, integration_id, due_at FROM {_RUNS} WHERE {_DUE}) run
        JOIN {_INTEGRATIONS} integration ON integration.id = integration_id
        ORDER BY tenant_id, run.id = %(hinted)s DESC, due_at
    ), chosen AS (
        SELECT id, tenant_id FROM first LEFT JOIN at_work USING (tenant_id)
        WHERE %(most)s::bigint IS NULL OR coalesce(here, 0) < %(most)s::bigint
        ORDER BY coalesce(anywhere, 0), NOT is_hinted, due_at, id LIMIT 1
    )
"""  # noqa: S608  (names of tables and conditions from here; values are parameters)
_LOOK = f"{_CHOICE} SELECT id FROM chosen"  # noqa: S608  (as above)
_CLAIM = f"""
    SELECT pg_advisory_xact_lock({_LOCK});
    {_CHOICE} UPDATE {_RUNS} SET
        owner = %(owner)s, fence = fence + 1, crashes = crashes + 1, state = %(running)s,
        lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
    FROM chosen WHERE {_RUNS}.id = chosen.id AND {_DUE}
    RETURNING {_RUNS}.id, fence, chosen.tenant_id, clock_timestamp()
"""  # noqa: S608  (as above)


def look(hinted: int, most_of_one_tenant: int | None) -> int | None:
    """Return the run whose turn it is, or None."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, _choice(hinted, most_of_one_tenant))
        found = cursor.fetchone()
    return found[0] if found else None


def claim(hinted: int, most_of_one_tenant: int | None) -> Claim | None:
    """Claim the run whose turn it is; None when no run is due, or its tenant has as many as it can have here."""
    owner = f"{host()}:{os.getpid()}:{uuid4().hex[:8]}"
    given = {"owner": owner, "running": RunState.RUNNING.value, "lease": settings.SLUICE_LEASE_SECONDS}
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, _choice(hinted, most_of_one_tenant) | given)
        cursor.nextset()  # behind the lock's empty answer
        found = cursor.fetchone()
    if found is None:
        return None
    run_id, fence, tenant_id, now = found
    return Claim(run_id, owner, fence, tenant_id, DatabaseClock(now))


def _choice(hinted: int, most: int | None) -> dict[str, Any]:
    active = [state.value for state in ACTIVE]
    return {"active": active, "here": f"{host()}:", "hinted": hinted, "most": most}
