"""The rows that services lock, and the one order in which they lock them, so that no two of them wait for each other.

1. the tenant
2. a person, for what they may have only so many of, such as passkeys
3. the integration, or a connection; never both
4. the run
5. rows that belong to them: links and alerts, with a lock of their own; steps, resources, credentials, findings,
   without one
6. the audit trail's chains, which PostgreSQL locks by itself at the commit (docs/decisions/0039-append-only-audit.md)

A limit on the number of rows is checked under the lock of the tenant or person that has them
(tests/architecture/test_row_counts.py).

Only the row itself is locked (`of`), whatever is read beside it. `no_key` because rows that refer to a locked row are
added at any time: each such insert shares the key, and would wait for a lock that also covers it.
Nothing is asked of AWS while a row is locked: AWS may take a minute, and the row's other writers would wait for it.
"""

from onboarding.models.integration import Integration
from onboarding.models.run import Run
from portal.tenancy.services import lock_tenant

__all__ = ["lock_integration", "lock_run", "lock_tenant"]


def lock_integration(integration_id: int) -> Integration:
    """Lock the integration's row until the transaction ends, and return it with its tenant and its connection."""
    rows = Integration.objects.select_for_update(of=("self",), no_key=True).select_related("tenant", "connection")
    return rows.get(pk=integration_id)


def lock_run(run_id: int) -> Run:
    """Lock the rows of the run's integration and of the run, in this order, and return the run with both."""
    integration_id = Run.objects.values_list("integration_id", flat=True).get(pk=run_id)
    integration = lock_integration(integration_id)
    run = Run.objects.select_for_update(of=("self",), no_key=True).get(pk=run_id)
    run.integration = integration
    return run
