"""The lists of a tenant's home: pages of 20, and queries that do not grow with the rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from onboarding.models.credential import Credential, SealedCopy
from onboarding.models.integration import Integration
from onboarding.models.resource import Resource
from onboarding.models.run import Run
from onboarding.models.states import CredentialState, IntegrationState, ResourceState, RunState
from onboarding.views.integrations.home_lists import PER_PAGE
from portal.tenancy.models import Tenant
from tests.onboarding.pages import DELIVERY, FINGERPRINT, STREAM, confirmed_key, tenant_with_admin, verified_connection

pytestmark = pytest.mark.django_db
SPEC = {"stream": {"name": "sluice-sensors", "region": "eu-west-1"}}
MOST_QUERIES = 25


def fill(tenant: Tenant, count: int, start: int = 0) -> None:
    """So many drafts, streams with an access key and removed integrations with a resource."""
    chosen = tenant.connections.first() or verified_connection(tenant)
    if not tenant.pgp_keys.exists():
        confirmed_key(tenant)
    pages = {"connect": {"connection": chosen.uid}, "stream": {**STREAM, "submitted": True}}
    pages |= {"delivery": {"items": {"1": DELIVERY}}, "recipients": {"fingerprints": [FINGERPRINT]}}
    for number in range(start, start + count):
        Integration.objects.create(tenant=tenant, name=f"draft {number}", draft=pages)
        shared = {"tenant": tenant, "connection": chosen, "spec": SPEC}
        live = Integration.objects.create(name=f"live {number}", state=IntegrationState.LIVE, **shared)
        for _ in range(2):
            Run.objects.create(integration=live, state=RunState.DONE, spec=SPEC)
        key = Credential.objects.create(
            integration=live, attempt=1, user_name="u", access_key_id="AKIA", state=CredentialState.READY
        )
        SealedCopy.objects.create(credential=key, audience="client", fingerprint=FINGERPRINT, sha256="0" * 64)
        gone = Integration.objects.create(name=f"gone {number}", state=IntegrationState.REMOVED, **shared)
        Resource.objects.create(integration=gone, kind="stream", name="s", state=ResourceState.PRESENT)


def test_queries_do_not_grow_with_the_rows() -> None:
    tenant, client = tenant_with_admin()
    url, counts = reverse("tenant_home", kwargs={"slug": tenant.slug}), []
    client.get(url)  # once an hour it is noted that the person was seen
    for start, count in ((0, 2), (2, 28)):
        fill(tenant, count, start)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(url).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= MOST_QUERIES


def test_lists_have_pages_by_plain_links_that_keep_each_others_place() -> None:
    tenant, client = tenant_with_admin()
    fill(tenant, PER_PAGE + 5)
    url = reverse("tenant_home", kwargs={"slug": tenant.slug})
    first = client.get(url)
    assert [len(first.context[name]) for name in ("drafts", "lines", "left")] == [PER_PAGE] * 3
    assert 'href="?streams=2#streams"' in first.content.decode()
    second = client.get(url, {"streams": "2"})
    assert [len(second.context[name]) for name in ("drafts", "lines", "left")] == [PER_PAGE, 5, PER_PAGE]
    assert "21 to 25 of 25" in second.content.decode()
    assert 'href="?drafts=2&amp;streams=2#drafts"' in second.content.decode()


@pytest.mark.parametrize("page", ["x", "0", "-1", "9" * 1000, "²"])
def test_what_is_no_page_shows_one_that_is(page: str) -> None:
    tenant, client = tenant_with_admin()
    fill(tenant, 1)
    assert client.get(reverse("tenant_home", kwargs={"slug": tenant.slug}), {"drafts": page}).status_code == 200


def test_a_tenant_has_a_limit_of_open_drafts(monkeypatch) -> None:
    monkeypatch.setattr("onboarding.drafts.services.MOST_DRAFTS", 2)
    tenant, client = tenant_with_admin()
    new = reverse("integration_new", kwargs={"slug": tenant.slug})
    answers = [client.post(new, follow=True).content.decode() for _ in range(3)]
    assert tenant.integrations.count() == 2
    assert "has 2 open drafts, which is the limit. Complete one of them first." in answers[2]
