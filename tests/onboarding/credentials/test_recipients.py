"""Recipients of an access key: keys of the tenant that a person confirmed and that have not expired, and the vendor."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from onboarding.credentials.recipients import add_pgp_key, confirm_pgp_key, recipients_of
from onboarding.models.integration import Integration
from onboarding.models.pgp_key import PgpKey
from onboarding.provisioning.answers import Refused
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.stream_spec import StreamSpec
from portal.openpgp.refusals import CertificateRefused
from portal.tenancy.models import AuditEvent, Tenant
from tests.onboarding.pages import confirmed_key
from tests.world import Keypair

pytestmark = pytest.mark.django_db
A, B = "A" * 40, "B" * 40
SPEC = IntegrationSpec("s", "c", StreamSpec(name="sluice-sensors", region="eu-west-1"), (), (B, A))


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="northwind", name="Northwind")


def of(tenant: Tenant, *fingerprints: str) -> list[str]:
    spec = replace(SPEC, recipients=fingerprints)
    return [recipient.fingerprint for recipient in recipients_of(Integration(tenant=tenant), spec)]


def refusal(tenant: Tenant, *fingerprints: str) -> str:
    with pytest.raises(Refused) as refused:
        of(tenant, *fingerprints)
    return refused.value.message.code


def test_the_vendor_comes_last_and_once(tenant: Tenant, vendor: str) -> None:
    for fingerprint in (A, B):
        confirmed_key(tenant, fingerprint)
    assert of(tenant, B, A) == [B, A, vendor]
    assert of(tenant) == [vendor]
    found = recipients_of(Integration(tenant=tenant), SPEC)
    assert [recipient.is_vendor for recipient in found] == [False, False, True]
    confirmed_key(tenant, vendor)
    assert of(tenant, vendor, A) == [A, vendor]


def test_a_key_that_no_one_confirmed_or_of_another_tenant_receives_nothing(tenant: Tenant, vendor: str) -> None:
    confirmed_key(tenant, A)
    assert refusal(tenant, A, B) == "refused.recipient_not_confirmed"
    confirmed_key(Tenant.objects.create(slug="contoso", name="Contoso"), B)
    assert refusal(tenant, A, B) == "refused.recipient_not_confirmed"
    confirmed_key(tenant, B, confirmed_at=None)
    assert refusal(tenant, A, B) == "refused.recipient_not_confirmed"
    assert refusal(tenant, vendor) == "refused.recipient_not_confirmed", "not even the vendor's, named as one's own"


@pytest.mark.parametrize(("seconds", "is_refused"), [(-1, True), (0, True), (3_600, False)])
def test_a_key_receives_until_it_expires(tenant: Tenant, vendor: str, seconds: int, is_refused: bool) -> None:
    confirmed_key(tenant, A, expires_at=timezone.now() + timedelta(seconds=seconds))
    if is_refused:
        assert refusal(tenant, A) == "refused.recipient_expired"
    else:
        assert of(tenant, A) == [A, vendor]


def test_the_vendor_alone_is_enough(tenant: Tenant, vendor: str) -> None:
    confirmed_key(tenant, A)
    assert of(tenant) == [vendor]


def test_without_a_vendors_key_one_of_the_client_is_required(tenant: Tenant, settings) -> None:
    confirmed_key(tenant, A)
    settings.SLUICE_VENDOR_CERTIFICATE_FILE = None
    assert refusal(tenant) == "refused.no_recipient"
    assert of(tenant, A) == [A]


def test_with_a_vendors_key_that_cannot_be_used_nothing_is_encrypted(tenant: Tenant, settings, tmp_path: Path) -> None:
    confirmed_key(tenant, A)
    settings.SLUICE_VENDOR_CERTIFICATE_FILE = tmp_path / "delivery.asc"
    assert refusal(tenant, A) == "refused.no_vendor_key"
    settings.SLUICE_VENDOR_CERTIFICATE_FILE.write_text("no certificate")
    assert refusal(tenant, A) == "refused.vendor_key_unusable"


def test_a_renewed_vendors_key_counts_at_once(tenant: Tenant, vendor: str, settings, client_keypair: Keypair) -> None:
    settings.SLUICE_VENDOR_CERTIFICATE_FILE.write_text(client_keypair.certificate)
    [renewed] = of(tenant)
    assert renewed != vendor


def test_a_key_that_is_added_again_stays_confirmed(tenant: Tenant, client_keypair: Keypair) -> None:
    blob = client_keypair.certificate.encode()
    key = add_pgp_key(tenant=tenant, blob=blob, actor="ada@northwind.example")
    assert key.confirmed_at is None
    confirm_pgp_key(key=key, actor="ada@northwind.example")
    again = add_pgp_key(tenant=tenant, blob=blob, actor="bob@northwind.example")
    assert (again.pk, again.confirmed_by) == (key.pk, "ada@northwind.example")
    confirm_pgp_key(key=again, actor="bob@northwind.example")
    again.refresh_from_db()
    assert again.confirmed_by == "ada@northwind.example", "the first confirmation counts"
    events = AuditEvent.objects.order_by("pk").values_list("action", flat=True)
    assert [action.rpartition(":")[2] for action in events] == ["added", "confirmed", "renewed"]


def test_of_a_refused_certificate_nothing_is_kept(tenant: Tenant) -> None:
    with pytest.raises(CertificateRefused):
        add_pgp_key(tenant=tenant, blob=b"no certificate", actor="ada@northwind.example")
    assert not PgpKey.objects.exists()
    assert not AuditEvent.objects.exists()


def test_a_suspended_tenant_neither_adds_nor_confirms(tenant: Tenant, client_keypair: Keypair) -> None:
    key = confirmed_key(tenant, A, confirmed_at=None, confirmed_by="")
    tenant.is_suspended = True
    tenant.save()
    with pytest.raises(ValidationError):
        add_pgp_key(tenant=tenant, blob=client_keypair.certificate.encode(), actor="ada@northwind.example")
    with pytest.raises(ValidationError):
        confirm_pgp_key(key=key, actor="ada@northwind.example")
    key.refresh_from_db()
    assert key.confirmed_at is None
