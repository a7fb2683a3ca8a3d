import concurrent.futures
import hashlib
import shutil
import time
from pathlib import Path

import pysequoia
import pytest

from portal.openpgp.certificates import inspect
from portal.openpgp.decrypt import decrypt
from portal.openpgp.encrypt import SealingFailed, encrypt
from portal.openpgp.generate import generate_keypair
from portal.openpgp.homes import temporary_home
from portal.openpgp.keyring import keyring
from portal.openpgp.packets import recipients_of
from tests.portal.openpgp.corpus import Corpus
from tests.portal.openpgp.workshop import ED25519, Workshop

PLAINTEXT = bytes(range(256)) * 3


@pytest.mark.parametrize("name", ["ed25519", "nistp256", "nistp384", "nistp521", "rsa2048", "rsa3072"])
def test_gnupg_and_sequoia_open_what_was_sealed(corpus: Corpus, workshop: Workshop, name: str) -> None:
    certificate = inspect(corpus.blobs[name])
    sealed = encrypt(PLAINTEXT, certificate=certificate.armored, fingerprint=certificate.fingerprint)
    assert sealed.key_id == certificate.encryption_key_id
    assert recipients_of(sealed.ciphertext) == (certificate.encryption_key_id,)
    assert sealed.sha256 == hashlib.sha256(sealed.ciphertext.encode()).hexdigest()
    private = workshop.private(certificate.fingerprint)
    assert decrypt(sealed.ciphertext, private_key=private) == PLAINTEXT
    key = pysequoia.Tsk.from_bytes(private.encode())
    assert pysequoia.decrypt(sealed.ciphertext.encode(), decryptor=key.decryptor()).bytes == PLAINTEXT


@pytest.mark.parametrize("name", ["rsa-one-key-for-all", "two-encryption-subkeys"])
def test_gnupg_opens_the_unusual_too(corpus: Corpus, workshop: Workshop, name: str) -> None:
    certificate = inspect(corpus.blobs[name])
    sealed = encrypt(PLAINTEXT, certificate=certificate.armored, fingerprint=certificate.fingerprint)
    assert decrypt(sealed.ciphertext, private_key=workshop.private(certificate.fingerprint)) == PLAINTEXT


def test_the_vendors_key_pair_seals_and_opens() -> None:
    certificate, private = generate_keypair("Sluice delivery")
    fingerprint = inspect(certificate).fingerprint
    sealed = encrypt(PLAINTEXT, certificate=certificate, fingerprint=fingerprint)
    assert decrypt(sealed.ciphertext, private_key=private) == PLAINTEXT


def test_an_attackers_key_of_the_same_name_gets_nothing(workshop: Workshop) -> None:
    victim = workshop.make(ED25519, name="Victim")
    with temporary_home(has_agent=True) as home:
        other = Workshop(home)
        attacker = other.make(ED25519, name="Victim")
        forged = other.public(attacker)
    genuine = workshop.public(victim)
    sealed = encrypt(PLAINTEXT, certificate=genuine, fingerprint=victim)
    assert recipients_of(sealed.ciphertext) == tuple(workshop.subkeys(victim))
    for certificate in (forged, genuine + forged, forged + genuine):
        with pytest.raises(SealingFailed):
            encrypt(PLAINTEXT, certificate=certificate, fingerprint=victim)


@pytest.mark.parametrize(
    "fingerprint", ["", "--version", "facilities@northwind.example", "0123456789ABCDEF", "a" * 40, "A" * 40 + "\n"]
)
def test_only_a_full_fingerprint_names_a_recipient(corpus: Corpus, fingerprint: str) -> None:
    with pytest.raises(SealingFailed, match="fingerprint_incomplete"):
        encrypt(PLAINTEXT, certificate=str(corpus.blobs["ed25519"]), fingerprint=fingerprint)


@pytest.mark.parametrize("name", ["revoked", "expired", "sign-only", "expired-subkey", "words"])
def test_a_key_that_cannot_receive_gets_no_message(corpus: Corpus, name: str) -> None:
    with pytest.raises(SealingFailed):
        encrypt(PLAINTEXT, certificate=str(corpus.blobs[name]), fingerprint=corpus.fingerprints.get(name, "A" * 40))


def test_a_message_to_somebody_else_is_noticed(corpus: Corpus, workshop: Workshop, fake_gpg: Path) -> None:
    # A gpg that adds a second recipient, as "encrypt-to" in a configuration file would.
    other = corpus.fingerprints["nistp256"]
    genuine = shutil.which("gpg", path="/usr/local/bin:/usr/bin:/bin")
    keys = fake_gpg.parent / "other.asc"
    keys.write_text(workshop.public(other))
    fake_gpg.write_text(
        "#!/bin/sh\n"
        f'case "$*" in *--encrypt*) {genuine} --homedir "$HOME" --batch -q --import {keys};'
        f' exec {genuine} -r {other} "$@";; *) exec {genuine} "$@";; esac\n'
    )
    fake_gpg.chmod(0o755)
    with pytest.raises(SealingFailed, match="wrongly_addressed"):
        encrypt(PLAINTEXT, certificate=str(corpus.blobs["ed25519"]), fingerprint=corpus.fingerprints["ed25519"])


def test_a_gnupg_that_hangs_is_stopped(fake_gpg: Path, corpus: Corpus) -> None:
    genuine = shutil.which("gpg", path="/usr/local/bin:/usr/bin:/bin")
    fake_gpg.write_text(f'#!/bin/sh\ncase "$*" in *--encrypt*) exec sleep 60;; *) exec {genuine} "$@";; esac\n')
    fake_gpg.chmod(0o755)
    started = time.monotonic()
    with temporary_home() as home, keyring(home, seconds=0.5) as ring:
        ring.add(str(corpus.blobs["ed25519"]))
        assert ring.encrypt(PLAINTEXT, corpus.fingerprints["ed25519"]) is None
    assert time.monotonic() - started < 5


def test_many_at_once_reach_each_their_own_and_leave_nothing(corpus: Corpus, base: Path) -> None:
    names = ["ed25519", "nistp256", "rsa2048", "two-encryption-subkeys"] * 10
    expected = {name: inspect(corpus.blobs[name]).encryption_key_id for name in set(names)}

    def sealed_for(name: str) -> str:
        certificate = str(corpus.blobs[name])
        return encrypt(PLAINTEXT, certificate=certificate, fingerprint=corpus.fingerprints[name]).key_id

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        got = list(pool.map(sealed_for, names))
    assert got == [expected[name] for name in names]
