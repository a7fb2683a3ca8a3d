"""The commands that refusals advise, run with GnuPG as their owner would: afterwards the key is accepted."""

import re
import shlex

import pytest

from portal.messages.catalogue import todo_of
from portal.openpgp.certificates import Certificate, inspect
from portal.openpgp.refusals import CertificateRefused
from tests.portal.openpgp.corpus import RSA
from tests.portal.openpgp.workshop import ED25519, SIGN, Workshop

LONG_AGO = "20240101T000000"
IN_FEBRUARY = "--faked-system-time=20240201T000000!"


def refusal(blob: str) -> CertificateRefused:
    with pytest.raises(CertificateRefused) as refused:
        inspect(blob)
    return refused.value


def after_the_advice(workshop: Workshop, refused: CertificateRefused) -> Certificate:
    """Run every command of the advice; what the last prints, an export, is what its reader uploads."""
    printed = b""
    for command in re.findall(r"“gpg (.+?)”", todo_of(refused.message)):
        printed = workshop.gpg(*shlex.split(command))
    return inspect(printed)


def with_sha1(workshop: Workshop) -> str:
    settings = f"{RSA.format(2048)}Name-Real: sha1\nName-Email: facilities@northwind.example\nExpire-Date: 0\n"
    ending = "%no-protection\n%commit\n"
    workshop.gpg("--cert-digest-algo", "SHA1", "--generate-key", data=f"{settings}{ending}".encode())
    return workshop.fingerprint("sha1")


def expired(workshop: Workshop) -> str:
    return workshop.make(f"{ED25519}Expire-Date: 30d\n", name="both expired", time=LONG_AGO)


def expired_primary(workshop: Workshop) -> str:
    fingerprint = workshop.make(ED25519, name="primary expired", time=LONG_AGO)
    workshop.gpg(IN_FEBRUARY, "--quick-set-expire", fingerprint, "30d")
    return fingerprint


def expired_subkey(workshop: Workshop) -> str:
    fingerprint = workshop.make(SIGN, name="subkey expired", time=LONG_AGO)
    workshop.gpg(IN_FEBRUARY, "--quick-add-key", fingerprint, "cv25519", "encr", "30d")
    return fingerprint


def weak_subkey(workshop: Workshop) -> str:
    return workshop.make(f"{SIGN}Subkey-Type: ELG\nSubkey-Length: 1024\n", name="elgamal below ed25519", time=LONG_AGO)


def unsupported_subkey(workshop: Workshop) -> str:
    brainpool = "Subkey-Type: ecdh\nSubkey-Curve: brainpoolP256r1\nSubkey-Usage: encrypt\n"
    return workshop.make(f"{SIGN}{brainpool}", name="brainpool below ed25519", time=LONG_AGO)


def signs_only(workshop: Workshop) -> str:
    return workshop.make(SIGN, name="only signs", time=LONG_AGO)


@pytest.mark.sampled(4, rest="audit")
@pytest.mark.parametrize(
    ("make", "code"),
    [
        (with_sha1, "weak_signatures"),
        (expired, "both_expired"),
        (expired_primary, "expired"),
        (expired_subkey, "subkey_expired"),
        (weak_subkey, "subkey_too_weak"),
        (unsupported_subkey, "subkey_not_supported"),
        (signs_only, "no_encryption_key"),
    ],
)
def test_after_the_advised_commands_the_key_is_accepted(workshop: Workshop, make, code: str) -> None:
    fingerprint = make(workshop)
    refused = refusal(workshop.public(fingerprint))
    assert refused.message.code == f"openpgp.{code}"
    assert after_the_advice(workshop, refused).fingerprint == fingerprint


def test_a_minimal_export_without_its_expired_subkey_is_explained(workshop: Workshop) -> None:
    fingerprint = workshop.make(SIGN, name="minimal export", time=LONG_AGO)
    workshop.gpg(IN_FEBRUARY, "--quick-add-key", fingerprint, "cv25519", "encr", "30d")
    minimal = workshop.gpg("--armor", "--export-options", "export-minimal", "--export", fingerprint).decode()
    assert refusal(workshop.public(fingerprint)).message.code == "openpgp.subkey_expired"
    refused = refusal(minimal)
    assert refused.message.code == "openpgp.no_encryption_key"
    assert "export-minimal left it out" in todo_of(refused.message)


def test_a_new_key_is_made_as_advised(workshop: Workshop) -> None:
    weak = workshop.make("Key-Type: dsa\nKey-Length: 1024\n", name="dsa")
    [command] = re.findall(r"“gpg (.+?)”", todo_of(refusal(workshop.public(weak)).message))
    workshop.gpg(*shlex.split(command))
    assert inspect(workshop.gpg("--armor", "--export", "you@example.org")).user_ids == ("Your Name <you@example.org>",)
