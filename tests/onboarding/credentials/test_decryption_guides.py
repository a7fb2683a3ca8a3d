"""The commands that the pages show, run as they are shown: a copy is opened, and a new key is accepted."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from onboarding.credentials.contents import archive_name, bundle
from onboarding.credentials.decryption_guides import Guide, creation_guides, decryption_guides
from onboarding.credentials.key_files import key_files
from portal.openpgp.certificates import inspect
from portal.openpgp.encrypt import encrypt
from portal.openpgp.homes import temporary_home
from tests.onboarding.credentials.test_contents import KEY
from tests.world import Keypair

POSIX, POWERSHELL, CMD = range(3)


@pytest.fixture
def home() -> Iterator[Path]:
    with temporary_home() as found:
        yield found
        subprocess.run(["gpgconf", "--homedir", found, "--kill", "all"], check=False, timeout=60)


def run(commands: str, folder: Path, home: Path) -> str:
    environment = {"PATH": os.environ["PATH"], "GNUPGHOME": str(home), "HOME": str(home), "LC_ALL": "C"}
    done = subprocess.run(
        ["sh", "-e", "-c", commands], cwd=folder, env=environment, capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


def guide(guides: list[Guide], program: str) -> Guide:
    [found] = [each for each in guides if each.program == program]
    return found


def downloaded(folder: Path, owner: Keypair, home: Path) -> str:
    fingerprint = inspect(owner.certificate.encode()).fingerprint
    name = archive_name(stream_name=KEY.stream_name, access_key_id=KEY.access_key_id, fingerprint=fingerprint)
    copy = encrypt(bundle(KEY), certificate=owner.certificate, fingerprint=fingerprint, file_name=name)
    assert copy.file_name == name
    (folder / f"{name}.asc").write_text(copy.ciphertext)
    (folder / "private.asc").write_text(owner.private_key)
    run("gpg --batch --quiet --import private.asc", folder, home)
    return f"{name}.asc"


def test_gnupg_opens_a_copy_with_the_commands_of_the_page(client_keypair: Keypair, tmp_path: Path, home: Path) -> None:
    name = downloaded(tmp_path, client_keypair, home)
    commands = guide(decryption_guides(name), "GnuPG").commands
    run(commands[POSIX].text, tmp_path, home)
    unpacked = tmp_path / name.removesuffix(".zip.asc")
    assert {file.name: file.read_bytes() for file in unpacked.iterdir()} == key_files(KEY)


def test_programs_that_restore_the_name_inside_write_a_zip(client_keypair: Keypair, tmp_path: Path, home: Path) -> None:
    name = downloaded(tmp_path, client_keypair, home)
    run(f"mv {name} renamed.asc; gpg --quiet --use-embedded-filename --decrypt renamed.asc", tmp_path, home)
    assert (tmp_path / name.removesuffix(".asc")).read_bytes() == bundle(KEY)


@pytest.mark.parametrize("name", ["sluice-harbour-key-mple-0a1b2c3d.zip.asc", "sluice-harbour-0a1b2c3d.tar.asc"])
def test_no_command_pipes_what_was_decrypted(name: str) -> None:
    for program in ("GnuPG", "Sequoia"):
        for command in guide(decryption_guides(name), program).commands:
            assert not set("|>") & set(command.text), command
            assert name in command.text
    for other in decryption_guides(name):
        assert other.commands or name.removesuffix(".asc") in other.steps[-1], other.program


def test_an_earlier_copy_is_unpacked_with_tar() -> None:
    [*_, last] = guide(decryption_guides("sluice-harbour-0a1b2c3d.tar.asc"), "GnuPG").commands
    assert last.text.endswith("tar -xf sluice-harbour-0a1b2c3d.tar")


def test_a_key_that_is_created_as_the_page_says_is_accepted(tmp_path: Path, home: Path) -> None:
    [*_install, create] = guide(creation_guides(), "GnuPG").commands
    assert not set("'|>\\^%$") & set(create.text.replace("<you@example.org>", "")), "the same lines in every shell"
    # Without a person who enters a passphrase.
    unattended = create.text.replace("gpg --quick", "gpg --batch --passphrase '' --quick", 1)
    shown = run(unattended, tmp_path, home)
    certificate = inspect((tmp_path / "my-public-key.asc").read_bytes())
    assert certificate.user_ids == ("Your Name <you@example.org>",)
    assert certificate.fingerprint in shown.replace(" ", "")
    assert certificate.expires_at is not None


def test_every_program_of_the_page_has_something_to_do() -> None:
    guides = decryption_guides("a.zip.asc")
    assert [each.program for each in guides] == [
        *("GnuPG", "Kleopatra", "GPG Suite", "Sequoia", "Thunderbird", "Mailvelope")
    ]
    assert shutil.which("unzip"), "the commands for Unix use it"
