"""Downloads: only of a key that can be used, and each with a receipt."""

import pytest
from django.core.exceptions import ValidationError

from onboarding.credentials import selectors
from onboarding.credentials.download import check, record_download
from onboarding.models.credential import Credential, Download, SealedCopy
from onboarding.models.integration import Integration
from onboarding.models.states import CredentialState
from portal import request_context
from portal.outbox.models import OutboxItem
from portal.request_context import Origin
from portal.tenancy.models import AuditEvent, Tenant
from tests.onboarding.possession import proved_recipient
from tests.world import person

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
    proved_recipient(copy)
    if state not in PROVED:
        with pytest.raises(ValidationError, match=r"no longer valid|not"):
            check(copy)
        return
    check(copy)
    assert not Download.objects.exists(), "nothing was sent yet"
    with request_context.within(Origin("request-1", "203.0.113.7")):
        record_download(copy=copy, actor="ada@northwind.example")
    record_download(copy=copy, actor="bob@northwind.example")
    assert {receipt.address for receipt in copy.downloads.all()} == {"203.0.113.7", ""}
    assert {receipt.actor for receipt in copy.downloads.all()} == {"ada@northwind.example", "bob@northwind.example"}
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.target) == ("onboarding:credential:fetched", "AKIA1")
    assert event.details == {"integration": integration.uid, "fingerprint": "CLIENT"}


def test_admins_learn_of_each_persons_first_download_and_once_that_the_vendor_has_the_key(
    integration: Integration,
) -> None:
    person("ada@northwind.example", integration.tenant)
    theirs, ours = (copy_of(integration, CredentialState.READY, audience=audience) for audience in ("vendor", "client"))
    for copy, actor in ((ours, "ada"), (ours, "ada"), (ours, "bob"), (theirs, "pusher"), (theirs, "operator")):
        record_download(copy=copy, actor=actor)
    written = OutboxItem.objects.filter(channel="bell").order_by("pk")
    assert [(item.kind, item.body.params.get("actor")) for item in written] == [
        ("key_downloaded", "ada"), ("key_downloaded", "bob"), ("vendor_has_key", None)
    ]  # fmt: skip


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
    record_download(copy=theirs, actor="the vendor")
    assert not selectors.is_downloaded(theirs.credential)
    record_download(copy=ours, actor="ada@northwind.example")
    assert selectors.is_downloaded(ours.credential)


def test_copies_are_listed_by_tenant_and_audience(integration: Integration) -> None:
    other = Integration.objects.create(tenant=Tenant.objects.create(slug="contoso", name="Contoso"), name="harbour")
    ours, theirs = (copy_of(owner, CredentialState.READY) for owner in (integration, other))
    vendors = copy_of(integration, CredentialState.READY, audience="vendor")
    assert list(selectors.sealed_copies()) == [vendors, theirs, ours]
    assert list(selectors.sealed_copies(tenant=integration.tenant)) == [vendors, ours]
    assert list(selectors.sealed_copies(audience="client", tenant=other.tenant)) == [theirs]
