"""Downloads: only of a key that can be used, and each with a receipt."""

import pytest
from django.core.exceptions import ValidationError

from onboarding.credentials import selectors
from onboarding.credentials.download import download_copy
from onboarding.models.credential import Credential, Download, SealedCopy
from onboarding.models.integration import Integration
from onboarding.models.states import CredentialState
from portal.tenancy.models import AuditEvent, Tenant

pytestmark = pytest.mark.django_db
PROVED = {CredentialState.READY, CredentialState.IN_USE}


@pytest.fixture
def integration() -> Integration:
    return Integration.objects.create(tenant=Tenant.objects.create(slug="northwind", name="Northwind"), name="harbour")


def copy_of(integration: Integration, state: str, *, attempt: int = 1, audience: str = "client") -> SealedCopy:
    credential, _ = Credential.objects.get_or_create(
        integration=integration,
        attempt=attempt,
        defaults={"user_name": "sluice-u", "access_key_id": f"AKIA{attempt}", "state": state},
    )
    return SealedCopy.objects.create(
        credential=credential, audience=audience, fingerprint=audience.upper(), ciphertext="x", sha256="0"
    )


@pytest.mark.parametrize("state", CredentialState)
def test_a_copy_of_a_proved_key_is_handed_to_a_person_who_is_written_down(
    integration: Integration, state: CredentialState
) -> None:
    copy = copy_of(integration, state)
    if state not in PROVED:
        with pytest.raises(ValidationError):
            download_copy(copy=copy, actor="ada@northwind.example")
        assert not Download.objects.exists()
        assert not AuditEvent.objects.exists()
        return
    download_copy(copy=copy, actor="ada@northwind.example")
    download_copy(copy=copy, actor="bob@northwind.example")
    assert {receipt.actor for receipt in copy.downloads.all()} == {"ada@northwind.example", "bob@northwind.example"}
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.target) == ("onboarding:credential:fetched", "AKIA1")
    assert event.details == {"integration": integration.uid, "fingerprint": "CLIENT"}


@pytest.mark.parametrize("state", CredentialState)
def test_a_key_is_offered_exactly_where_it_can_be_downloaded(integration: Integration, state: CredentialState) -> None:
    copy = copy_of(integration, state)
    ready = selectors.ready_credential(integration)
    assert (ready is not None) is (state in PROVED)
    assert list(selectors.sealed_copies()) == ([copy] if state in PROVED else [])


def test_the_newest_key_is_the_one_that_counts(integration: Integration) -> None:
    for attempt, state in ((1, CredentialState.READY), (2, CredentialState.IN_USE), (3, CredentialState.REVOKED)):
        copy_of(integration, state, attempt=attempt)
    ready = selectors.ready_credential(integration)
    assert ready is not None
    assert ready.attempt == 2


def test_a_download_by_the_vendor_is_none_of_the_clients(integration: Integration) -> None:
    theirs, ours = (copy_of(integration, CredentialState.READY, audience=audience) for audience in ("vendor", "client"))
    download_copy(copy=theirs, actor="the vendor")
    assert not selectors.is_downloaded(theirs.credential)
    download_copy(copy=ours, actor="ada@northwind.example")
    assert selectors.is_downloaded(ours.credential)


def test_copies_are_listed_by_tenant_and_audience(integration: Integration) -> None:
    other = Integration.objects.create(tenant=Tenant.objects.create(slug="contoso", name="Contoso"), name="harbour")
    ours, theirs = (copy_of(owner, CredentialState.READY) for owner in (integration, other))
    vendors = copy_of(integration, CredentialState.READY, audience="vendor")
    assert list(selectors.sealed_copies()) == [vendors, theirs, ours]
    assert list(selectors.sealed_copies(tenant=integration.tenant)) == [vendors, ours]
    assert list(selectors.sealed_copies(audience="client", tenant=other.tenant)) == [theirs]
