import sys
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pysequoia
import pytest

from portal.messages.catalogue import cause_of, explanation_of, text_of, todo_of
from portal.openpgp import certificates
from portal.openpgp.certificates import inspect
from portal.openpgp.check_slots import SLOTS, check_slot
from portal.openpgp.packets import Tag, packets
from portal.openpgp.refusals import CertificateRefused
from tests.portal.openpgp.corpus import ACCEPTED, REFUSED, Corpus
from tests.portal.openpgp.workshop import ED25519, Workshop, binary, packet


@pytest.mark.sampled(10, rest="audit")
@pytest.mark.parametrize("name", ACCEPTED)
def test_a_fit_key_is_accepted(corpus: Corpus, name: str) -> None:
    found = inspect(corpus.blobs[name])
    assert found.algorithm == ACCEPTED[name]
    assert found.fingerprint == corpus.fingerprints[name]
    assert found.armored.startswith("-----BEGIN PGP PUBLIC KEY BLOCK-----")
    assert pysequoia.Cert.from_bytes(found.armored.encode()).fingerprint.upper() == found.fingerprint


@pytest.mark.sampled(20, rest="audit")
@pytest.mark.parametrize("name", REFUSED)
def test_an_unfit_key_is_refused_with_its_reason(corpus: Corpus, name: str) -> None:
    with pytest.raises(CertificateRefused) as refused:
        inspect(corpus.blobs[name])
    assert refused.value.message.code == f"openpgp.{REFUSED[name]}"
    assert todo_of(refused.value.message)
    assert "%(" not in explanation_of(refused.value.message)


def test_a_private_key_is_called_compromised_and_not_repeated(corpus: Corpus) -> None:
    private = str(corpus.blobs["private"])
    with pytest.raises(CertificateRefused) as refused:
        inspect(private)
    assert "compromised" in text_of(refused.value.message)
    assert not any(line in str(refused.value) for line in private.split("\n") if len(line) > 20)


def test_what_is_kept_is_one_primary_and_the_subkey_gnupg_uses(corpus: Corpus, workshop: Workshop) -> None:
    older, newer = workshop.subkeys(corpus.fingerprints["two-encryption-subkeys"])
    found = inspect(corpus.blobs["two-encryption-subkeys"])
    assert found.encryption_key_id == newer
    tags = [part.tag for part in packets(binary(found.armored))]
    assert tags.count(Tag.PUBLIC_SUBKEY) == 1
    assert older not in str([part.body.hex() for part in packets(binary(found.armored))])


def test_an_expired_newer_subkey_does_not_hide_the_older_one(corpus: Corpus, workshop: Workshop) -> None:
    older, _ = workshop.subkeys(corpus.fingerprints["newer-subkey-expired"])
    assert inspect(corpus.blobs["newer-subkey-expired"]).encryption_key_id == older


def test_signatures_of_other_people_are_left_out(corpus: Corpus) -> None:
    given = str(corpus.blobs["other-peoples-signatures"])
    kept = inspect(given).armored
    count = [sum(part.tag == Tag.SIGNATURE for part in packets(binary(text))) for text in (given, kept)]
    assert count == [4, 2]


def test_inspecting_what_was_kept_gives_the_same_again(corpus: Corpus) -> None:
    once = inspect(corpus.blobs["two-encryption-subkeys"])
    assert replace(inspect(once.armored), full=once.full) == once


def test_times_are_aware_and_the_earlier_expiry_counts(corpus: Corpus) -> None:
    found = inspect(corpus.blobs["expires-in-ten-days"])
    assert found.expires_at is not None
    assert timedelta(days=9) < found.expires_at - datetime.now(UTC) <= timedelta(days=10)
    assert abs(found.created_at - datetime.now(UTC)) < timedelta(hours=1)


def test_another_day_gives_another_verdict(corpus: Corpus) -> None:
    blob = corpus.blobs["expires-in-ten-days"]
    with pytest.raises(CertificateRefused) as refused:
        inspect(blob, now=datetime.now(UTC) + timedelta(days=11))
    assert refused.value.message.code == "openpgp.both_expired"
    assert str(datetime.now(UTC).year) in text_of(refused.value.message)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("rsa2048", "RSA 2048"),
        ("expires-in-ten-days", "expires on"),
        ("ed25519", None),
        ("rsa3072", None),
        ("nistp256", None),
    ],
)
def test_what_may_cause_trouble_later_is_said(corpus: Corpus, name: str, says: str | None) -> None:
    warnings = [text_of(warning) for warning in inspect(corpus.blobs[name]).warnings]
    assert warnings == [] if says is None else says in " ".join(warnings)


def test_user_ids_are_read_as_utf_8(workshop: Workshop) -> None:
    fingerprint = workshop.make(ED25519, name="Zoë 株式会社 \u202egro.evil")
    assert inspect(workshop.public(fingerprint)).user_ids == (
        "Zoë 株式会社 \ufffdgro.evil <facilities@northwind.example>",
    )


def test_a_name_in_an_old_encoding_stays_readable(corpus: Corpus) -> None:
    assert len(inspect(corpus.blobs["old-latin-1-name"]).user_ids) == 1


def test_a_name_that_the_owner_did_not_sign_is_not_shown(corpus: Corpus) -> None:
    found = list(packets(binary(str(corpus.blobs["ed25519"]))))
    injected = found[0].raw + b"".join(part.raw for part in found[1:3]) + packet(13, b"Mallory <m@evil.example>")
    blob = injected + b"".join(part.raw for part in found[3:])
    assert inspect(blob).user_ids == ("ed25519 <facilities@northwind.example>",)


def test_a_gnupg_that_hangs_is_stopped_and_leaves_nothing(
    corpus: Corpus, fake_gpg: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificates, "_WALL_SECONDS", 1)
    fake_gpg.write_text("#!/bin/sh\nexec sleep 60\n")
    fake_gpg.chmod(0o755)
    started = time.monotonic()
    with pytest.raises(CertificateRefused) as refused:
        inspect(corpus.blobs["ed25519"])
    assert refused.value.message.code == "openpgp.check_unavailable"
    assert time.monotonic() - started < 3


@pytest.mark.parametrize(
    ("number", "code"), [("XCPU", "too_complex"), ("XFSZ", "too_complex"), ("KILL", "check_unavailable")]
)
def test_only_a_limit_that_the_key_reached_is_a_verdict_about_it(
    corpus: Corpus, fake_gpg: Path, number: str, code: str
) -> None:
    # The version is asked for first, and answered.
    fake_gpg.write_text(f'#!/bin/sh\ncase "$*" in *--list-config*) exec /usr/bin/gpg "$@";; esac\nkill -{number} $$\n')
    fake_gpg.chmod(0o755)
    with pytest.raises(CertificateRefused) as refused:
        inspect(corpus.blobs["ed25519"])
    assert refused.value.message.code == f"openpgp.{code}"


def test_a_check_beyond_those_at_once_is_told_to_wait_and_says_nothing_about_the_key(
    corpus: Corpus, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificates, "QUEUE_SECONDS", 0)
    with ExitStack() as running:
        for _ in range(SLOTS):
            running.enter_context(check_slot(seconds=0))
        with pytest.raises(CertificateRefused) as refused:
            inspect(corpus.blobs["ed25519"])
    assert refused.value.message.code == "openpgp.check_busy"
    assert "Nothing is known to be wrong" in text_of(refused.value.message)
    assert cause_of(refused.value.message) == "Sluice"
    assert inspect(corpus.blobs["ed25519"]).fingerprint == corpus.fingerprints["ed25519"]


def test_where_no_process_can_be_created_nothing_is_said_about_the_key(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(CertificateRefused) as refused:
        inspect(corpus.blobs["ed25519"])
    assert refused.value.message.code == "openpgp.check_unavailable"


def test_missing_gnupg_is_our_fault_and_said_so(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CertificateRefused) as refused:
        inspect(corpus.blobs["ed25519"])
    assert refused.value.message.code == "openpgp.check_unavailable"
    assert cause_of(refused.value.message) == "Sluice"
