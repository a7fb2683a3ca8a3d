"""What cannot be encrypted to is refused before GnuPG is started, and homes that cannot be removed are left alone."""

import os
import stat
import time
from contextlib import suppress
from pathlib import Path

import pysequoia
import pytest

from portal.openpgp import homes
from portal.openpgp.certificate_structure import read_structure
from portal.openpgp.encrypt import SealingFailed, encrypt
from portal.openpgp.generate import generate_keypair
from portal.openpgp.homes import home_base, remove_stale, temporary_home
from portal.openpgp.packets import Tag
from tests.portal.openpgp.test_certificate_packets import CERTIFICATE, PRIMARY
from tests.portal.openpgp.workshop import packet

FINGERPRINT = read_structure(CERTIFICATE).primary.fingerprint


def armored(data: bytes) -> str:
    return str(pysequoia.armor(data, pysequoia.ArmorKind.PublicKey))


def refusal(certificate: str, fingerprint: str = FINGERPRINT) -> str:
    with pytest.raises(SealingFailed) as caught:
        encrypt(b"secret of the test", certificate=certificate, fingerprint=fingerprint)
    assert "secret of the test" not in repr(caught.value)
    return caught.value.message.code.removeprefix("openpgp.")


@pytest.mark.parametrize(
    "fingerprint",
    ["", FINGERPRINT[-16:], FINGERPRINT.lower(), f" {FINGERPRINT}", f"{FINGERPRINT}\n", f"0x{FINGERPRINT}"],
)
def test_only_a_whole_fingerprint_names_a_recipient(fingerprint: str, fake_gpg: Path) -> None:
    assert refusal(armored(CERTIFICATE), fingerprint) == "fingerprint_incomplete"


@pytest.mark.parametrize(
    "certificate",
    ["", "hello", armored(PRIMARY + PRIMARY), armored(packet(Tag.SECRET_KEY, b"")), armored(b"\x00"), "\u00e9" * 40],
)
def test_what_is_no_certificate_is_refused_without_gnupg(certificate: str, fake_gpg: Path) -> None:
    assert refusal(certificate) == "recipient_unreadable"


def test_a_certificate_of_another_fingerprint_is_refused_without_gnupg(fake_gpg: Path) -> None:
    assert refusal(armored(CERTIFICATE), "A" * 40) == "fingerprint_mismatch"


def test_a_missing_gnupg_is_named_and_leaves_no_home(
    fake_gpg: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(fake_gpg.parent))  # an empty folder
    assert refusal(armored(CERTIFICATE)) == "gnupg_missing"


@pytest.mark.parametrize(
    ("user_id", "algorithm"), [("Ada\nExpire-Date: 1d", "ed25519"), ("Ada", "rsa1024"), ("Ada\0", "ed25519")]
)
def test_a_key_pair_of_a_hostile_name_or_a_weak_algorithm_is_not_created(user_id: str, algorithm: str) -> None:
    with pytest.raises(ValueError, match="not known"):
        generate_keypair(user_id, algorithm=algorithm)


def test_a_home_is_private_and_removed_after_an_error(base: Path) -> None:
    with suppress(ZeroDivisionError), temporary_home() as home:
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        assert home.parent == base
        (home / "pubring.kbx").write_bytes(b"x")
        raise ZeroDivisionError
    assert not home.exists()


def test_only_old_homes_of_this_user_are_stale(base: Path, tmp_path: Path) -> None:
    old, new, other = (base / name for name in (f"{homes.PREFIX}old", f"{homes.PREFIX}new", "of-another-program"))
    for folder in (old, new, other):
        folder.mkdir()
    for folder in (old, other):
        os.utime(folder, (time.time() - 7200, time.time() - 7200))
    outside = tmp_path / "kept"
    outside.mkdir()
    link = base / f"{homes.PREFIX}link"
    link.symlink_to(outside)
    assert remove_stale() == 1
    assert [folder.exists() for folder in (old, new, other, outside)] == [False, True, True, True]
    assert remove_stale(older_than_seconds=-60) == 2  # the new one, and the link, which shutil leaves alone
    assert outside.exists()
    link.unlink()
    other.rmdir()


def test_homes_are_elsewhere_where_there_is_no_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(homes, "_MEMORY", tmp_path / "absent")
    monkeypatch.setattr("tempfile.tempdir", "/tmp/short")  # noqa: S108  (named only)
    assert home_base() == Path("/tmp/short")  # noqa: S108  (as above)
    monkeypatch.setattr("tempfile.tempdir", "/" + "x" * 80)
    assert home_base() == Path("/tmp")  # noqa: S108  (as above)
