"""Copies of a key that is stored: a revoked or expired one disables it, an older one takes nothing back."""

from collections.abc import Iterator

import pytest

from onboarding.credentials.recipients import add_pgp_key, confirm_pgp_key, recipients_of, remove_pgp_key
from onboarding.credentials.selectors import affected_copies
from onboarding.models.credential import Credential, SealedCopy
from onboarding.models.integration import Integration
from onboarding.models.pgp_key import PgpKey
from onboarding.models.states import CredentialState
from onboarding.provisioning.answers import Refused
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.stream_spec import StreamSpec
from portal.messages.catalogue import explanation_of
from portal.openpgp.homes import temporary_home
from portal.openpgp.packets import Tag, packets
from portal.openpgp.refusals import CertificateRefused
from portal.tenancy.models import AuditEvent, Tenant
from tests.onboarding.pages import draft
from tests.portal.openpgp.test_cases import CASES
from tests.portal.openpgp.workshop import ED25519, Workshop, binary

pytestmark = pytest.mark.django_db
ADA = "ada@northwind.example"
OLD_COPY, NEW_COPY = ((CASES / f"rollback-{age}-copy.asc").read_bytes() for age in ("old", "new"))
OLD_SUBKEY, NEW_SUBKEY = "7CCE9C0BC26EF71B", "03483D894008F94F"


@pytest.fixture(scope="module")
def workshop() -> Iterator[Workshop]:
    with temporary_home(has_agent=True) as home:
        yield Workshop(home)


@pytest.fixture(scope="module")
def copies(workshop: Workshop) -> dict[str, bytes]:
    """The same key as four people have it: valid, expired, extended again, and revoked."""
    fingerprint = workshop.make(ED25519, name="Ada", time="20240101T000000")
    found = {"valid": workshop.public(fingerprint)}
    workshop.gpg("--faked-system-time=20240201T000000!", "--quick-set-expire", fingerprint, "30d")
    found["expired"] = workshop.public(fingerprint)
    workshop.gpg("--quick-set-expire", fingerprint, "2y")
    found["extended"] = workshop.public(fingerprint)
    workshop.revoke(fingerprint)
    found["revoked"] = workshop.public(fingerprint)
    return {name: text.encode() for name, text in found.items()}


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="northwind", name="Northwind")


def receives(key: PgpKey) -> list[str]:
    spec = IntegrationSpec("s", "c", StreamSpec(name="s", region="eu-west-1"), (), (key.fingerprint,))
    return [recipient.fingerprint for recipient in recipients_of(Integration(tenant=key.tenant), spec)]


def added(tenant: Tenant, blob: bytes) -> PgpKey:
    return add_pgp_key(tenant=tenant, blob=blob, actor=ADA)


def confirmed(tenant: Tenant, blob: bytes) -> PgpKey:
    return confirm_pgp_key(key=added(tenant, blob), actor=ADA)


def refusal(tenant: Tenant, blob: bytes) -> CertificateRefused:
    with pytest.raises(CertificateRefused) as refused:
        added(tenant, blob)
    return refused.value


def sealed_copy(key: PgpKey) -> SealedCopy:
    credential = Credential.objects.create(
        integration=draft(key.tenant), attempt=1, user_name="u", access_key_id="AKIA1", state=CredentialState.READY
    )
    return SealedCopy.objects.create(
        credential=credential, audience="client", fingerprint=key.fingerprint, key_id=key.encryption_key_id
    )


@pytest.mark.parametrize(("name", "code"), [("revoked", "openpgp.revoked"), ("expired", "openpgp.expired")])
def test_a_copy_that_has_ended_disables_the_stored_key(tenant, vendor, copies, name, code) -> None:
    key = confirmed(tenant, copies["valid"])
    copy = sealed_copy(key)
    assert receives(key) == [key.fingerprint, vendor]
    refused = refusal(tenant, copies[name])
    assert refused.message.code == "pgpkey.disabled"
    assert "has disabled it" in explanation_of(refused.message)
    key.refresh_from_db()
    assert (key.is_disabled, key.can_receive, key.disabled_message.code) == (True, False, code)
    with pytest.raises(Refused, match="recipient_disabled"):
        receives(key)
    assert affected_copies([key]) == {key.fingerprint: [copy]}
    event = AuditEvent.objects.get(action="onboarding:pgpkey:disabled")
    assert event.details == {"reason": code, "access_key_ids": ["AKIA1"]}


def test_what_is_stored_of_a_revoked_key_cannot_be_encrypted_to_by_mistake(tenant, copies) -> None:
    key = confirmed(tenant, copies["valid"])
    refusal(tenant, copies["revoked"])
    key.refresh_from_db()
    revocations = [part for part in packets(binary(key.certificate)) if part.tag == Tag.SIGNATURE]
    assert any(part.body[:2] == b"\x04\x20" for part in revocations)


def test_a_revocation_cannot_be_taken_back_by_an_older_copy(tenant, copies) -> None:
    key = confirmed(tenant, copies["valid"])
    refusal(tenant, copies["revoked"])
    for name in ("valid", "extended", "revoked"):
        assert refusal(tenant, copies[name]).message.code == "pgpkey.disabled"
    key.refresh_from_db()
    assert key.is_disabled
    assert AuditEvent.objects.filter(action="onboarding:pgpkey:disabled").count() == 1


def test_an_expired_key_that_its_owner_extends_is_enabled_and_stays_confirmed(tenant, vendor, copies) -> None:
    key = confirmed(tenant, copies["valid"])
    refusal(tenant, copies["expired"])
    assert added(tenant, copies["extended"]).pk == key.pk
    assert receives(key) == [key.fingerprint, vendor]


def test_a_revoked_copy_without_the_name_counts_too(tenant, copies) -> None:
    key = confirmed(tenant, copies["valid"])
    found = list(packets(binary(copies["revoked"].decode())))
    is_bare = next(number for number, part in enumerate(found) if part.tag == Tag.USER_ID)
    assert refusal(tenant, b"".join(part.raw for part in found[:is_bare])).message.code == "pgpkey.disabled"
    key.refresh_from_db()
    assert key.disabled_message.code == "openpgp.revoked"


def test_a_forged_revocation_disables_nothing(tenant, copies) -> None:
    key = confirmed(tenant, copies["valid"])
    blob = bytearray(binary(copies["revoked"].decode()))
    first = list(packets(bytes(blob)))
    blob[len(first[0].raw) + len(first[1].raw) - 5] ^= 0xFF
    assert added(tenant, bytes(blob)) == key
    key.refresh_from_db()
    assert key.can_receive


def test_an_older_copy_keeps_the_newer_subkey_and_the_confirmation(tenant) -> None:
    key = confirmed(tenant, NEW_COPY)
    assert added(tenant, OLD_COPY).pk == key.pk
    key.refresh_from_db()
    assert (key.encryption_key_id, key.can_receive) == (NEW_SUBKEY, True)


def test_copies_for_a_subkey_that_is_revoked_now_are_listed(tenant) -> None:
    key = confirmed(tenant, OLD_COPY)
    copy = sealed_copy(key)
    assert affected_copies([key]) == {}
    key = added(tenant, NEW_COPY)
    assert (key.encryption_key_id, key.revoked_key_ids) == (NEW_SUBKEY, [OLD_SUBKEY])
    assert affected_copies([key]) == {key.fingerprint: [copy]}


def test_a_key_can_be_removed_and_what_was_revoked_of_it_is_remembered(tenant) -> None:
    key = confirmed(tenant, NEW_COPY)
    remove_pgp_key(key=key, actor=ADA)
    assert not tenant.pgp_keys.exists()
    with pytest.raises(Refused, match="recipient_not_confirmed"):
        receives(key)
    again = added(tenant, OLD_COPY)
    assert (again.encryption_key_id, again.confirmed_at) == (NEW_SUBKEY, None)
    actions = AuditEvent.objects.order_by("pk").values_list("action", flat=True)
    assert [action.rpartition(":")[2] for action in actions] == ["added", "confirmed", "removed", "added"]


def test_a_revoked_copy_of_a_removed_or_unknown_key_is_only_refused(tenant, copies) -> None:
    assert refusal(tenant, copies["revoked"]).message.code == "openpgp.revoked"
    remove_pgp_key(key=added(tenant, copies["valid"]), actor=ADA)
    assert refusal(tenant, copies["revoked"]).message.code == "openpgp.revoked"
    assert refusal(tenant, copies["valid"]).message.code == "openpgp.revoked", "it is remembered"


def test_another_tenants_key_is_not_touched(tenant, copies) -> None:
    theirs = confirmed(Tenant.objects.create(slug="contoso", name="Contoso"), copies["valid"])
    refusal(tenant, copies["revoked"])
    theirs.refresh_from_db()
    assert theirs.can_receive


def test_a_disabled_key_cannot_be_confirmed(tenant, copies) -> None:
    key = added(tenant, copies["valid"])
    refusal(tenant, copies["revoked"])
    key.refresh_from_db()
    with pytest.raises(Exception, match="disabled"):
        confirm_pgp_key(key=key, actor=ADA)
