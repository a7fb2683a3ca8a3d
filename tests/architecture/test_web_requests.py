"""No page's request calls AWS: the guard finds one that does.

Every test that requests a page is guarded (tests/web_requests.py), also test_urls.py, which requests every URL.
"""

import pytest
from django.test import Client

from onboarding.connections import selectors
from portal.aws.calls import call
from portal.aws.session import portal_session
from tests import web_requests
from tests.onboarding.pages import tenant_with_admin, verified_connection

pytestmark = pytest.mark.django_db


def page_of_a_connection(client: Client, tenant, uid: str) -> object:
    return client.get(f"/t/{tenant.slug}/connections/{uid}/permission-report.json")


def test_a_page_that_calls_aws_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    tenant, client = tenant_with_admin()
    connection = verified_connection(tenant)
    assert page_of_a_connection(client, tenant, connection.uid)
    monkeypatch.setattr(selectors, "as_json", lambda _: call(portal_session(), "sts", "GetCallerIdentity"))
    with pytest.raises(web_requests.CalledAws, match="connection_report called GetCallerIdentity"):
        page_of_a_connection(client, tenant, connection.uid)
