"""Texts of drift, of a role's verification and of key warnings survive as parameters; a repair's rows keep their meaning."""

from collections.abc import Iterator

import pytest
from django.apps.registry import Apps

from onboarding.models.connection import Connection
from onboarding.models.drift_finding import DriftFinding
from onboarding.models.pgp_key import PgpKey
from onboarding.spec.remediation import Remediation, RemediationAction
from portal.messages.catalogue import text_of, todo_of
from tests.onboarding.migrations.test_messages_as_codes import migrated

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def before() -> Iterator[Apps]:
    yield migrated("0004_messages_as_codes")
    migrated(None)


def test_texts_become_messages(before: Apps) -> None:
    tenant = before.get_model("tenancy", "Tenant").objects.create(slug="northwind", name="Northwind")
    report = {"right": "refused", "what": "AWS denied it.", "whose": "Yours.", "todo": "Deploy it again."}
    before.get_model("onboarding", "Connection").objects.create(tenant=tenant, name="production", report=report)
    integration = before.get_model("onboarding", "Integration").objects.create(tenant=tenant, name="sensors")
    mend = {"verb": "delete access key", "user": "sluice-1", "name": "AKIA1"}
    before.get_model("onboarding", "DriftFinding").objects.create(
        integration=integration, step="access_key", what="Keys", expected="AKIA0", found="AKIA1", mends=[mend]
    )
    before.get_model("onboarding", "PgpKey").objects.create(tenant=tenant, fingerprint="A" * 40, warning="It is short.")

    migrated(None)

    connection, finding, key = Connection.objects.get(), DriftFinding.objects.get(), PgpKey.objects.get()
    assert (connection.trust_report, text_of(connection.verdict)) == ({"right": "refused"}, "AWS denied it.")
    assert todo_of(connection.verdict) == "Yours. Deploy it again."
    assert [text_of(finding.what), text_of(finding.expected), text_of(finding.found)] == ["Keys", "AKIA0", "AKIA1"]
    assert finding.repairs == [Remediation(RemediationAction.DELETE_KEY, "sluice-1", "AKIA1")]
    assert [text_of(warning) for warning in key.warning_messages] == ["It is short."]
