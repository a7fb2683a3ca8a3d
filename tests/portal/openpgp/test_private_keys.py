"""Private keys in disguise: each is recognised, and nothing else is taken for one."""

import base64
from pathlib import Path

import pytest

from portal.openpgp.private_keys import PRIVATE_KEY, PRIVATE_STUB, private_key_refusal
from tests.portal.openpgp.corpus import Corpus
from tests.portal.openpgp.test_cases import CASES
from tests.portal.openpgp.test_secret_key import OFFLINE, ON_A_CARD, stub_of
from tests.portal.openpgp.workshop import Workshop, binary


def body_of(text: str) -> str:
    """What is between the lines of an armor."""
    return "\n".join(text.strip().split("\n")[2:-1])


DISGUISES = {
    "armored": lambda text: text,
    "binary": binary,
    "without-armor-lines": body_of,
    "first-line-lost": lambda text: "\n".join(text.split("\n")[1:]),
    "last-line-lost": lambda text: "\n".join(text.strip().split("\n")[:-1]),
    "in-public-armor": lambda text: text.replace("PRIVATE", "PUBLIC"),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64-of-binary": lambda text: base64.encodebytes(binary(text)).decode(),
    "base64-twice": lambda text: base64.b64encode(base64.b64encode(text.encode())).decode(),
    "hexadecimal": lambda text: binary(text).hex(),
    "hexadecimal-with-words": lambda text: f"my key:\n{binary(text).hex(' ')}\nthanks",
    "utf-16": lambda text: text.encode("utf-16"),
    "utf-16-without-a-mark": lambda text: text.encode("utf-16-le"),
    "en-dashes": lambda text: text.replace("-", "\u2013"),
    "no-dashes": lambda text: text.replace("-----", ""),
    "no-break-spaces": lambda text: text.replace(" ", "\u00a0"),
    "zero-width-spaces": lambda text: text.replace("PRIVATE", "PRI\u200bVATE"),
    "lower-case": lambda text: text.lower(),
    "quoted": lambda text: "> " + text.replace("\n", "\n> "),
    "json": lambda text: text.replace("\n", "\\n"),
    "html": lambda text: text.replace("-", "&#45;"),
    "quoted-printable": lambda text: text.replace("-----", "=2D=2D=2D=2D=2D"),
    "beyond-64-kib": lambda text: "x " * 100_000 + text,
    "beyond-512-kib": lambda text: "x " * 400_000 + text,
    "body-beyond-words": lambda text: "x " * 50_000 + body_of(text),
    "first-digits-lost": lambda text: "owME" + body_of(text)[44:],
    "beside-words": lambda text: f"Subject: key\n\n{text}\nRegards",
}


@pytest.mark.parametrize("name", DISGUISES)
def test_a_private_key_is_recognised(keypair: tuple[str, str, str], name: str) -> None:
    disguised = DISGUISES[name](keypair[2])
    assert private_key_refusal(disguised.encode() if isinstance(disguised, str) else disguised) == PRIVATE_KEY


@pytest.mark.parametrize("name", [name for name in DISGUISES if name != "in-public-armor"])
def test_a_public_key_in_the_same_disguise_is_not(keypair: tuple[str, str, str], name: str) -> None:
    disguised = DISGUISES[name](keypair[1])
    assert private_key_refusal(disguised.encode() if isinstance(disguised, str) else disguised) is None


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz",
        "AGE-SECRET-KEY-1QQQ",
        "PuTTY-User-Key-File-3: ssh-ed25519",
        "(11:private-key(3:rsa(1:n257:",
        "(21:protected-private-key(3:ecc(5:curve7:Ed25519)",
        "Created: 20260101T000000\nKey: (private-key (ecc (curve Ed25519)",
        "Key: (protected-private-key (rsa (n #00",
    ],
)
def test_private_keys_of_other_programs_and_gnupgs_own_files_are_recognised(text: str) -> None:
    assert private_key_refusal(text.encode()) == PRIVATE_KEY


def test_gnupgs_own_files_on_disk_are_recognised(workshop: Workshop, keypair: tuple[str, str, str]) -> None:
    files = list((workshop.home / "private-keys-v1.d").glob("*.key"))
    assert files
    assert {private_key_refusal(file.read_bytes()) for file in files} == {PRIVATE_KEY}


@pytest.mark.parametrize("ending", [OFFLINE, ON_A_CARD])
def test_a_stub_without_a_secret_is_not_compromised(keypair: tuple[str, str, str], ending: bytes) -> None:
    stub = stub_of(keypair[1], ending)
    text = base64.encodebytes(stub).decode()
    armored = f"-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n{text}-----END PGP PRIVATE KEY BLOCK-----\n"
    assert private_key_refusal(stub) == PRIVATE_STUB
    assert private_key_refusal(armored.encode()) == PRIVATE_STUB
    assert private_key_refusal(b"Key: (shadowed-private-key (ecc (curve Ed25519)") == PRIVATE_STUB


def test_a_key_whose_primary_alone_is_a_stub_is_compromised(workshop: Workshop, keypair: tuple[str, str, str]) -> None:
    subkeys = workshop.gpg("--export-secret-subkeys", keypair[0])
    assert private_key_refusal(subkeys) == PRIVATE_KEY


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Never send the private key. It begins with BEGIN PGP PRIVATE KEY BLOCK, and this does not:",
        "our private-key policy (private) is on the intranet",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    ],
)
def test_words_about_private_keys_are_not_private_keys(text: str) -> None:
    assert private_key_refusal(text.encode()) is None


def test_no_fit_key_is_taken_for_a_private_one(corpus: Corpus) -> None:
    found = {
        name: private_key_refusal(blob.encode() if isinstance(blob, str) else blob)
        for name, blob in corpus.blobs.items()
    }
    assert {name for name, refusal in found.items() if refusal} == {name for name in found if "private" in name}


def test_the_cases_are_told_apart() -> None:
    found = {path.name for path in Path(CASES).iterdir() if private_key_refusal(path.read_bytes())}
    assert found == {path.name for path in Path(CASES).iterdir() if path.name.startswith("private-")}
