"""Proof of possession: a code that only the recipient reads, few tries, one day, and for good once it is given."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from onboarding.credentials import possession
from onboarding.credentials.download import check
from onboarding.models.credential import SealedCopy
from onboarding.models.pgp_key import PgpKey
from onboarding.models.possession import PossessionChallenge, PossessionProof
from portal.openpgp.certificates import Certificate, inspect
from portal.openpgp.decrypt import decrypt
from portal.openpgp.packets import recipients_of
from portal.tenancy.models import AuditEvent, Tenant
from tests.onboarding.encrypted_keys import integration_of, key
from tests.world import Keypair, client_keypair

__all__ = ["client_keypair"]
pytestmark = pytest.mark.django_db
ADA = "ada@north.example"


@pytest.fixture(scope="module")
def certificate(client_keypair: Keypair) -> Certificate:
    return inspect(client_keypair.certificate.encode())


@pytest.fixture
def ada(certificate: Certificate) -> PgpKey:
    return PgpKey.objects.create(
        tenant=Tenant.objects.create(slug="north", name="North"),
        fingerprint=certificate.fingerprint,
        encryption_key_id=certificate.encryption_key_id,
        certificate=certificate.armored,
        confirmed_at=timezone.now(),
    )


def code_in(challenge: PossessionChallenge, keypair: Keypair) -> str:
    text = decrypt(challenge.ciphertext, private_key=keypair.private_key).decode()
    return re.findall(r"Code: (\S+)", text)[0]


def refusal(ada: PgpKey, code: str = "") -> str:
    with pytest.raises(ValidationError) as caught:
        possession.answer(key=ada, code=code, actor=ADA)
    [error] = caught.value.error_dict["code"]
    return str(error.code)


def events() -> Iterator[str]:
    actions = AuditEvent.objects.filter(action__startswith="onboarding:pgpkey:").order_by("pk")
    return (event.action.rpartition(":")[2] for event in actions)


def test_the_code_in_the_message_proves_possession_however_it_is_typed(ada: PgpKey, client_keypair: Keypair) -> None:
    challenge = possession.issue(key=ada, actor=ADA)
    code = code_in(challenge, client_keypair)
    assert recipients_of(challenge.ciphertext) == (ada.encryption_key_id,)
    assert re.fullmatch(f"[{possession.ALPHABET}]{{4}}-[{possession.ALPHABET}]{{4}}", code)
    proof = possession.answer(key=ada, code=f" {code.lower().replace('-', ' ')}\n", actor="bob")
    assert (proof.key_id, proof.actor, proof.excuse) == (ada.encryption_key_id, "bob", "")
    assert list(events()) == ["challenged", "proved"]
    assert refusal(ada, code) == "possession.no_challenge", "a code works once"


def test_neither_the_rows_nor_the_audit_trail_have_the_code(ada: PgpKey, client_keypair: Keypair) -> None:
    challenge = possession.issue(key=ada, actor=ADA)
    code = possession.normalised(code_in(challenge, client_keypair))
    possession.answer(key=ada, code=code, actor=ADA)
    rows = [*PossessionChallenge.objects.values(), *PossessionProof.objects.values(), *AuditEvent.objects.values()]
    assert code not in re.sub("-", "", str(rows))


def test_a_wrong_code_counts_and_the_last_ends_the_message(ada: PgpKey, client_keypair: Keypair) -> None:
    challenge = possession.issue(key=ada, actor=ADA)
    code = code_in(challenge, client_keypair)
    codes = [refusal(ada, wrong) for wrong in ("", "AAAA-AAAA", code[:-1], code + "2", "Ä" * 500)]
    assert codes == ["possession.wrong_code"] * 4 + ["possession.too_many_tries"]
    assert refusal(ada, code) == "possession.no_challenge"
    assert list(events())[-5:] == ["wrong-code"] * 5
    assert not PossessionProof.objects.exists()


def test_another_message_ends_the_one_before(ada: PgpKey, client_keypair: Keypair) -> None:
    first, second = (possession.issue(key=ada, actor=ADA) for _ in range(2))
    assert refusal(ada, code_in(first, client_keypair)) == "possession.wrong_code"
    assert PossessionChallenge.objects.filter(ended_at=None).get() == second
    possession.answer(key=ada, code=code_in(second, client_keypair), actor=ADA)


def test_after_a_day_it_can_no_longer_be_answered(ada: PgpKey, client_keypair: Keypair) -> None:
    challenge = possession.issue(key=ada, actor=ADA)
    assert timedelta(hours=23) < challenge.expires_at - timezone.now() < timedelta(hours=25)
    PossessionChallenge.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert refusal(ada, code_in(challenge, client_keypair)) == "possession.no_challenge"
    assert possession.possession_of([ada])[ada.fingerprint].challenge is None
    assert possession.issue(key=ada, actor=ADA).tries_left == 5


def test_the_code_of_one_message_answers_no_other(ada: PgpKey, client_keypair: Keypair) -> None:
    challenge = possession.issue(key=ada, actor=ADA)
    stolen = PossessionChallenge.objects.get().code_hash
    renewed = possession.issue(key=ada, actor=ADA)
    PossessionChallenge.objects.filter(pk=renewed.pk).update(code_hash=stolen)
    assert refusal(ada, code_in(challenge, client_keypair)) == "possession.wrong_code"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"confirmed_at": None}, "refused.recipient_not_confirmed"),
        ({"expires_at": timezone.now() - timedelta(days=1)}, "refused.recipient_expired"),
        ({"disabled_at": timezone.now()}, "pgpkey.is_disabled"),
    ],
)
def test_no_message_is_created_for_a_key_that_receives_nothing(
    ada: PgpKey, change: dict[str, object], code: str
) -> None:
    PgpKey.objects.filter(pk=ada.pk).update(**change)
    with pytest.raises(ValidationError) as caught:
        possession.issue(key=ada, actor=ADA)
    assert caught.value.code == code
    assert not PossessionChallenge.objects.exists()


def copy_for(ada: PgpKey, key_id: str = "") -> SealedCopy:
    copy = key(integration_of(ada.tenant), SealedCopy.Audience.CLIENT)
    copy.fingerprint, copy.key_id = ada.fingerprint, key_id or ada.encryption_key_id
    copy.save()
    return copy


def is_locked(copy: SealedCopy) -> bool:
    try:
        check(copy)
    except ValidationError as refused:
        return str(refused.code) == "possession.required"
    return False


def test_a_clients_copy_waits_for_the_proof_and_the_vendors_does_not(ada: PgpKey, client_keypair: Keypair) -> None:
    clients, vendors = copy_for(ada), key(integration_of(ada.tenant, "quay"))
    assert (is_locked(clients), is_locked(vendors)) == (True, False)
    challenge = possession.issue(key=ada, actor=ADA)
    assert is_locked(clients)
    possession.answer(key=ada, code=code_in(challenge, client_keypair), actor=ADA)
    assert not is_locked(clients)
    assert not is_locked(copy_for(ada)), "the proof is for the key, not once for each integration"


def test_a_proof_holds_for_its_subkey_and_its_tenant_alone(ada: PgpKey) -> None:
    copy, earlier = copy_for(ada), copy_for(ada, "0" * 16)
    PossessionProof.objects.create(pgp_key=ada, key_id=ada.encryption_key_id, actor=ADA)
    assert (is_locked(copy), is_locked(earlier)) == (False, False), "their owner signed both subkeys"
    PgpKey.objects.filter(pk=ada.pk).update(encryption_key_id="F" * 16)
    assert (is_locked(copy), is_locked(earlier)) == (False, True), "nothing is proved of the new subkey"
    south = Tenant.objects.create(slug="south", name="South")
    theirs = PgpKey.objects.create(tenant=south, fingerprint=ada.fingerprint, encryption_key_id=ada.encryption_key_id)
    foreign = copy_for(theirs)
    assert is_locked(foreign)


def test_support_excuses_a_key_for_a_reason(ada: PgpKey) -> None:
    copy = copy_for(ada)
    possession.issue(key=ada, actor=ADA)
    with pytest.raises(ValidationError, match="reason"):
        possession.excuse(key=ada, actor="support@vendor.example", reason=" \n ")
    assert is_locked(copy)
    possession.excuse(key=ada, actor="support@vendor.example", reason="Their card reader is broken.\nTicket 7.")
    assert not is_locked(copy)
    event = AuditEvent.objects.get(action="onboarding:pgpkey:excused")
    assert (event.actor, event.reason) == ("support@vendor.example", "Their card reader is broken. Ticket 7.")
    assert possession.live_challenge(ada) is None
    assert possession.possession_of([ada])[ada.fingerprint].proof.excuse == "Their card reader is broken. Ticket 7."
