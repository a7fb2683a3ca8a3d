"""No page asks PostgreSQL more often because a tenant has more of something, and what a tenant can have is limited."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from onboarding.connections import creation
from onboarding.credentials import key_copies, recipients
from onboarding.models.connection import Connection
from onboarding.models.credential import Download
from onboarding.models.pgp_key import PgpKey
from onboarding.models.run import Run
from onboarding.models.states import ConnectionState, RunState
from portal.openpgp.refusals import CertificateRefused
from portal.outbox.endpoint_model import WebhookEndpoint
from portal.tenancy import tenant_invitations
from portal.tenancy.audit import record
from portal.tenancy.models import TenantRole
from tests.architecture.population import PAGES, Population, populate
from tests.world import person

MORE = 30
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis", "no_open_streams")]


@pytest.fixture
def population(settings, tmp_path, monkeypatch) -> Population:
    settings.SLUICE_VENDOR_CERTIFICATE_FILE = None
    settings.SLUICE_PORTAL_URL = "https://portal.example"
    settings.STATIC_ROOT = tmp_path  # WhiteNoise warns of a folder into which nothing was collected
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    return populate()


def addresses(population: Population) -> list[str]:
    arguments = population.ours.arguments()
    wizard = [reverse("setup", kwargs=arguments[f"draft {page}"]) for page in PAGES]
    tenant = [
        reverse(name, kwargs=arguments["tenant"])
        for name in ("tenant_home", "activity", "pgp_keys", "streams", "alerts", "webhooks", "people")
    ]
    live = [reverse(name, kwargs=arguments["live"]) for name in ("integration", "credentials", "policies")]
    run = reverse("run", kwargs=arguments["done"])
    return [*tenant, *wizard, *live, run, reverse("connection", kwargs=arguments["connection"])]


def add_more(population: Population, start: int, count: int) -> None:
    ours = population.ours
    for number in range(start, start + count):
        shared = {"tenant": ours.tenant, "name": f"account {number}", "account_id": f"{number:012d}"}
        Connection.objects.create(state=ConnectionState.VERIFIED, **shared)
        PgpKey.objects.create(tenant=ours.tenant, fingerprint=f"{number:040X}", user_ids=[f"person {number}"])
        Run.objects.create(integration=ours.live, state=RunState.DONE, spec=ours.live.spec)
        Download.objects.create(copy=ours.copy, actor="ada")
        WebhookEndpoint.objects.create(tenant=ours.tenant, url=f"https://hooks.example/{number}")
        person(f"person{number}@northwind.example", ours.tenant, TenantRole.VIEWER)
        tenant_invitations.invite(
            tenant=ours.tenant,
            email=f"invited{number}@northwind.example",
            role=TenantRole.VIEWER,
            actor="ada",
            by_mail=True,
        )
        record("onboarding:connection:started", tenant=ours.tenant, actor="ada", target=f"account {number}")


def counts(population: Population) -> dict[str, int]:
    client, found = population.client("admin"), {}
    for address in addresses(population):
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code in {200, 302}, address
        found[address] = len(queries)
    return found


def test_no_page_asks_more_often_for_a_tenant_that_has_more(population: Population) -> None:
    add_more(population, 0, 2)
    before = counts(population)
    add_more(population, 2, MORE)
    assert counts(population) == before


def test_a_tenant_has_a_limit_of_accounts_and_keys(population: Population, monkeypatch) -> None:
    tenant = population.ours.tenant
    monkeypatch.setattr(creation, "MOST_CONNECTIONS", tenant.connections.count())
    with pytest.raises(ValidationError, match="which is the limit"):
        creation.start_connection(tenant=tenant, name="one more", account_id="999988887777", actor="ada")
    monkeypatch.setattr(recipients, "MOST_KEYS", tenant.pgp_keys.count())
    certificate = type("Inspected", (), {"fingerprint": "F" * 40})
    monkeypatch.setattr(key_copies, "inspect", lambda _blob, *, known: certificate)
    with pytest.raises(CertificateRefused) as refused:
        recipients.add_pgp_key(tenant=tenant, blob=b"", actor="ada")
    assert refused.value.message.code == "pgpkey.too_many"
