"""A file system without space for GnuPG's homes is reported as what it is, and never as a key that is unsuitable.

GnuPG itself meets the full device: the file that it writes next is a link to /dev/full, where every write fails with
"No space left on device".
"""

import errno
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from portal.messages.catalogue import cause_of, todo_of
from portal.openpgp import homes
from portal.openpgp.certificates import inspect
from portal.openpgp.encrypt import SealingFailed, encrypt
from portal.openpgp.generate import generate_keypair
from portal.openpgp.homes import HomeFull, home_base, temporary_home
from portal.openpgp.refusals import CertificateRefused

Keypair = tuple[str, str, str]
# What GnuPG writes when it imports a key: first the keyring, then its database of trust.
FILES = ("pubring.kbx.tmp", "trustdb.gpg")


@pytest.fixture(params=FILES)
def full_home(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, base: Path) -> None:
    created = tempfile.mkdtemp

    def create(*arguments: str, **options: str) -> str:
        home = created(*arguments, **options)
        Path(home, request.param).symlink_to("/dev/full")
        return home

    monkeypatch.setattr("tempfile.mkdtemp", create)


@pytest.fixture(params=[errno.ENOSPC, errno.EDQUOT])
def full_file_system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, base: Path) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise OSError(request.param, os.strerror(request.param))

    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    monkeypatch.setattr("tempfile.TemporaryFile", refuse)


def refusal_of_sealing(keypair: Keypair) -> str:
    fingerprint, certificate, _ = keypair
    with pytest.raises(SealingFailed) as caught:
        encrypt(b"x", certificate=certificate, fingerprint=fingerprint)
    return caught.value.message.code


def refusal_of_upload(keypair: Keypair) -> str:
    with pytest.raises(CertificateRefused) as caught:
        inspect(keypair[1])
    assert cause_of(caught.value.message) == "Sluice"
    assert "/dev/shm" in todo_of(caught.value.message)  # noqa: S108  (named only)
    return caught.value.message.code


@pytest.mark.parametrize("refusal", [refusal_of_sealing, refusal_of_upload])
def test_gnupg_without_space_is_no_fault_of_the_key(
    full_home: None, keypair: Keypair, refusal: Callable[[Keypair], str]
) -> None:
    assert refusal(keypair) == "openpgp.no_space"


@pytest.mark.parametrize("refusal", [refusal_of_sealing, refusal_of_upload])
def test_a_home_that_cannot_be_created_is_no_fault_of_the_key(
    full_file_system: None, keypair: Keypair, refusal: Callable[[Keypair], str]
) -> None:
    assert refusal(keypair) == "openpgp.no_space"


def test_no_key_pair_is_created_without_space(full_home: None) -> None:
    with pytest.raises(HomeFull):
        generate_keypair("Ada")


def test_a_full_memory_is_no_reason_to_use_a_disk(full_file_system: None) -> None:
    assert home_base() == homes._MEMORY


def test_another_error_of_the_system_is_raised_as_it_is(base: Path) -> None:
    with pytest.raises(FileNotFoundError), temporary_home(under=base / "absent"):
        pass


def test_a_user_id_cannot_say_that_there_is_no_space(fake_gpg: Path, keypair: Keypair) -> None:
    fake_gpg.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && echo "gpg (GnuPG) 2.2.40" && exit\n'
        "echo 'gpg: key 0: public key \"a: No space left on device\" is unusable' >&2\n"
    )
    fake_gpg.chmod(0o755)
    assert refusal_of_sealing(keypair) == "openpgp.recipient_rejected"
