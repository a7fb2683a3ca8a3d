"""The history of an access key is read by an index, however many events the organisation has."""

import json

import pytest
from django.db import connection

from onboarding.integrations import selectors
from portal.tenancy import audit
from portal.tenancy.models import Tenant
from tests.database import owner_connection
from tests.onboarding.encrypted_keys import integration_of, key

pytestmark = pytest.mark.django_db(transaction=True)  # so that the owner sees the rows
OTHERS = 30_000


def test_the_history_reads_its_own_events_alone() -> None:
    tenant = Tenant.objects.create(slug="north", name="North")
    credential = key(integration_of(tenant)).credential
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tenancy_auditevent (tenant_id, actor, action, target, object_id, reason, details)"
            " SELECT %s, 'ada', 'onboarding:credential:fetched', 'AKIA', 'other' || i %% 10000, '', '{}'"
            " FROM generate_series(1, %s) i",
            [tenant.pk, OTHERS],
        )
    for _ in range(3):
        audit.record("onboarding:credential:fetched", tenant=tenant, actor="ada", target="AKIA1", about=credential)
    # The portal may not analyze its tables; on a server autovacuum does.
    with owner_connection(connection.settings_dict["NAME"]) as owner:
        owner.execute("ANALYZE tenancy_auditevent")
    shown = selectors.key_activity(credential.integration)[:20]
    assert [event.target for event in shown] == ["AKIA1"] * 3
    plan = json.loads(shown.explain(analyze=True, format="json"))[0]["Plan"]
    assert _rows_read(plan) <= 10, plan


def _rows_read(plan: dict[str, object]) -> int:
    """The rows that a plan takes from tables, those included that it reads and does not want."""
    own = sum(int(float(str(plan.get(name, 0)))) for name in ("Actual Rows", "Rows Removed by Filter"))
    below = plan.get("Plans", [])
    assert isinstance(below, list)
    return (own if "Scan" in str(plan["Node Type"]) else 0) + sum(map(_rows_read, below))
