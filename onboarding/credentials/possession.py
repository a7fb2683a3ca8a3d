"""Proof of possession: who downloads an access key first opens a message that only its recipient can open.

A challenge is a short code, encrypted to the certificate. It is answered while the integration is set up, or at any
time before: a proof holds for the certificate and its encryption subkey, whatever is encrypted to it later. It gates
the download by the client's recipients, neither the setup nor the vendor's own copy.
"""

import re
import secrets
from collections.abc import Collection
from datetime import timedelta

from django.db.models import F
from django.db.models.functions import Now
from django.utils.crypto import constant_time_compare, salted_hmac

from onboarding import key_mails
from onboarding.models.pgp_key import PgpKey
from onboarding.models.possession import MOST_WRONG_ANSWERS, Possession, PossessionChallenge, PossessionProof
from onboarding.row_locks import lock_tenant
from onboarding.service_guards import Actor, may_act, record
from portal import deadlocks
from portal.database_clock import DatabaseClock
from portal.messages.catalogue import explanation_of
from portal.messages.errors import field_error, validation_error
from portal.messages.message import Message
from portal.openpgp.encrypt import SealingFailed, encrypt
from portal.tenancy.reasons import line_of

# Without letters and digits that look alike: 30 of them, so a code has 39 random bits.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 8
LIFETIME = timedelta(hours=24)
_SALT = "onboarding.credentials.possession"


def issue(*, key: PgpKey, actor: Actor) -> PossessionChallenge:
    """Create a challenge for a key, in place of the one before. Raises ValidationError for a key that cannot open one.

    https://www.rfc-editor.org/rfc/rfc9580#name-public-key-encrypted-sessio
    """
    may_act(key.tenant)
    _must_be_usable(key)
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    content = explanation_of(Message("possession.test_message", code=f"{code[:4]}-{code[4:]}")) + "\n"
    try:
        encrypted = encrypt(content.encode(), certificate=key.certificate, fingerprint=key.fingerprint)
    except SealingFailed as failed:
        raise validation_error(failed.message) from failed
    return _store(key, encrypted.ciphertext, encrypted.key_id, code, actor)


@deadlocks.atomic
def _store(key: PgpKey, ciphertext: str, key_id: str, code: str, actor: Actor) -> PossessionChallenge:
    lock_tenant(key.tenant_id)
    key.refresh_from_db()
    _must_be_usable(key)
    PossessionChallenge.objects.filter(pgp_key=key, ended_at=None).update(ended_at=Now())
    challenge = PossessionChallenge(
        pgp_key=key,
        key_id=key_id,
        ciphertext=ciphertext,
        created_by=str(actor),
        expires_at=DatabaseClock().now() + LIFETIME,
    )
    challenge.code_hash = _hash_of(challenge, code)
    challenge.save(force_insert=True)
    record("pgpkey:challenged", key.tenant, actor, key.fingerprint, about=key, key_id=key_id)
    return challenge


def answer(*, key: PgpKey, code: str, actor: Actor) -> PossessionProof:
    """Prove possession by the code of the key's challenge. Raises ValidationError; a wrong code counts."""
    may_act(key.tenant)
    outcome = _answered(key, code, actor)
    if isinstance(outcome, Message):
        raise field_error("code", outcome)
    return outcome


@deadlocks.atomic
def _answered(key: PgpKey, code: str, actor: Actor) -> PossessionProof | Message:
    """Return the proof or why there is none: a wrong answer is committed before it is reported."""
    lock_tenant(key.tenant_id)
    challenge = live_challenge(key)
    if challenge is None:
        return Message("possession.no_challenge")
    if not constant_time_compare(challenge.code_hash, _hash_of(challenge, normalised(code))):
        return _wrong(challenge, actor)
    rows = PossessionChallenge.objects.filter(pk=challenge.pk)
    rows.update(ended_at=Now())
    record("pgpkey:proved", key.tenant, actor, key.fingerprint, about=key, key_id=challenge.key_id)
    return _proof(key, challenge.key_id, actor)


def _wrong(challenge: PossessionChallenge, actor: Actor) -> Message:
    left = MOST_WRONG_ANSWERS - challenge.wrong_answers - 1
    rows = PossessionChallenge.objects.filter(pk=challenge.pk)
    rows.update(wrong_answers=F("wrong_answers") + 1, **({} if left else {"ended_at": Now()}))
    key = challenge.pgp_key
    record("pgpkey:wrong-code", key.tenant, actor, key.fingerprint, about=key, tries_left=left)
    return Message("possession.wrong_code", left=left) if left else Message("possession.too_many_tries")


@deadlocks.atomic
def excuse(*, key: PgpKey, actor: Actor, reason: str) -> PossessionProof:
    """Let copies for a key be downloaded without a proof, for a reason. Raises ValidationError without one."""
    stated = line_of(reason)
    if not stated:
        raise field_error("reason", Message("possession.no_reason"))
    lock_tenant(key.tenant_id)
    PossessionChallenge.objects.filter(pgp_key=key, ended_at=None).update(ended_at=Now())
    details = {"key_id": key.encryption_key_id}
    record("pgpkey:excused", key.tenant, actor, key.fingerprint, about=key, stated_reason=stated, **details)
    return _proof(key, key.encryption_key_id, actor, excuse=stated)


def live_challenge(key: PgpKey) -> PossessionChallenge | None:
    """Return the key's challenge that can be answered now: neither ended nor older than a day."""
    rows = PossessionChallenge.objects.filter(pgp_key=key, ended_at=None, expires_at__gt=Now())
    return rows.select_related("pgp_key__tenant").first()


def possession_of(keys: Collection[PgpKey]) -> dict[str, Possession]:
    """Return what is known of each key's possession, by fingerprint, in two queries."""
    proofs = {(proof.pgp_key_id, proof.key_id): proof for proof in PossessionProof.objects.filter(pgp_key__in=keys)}
    live = PossessionChallenge.objects.filter(pgp_key__in=keys, ended_at=None, expires_at__gt=Now())
    challenges = {challenge.pgp_key_id: challenge for challenge in live}
    return {
        key.fingerprint: Possession(proofs.get((key.pk, key.encryption_key_id)), challenges.get(key.pk)) for key in keys
    }


def normalised(code: str) -> str:
    """Return a code as it was created, however it was typed: with spaces, dashes, in lower case, longer than a code."""
    return re.sub(r"[^0-9A-Z]", "", code[:100].upper())


def _proof(key: PgpKey, key_id: str, actor: Actor, excuse: str = "") -> PossessionProof:
    values = {"actor": str(actor), "excuse": excuse, "at": Now()}
    proof, _ = PossessionProof.objects.update_or_create(pgp_key=key, key_id=key_id, defaults=values)
    key_mails.queue_waiting(key)
    return proof


def _must_be_usable(key: PgpKey) -> None:
    if key.is_disabled:
        raise validation_error(Message("pgpkey.is_disabled", title=key.title))
    if key.is_expired and key.expires_at:
        expired_on = f"{key.expires_at:%d %B %Y}"
        raise validation_error(Message("refused.recipient_expired", title=key.title, date=expired_on))
    if key.confirmed_at is None:
        raise validation_error(Message("refused.recipient_not_confirmed", fingerprint=key.fingerprint))


def _hash_of(challenge: PossessionChallenge, code: str) -> str:
    # Keyed: 39 bits could be tried through against a plain hash.
    return salted_hmac(f"{_SALT}.{challenge.uid}", code, algorithm="sha256").hexdigest()
