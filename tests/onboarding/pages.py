"""How tests fill the wizard: what a page holds when a careful person filled it, and rows that need no AWS."""

from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from onboarding import tasks
from onboarding.drafts import services as drafts
from onboarding.models.connection import Connection
from onboarding.models.connection_check import ConnectionCheck
from onboarding.models.integration import Integration
from onboarding.models.pgp_key import PgpKey
from onboarding.models.resource_check import ResourceCheck
from onboarding.models.states import ConnectionState
from portal.messages.message import Message
from portal.tenancy.models import Tenant
from tests.world import PASSWORD, person

ACCOUNT = "111122223333"
FINGERPRINT = "0123456789ABCDEF0123456789ABCDEF01234567"
STREAM = {
    "name": "sluice-sensors",
    "region": "eu-west-1",
    "mode": "PROVISIONED",
    "shards": "2",
    "retention_hours": "24",
    "shard_level_metrics": "on",
    "encryption": "aws",
    "kms_key_arn": "",
}
DELIVERY = {
    "kind": "s3",
    "name": "sluice-sensors-to-s3",
    "bucket_mode": "new",
    "bucket": f"sluice-sensors-{ACCOUNT}",
    "buffering_seconds": "300",
    "buffering_mb": "5",
    "prefix": "sensors/!{timestamp:yyyy/MM/dd/HH}/",
    "compression": "GZIP",
}


def tenant_with_admin(slug: str = "northwind") -> tuple[Tenant, Client]:
    """A tenant, and its admin's browser."""
    tenant = Tenant.objects.create(slug=slug, name=slug.title())
    return tenant, signed_in(person(f"admin@{slug}.example", tenant).email)


def signed_in(email: str) -> Client:
    """A browser in which somebody signed in."""
    client = Client()
    assert client.login(username=email, password=PASSWORD)
    return client


def draft(tenant: Tenant, **pages: dict[str, Any]) -> Integration:
    """A draft whose pages hold what is given."""
    integration = drafts.start_integration(tenant=tenant, actor="a test")
    for page, values in pages.items():
        is_bare = page == "delivery" and "items" not in values
        drafts.save_page(integration=integration, page=page, values={"items": {"1": values}} if is_bare else values)
    return integration


def verified_connection(tenant: Tenant, **fields: Any) -> Connection:
    """A connection that counts as verified, of a role that nobody made."""
    given = {
        "name": "production",
        "account_id": ACCOUNT,
        "role_arn": f"arn:aws:iam::{ACCOUNT}:role/SluiceAccess",
        "state": ConnectionState.VERIFIED,
        "verified_at": timezone.now(),
        "trust_report": {"right": "allowed", "wrong": "refused", "missing": "refused"},
        "verdict": Message("trust.works"),
        **fields,
    }
    return Connection.objects.create(tenant=tenant, **given)


def confirmed_key(tenant: Tenant, fingerprint: str = FINGERPRINT, **fields: Any) -> PgpKey:
    """A recipient's key that somebody confirmed."""
    given = {
        "user_ids": ["Ada Northwind <ada@northwind.example>"],
        "algorithm": "Ed25519 / Cv25519",
        "encryption_key_id": fingerprint[:16],
        "certificate": "-----BEGIN PGP PUBLIC KEY BLOCK-----",
        "confirmed_at": timezone.now(),
        "confirmed_by": "admin@northwind.example",
        **fields,
    }
    return PgpKey.objects.create(tenant=tenant, fingerprint=fingerprint, **given)


def full_draft(tenant: Tenant, *, stream: dict[str, Any] = STREAM, delivery: dict[str, Any] = DELIVERY) -> Integration:
    """A draft with every page filled in well, over a verified connection, for one recipient."""
    connection = verified_connection(tenant)
    confirmed_key(tenant)
    return draft(
        tenant,
        connect={"choice": connection.uid, "connection": connection.uid},
        stream={**stream, "submitted": True},
        delivery={**delivery, "submitted": True},
        recipients={"fingerprints": [FINGERPRINT]},
    )


def url(integration: Integration, page: str) -> str:
    """The address of a page of the wizard."""
    return reverse("setup", kwargs={"slug": integration.tenant.slug, "uid": integration.uid, "page": page})


def post(
    client: Client, integration: Integration, page: str, values: dict[str, Any], do: str = "next", **extra: Any
) -> HttpResponse:
    """Submit a page of the wizard by one of its buttons."""
    return client.post(url(integration, page), {**values, "do": do}, **extra)


def submit(
    client: Client, integration: Integration, page: str, values: dict[str, Any], do: str = "next"
) -> HttpResponse:
    """Submit a page of the wizard, have a worker do what it requests, and follow to the page that comes then."""
    return when_checked(client, post(client, integration, page, values, do))


def when_checked(client: Client, answer: HttpResponse) -> HttpResponse:
    """The page that comes after a submitted page, once a worker has done what it requested."""
    if answer.status_code != 302:
        return answer
    do_requested_checks()
    return client.get(answer["Location"], follow=True)


def path(answer: HttpResponse) -> str:
    """The path of the page that was shown."""
    return str(answer.request["PATH_INFO"])


def do_requested_checks() -> None:
    """Do, as a worker does, the checks that pages requested."""
    for kind_of, task in ((ConnectionCheck, tasks.check_connection), (ResourceCheck, tasks.check_resource)):
        for check_id in kind_of.objects.filter(finished_at=None).values_list("pk", flat=True):
            task(check_id=check_id)
