"""Drafts and permission reports that an earlier version stored are read by the present one, and back."""

import pytest

from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from tests.onboarding.migrations.test_messages_as_codes import migrated

pytestmark = pytest.mark.django_db(transaction=True)

STREAM = {"name": "a", "asked": "1"}
ITEMS = {"1": {"kind": "s3", "asked": "1"}, "2": {"kind": "http"}}
EARLIER = {"changing": {"by": "ada"}, "stream": STREAM, "delivery": {"items": ITEMS, "asked": "1"}}
PRESENT = {
    "update": {"by": "ada"},
    "stream": {"name": "a", "submitted": "1"},
    "delivery": {"items": {"1": {"kind": "s3", "submitted": "1"}, "2": {"kind": "http"}}, "submitted": "1"},
}


def test_drafts_and_reports_keep_their_meaning() -> None:
    try:
        before = migrated("0010_requested_created_trust_report")
        tenant = before.get_model("tenancy", "Tenant").objects.create(slug="northwind", name="Northwind")
        before.get_model("onboarding", "Integration").objects.create(tenant=tenant, name="sensors", draft=EARLIER)
        report = {"simulated": True, "passed": 3, "failed": 0, "cannot_tell": 12}
        before.get_model("onboarding", "Connection").objects.create(
            tenant=tenant, name="production", permission_report=report
        )
        migrated(None)
        assert Integration.objects.get().draft == PRESENT
        assert Connection.objects.get().permission_report == {
            "simulated": True,
            "passed": 3,
            "failed": 0,
            "unknown": 12,
        }
        again = migrated("0010_requested_created_trust_report")
        assert again.get_model("onboarding", "Integration").objects.get().draft == EARLIER
        assert again.get_model("onboarding", "Connection").objects.get().permission_report == report
    finally:
        migrated(None)
