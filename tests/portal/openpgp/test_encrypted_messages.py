"""Whose an uploaded message is, told from its packets alone; real GnuPG makes every one of them."""

import json
from pathlib import Path

import pytest

from portal.messages.encrypted_messages import ENTRIES
from portal.openpgp.armor import dearmor
from portal.openpgp.encrypted_messages import MAX_BYTES, EncryptedMessage, MessageRefused, examine
from tests.portal.openpgp.workshop import ED25519, Workshop, packet

ANSWER = {"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": f"wJalrXUtnFEMI/K7MDENG/{'b' * 18}"}
SECRET = json.dumps({"AccessKey": ANSWER}).encode()


@pytest.fixture(scope="module")
def vendor(workshop: Workshop) -> str:
    return workshop.make(ED25519, name="Vendor of Messages")


@pytest.fixture(scope="module")
def other(workshop: Workshop) -> str:
    return workshop.make(ED25519, name="Another of Messages")


def encrypted(workshop: Workshop, *recipients: str, options: tuple[str, ...] = ("--armor",)) -> bytes:
    named = [part for recipient in recipients for part in ("--recipient", recipient)]
    return workshop.gpg("--trust-model", "always", *options, "--encrypt", *named, data=SECRET)


def judged(workshop: Workshop, blob: bytes, vendor: str, *own: str) -> EncryptedMessage:
    return examine(
        blob, vendor_key_id=subkey(workshop, vendor), own_key_ids=[subkey(workshop, recipient) for recipient in own]
    )


def subkey(workshop: Workshop, fingerprint: str) -> str:
    return workshop.subkeys(fingerprint)[0]


def code(workshop: Workshop, blob: bytes, vendor: str, *own: str) -> str:
    with pytest.raises(MessageRefused) as refused:
        judged(workshop, blob, vendor, *own)
    assert refused.value.message.code in ENTRIES
    assert "wJalr" not in str(refused.value) + repr(refused.value.args)
    return refused.value.message.code.removeprefix("openpgp.").removeprefix("message_")


def test_a_message_to_the_vendor_is_taken_and_opens_as_it_was_written(workshop: Workshop, vendor: str) -> None:
    blob = encrypted(workshop, vendor)
    taken = judged(workshop, blob, vendor)
    assert taken.key_ids == (subkey(workshop, vendor),)
    assert dearmor(taken.armored).data == dearmor(blob.decode()).data
    assert workshop.gpg("--decrypt", data=taken.armored.encode()) == SECRET
    assert len(taken.sha256) == 64


def test_a_binary_file_and_a_pasted_mail_are_taken_alike(workshop: Workshop, vendor: str) -> None:
    armored = encrypted(workshop, vendor)
    binary = dearmor(armored.decode()).data
    quoted = b"\xef\xbb\xbfHello,\r\nhere is the encrypted secret access key:\r\n> " + armored.replace(b"\n", b"\r\n> ")
    assert len({judged(workshop, blob, vendor).sha256 for blob in (armored, binary, quoted)}) == 1


def test_confirmed_keys_of_the_client_may_open_it_too(workshop: Workshop, vendor: str, other: str) -> None:
    blob = encrypted(workshop, vendor, other)
    assert len(judged(workshop, blob, vendor, other).key_ids) == 2
    assert code(workshop, blob, vendor) == "unknown_recipient"


def test_a_message_that_the_vendor_cannot_open_is_refused(workshop: Workshop, vendor: str, other: str) -> None:
    assert code(workshop, encrypted(workshop, other), vendor, other) == "not_for_vendor"


def test_hidden_recipients_are_refused(workshop: Workshop, vendor: str) -> None:
    assert (
        code(workshop, encrypted(workshop, vendor, options=("--armor", "--throw-keyids")), vendor) == "hidden_recipient"
    )


def test_a_password_beside_the_key_is_refused(workshop: Workshop, vendor: str) -> None:
    both = encrypted(workshop, vendor, options=("--armor", "--symmetric", "--passphrase=pw"))
    assert code(workshop, both, vendor) == "password"


def test_what_is_signed_or_packed_and_not_encrypted_is_refused(workshop: Workshop, vendor: str) -> None:
    for option in ("--sign", "--clear-sign", "--store"):
        signed = workshop.gpg("--armor", "--local-user", vendor, option, data=b"nothing secret")
        assert code(workshop, signed, vendor) == "signed", option


def test_a_key_is_no_message(workshop: Workshop, vendor: str) -> None:
    assert code(workshop, workshop.public(vendor).encode(), vendor) == "public_key"
    assert code(workshop, workshop.private(vendor).encode(), vendor) == "private_key"
    assert code(workshop, dearmor(workshop.public(vendor)).data, vendor) == "public_key"
    assert code(workshop, dearmor(workshop.private(vendor)).data, vendor) == "private_key"
    body = "\n".join(workshop.private(vendor).strip().split("\n")[2:-1])
    assert code(workshop, body.encode(), vendor) == "private_key"
    assert code(workshop, dearmor(workshop.private(vendor)).data.hex().encode(), vendor) == "private_key"


@pytest.mark.parametrize(
    "clear",
    [
        SECRET,
        b"Access key ID,Secret access key\nAKIAIOSFODNN7EXAMPLE,wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n",
        b"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        b"\xef\xbb\xbfaws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        b"AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    ],
    ids=["json", "csv", "secret", "profile", "shell"],
)
def test_a_key_in_the_clear_is_named_as_that_even_beside_a_message(
    workshop: Workshop, vendor: str, clear: bytes
) -> None:
    message = encrypted(workshop, vendor)
    assert code(workshop, clear, vendor) == "unencrypted"
    assert code(workshop, message + b"\n" + clear + b"\n", vendor) == "unencrypted"
    assert (
        code(workshop, b"begins with -----BEGIN PGP MESSAGE----- " + clear + b"\n" + message, vendor) == "unencrypted"
    )
    if b" " not in clear:
        return  # a bare word within a block cannot be told from the block
    assert code(workshop, b"-----BEGIN PGP MESSAGE-----\n\nabcd\n" + clear + b"\n" + message, vendor) == "unencrypted"
    if b"\n" not in clear:
        headed = message.replace(b"MESSAGE-----\n", b"MESSAGE-----\nComment: " + clear + b"\n", 1)
        assert code(workshop, headed, vendor) == "unencrypted"
        assert code(workshop, clear.decode("utf-8-sig").encode("utf-16"), vendor) == "unencrypted"


def test_a_file_of_powershell_is_read(workshop: Workshop, vendor: str) -> None:
    wide = encrypted(workshop, vendor).decode().encode("utf-16")
    assert judged(workshop, wide, vendor).key_ids == (subkey(workshop, vendor),)


def test_of_what_is_refused_the_message_alone_can_be_shown_again(workshop: Workshop, vendor: str, other: str) -> None:
    with pytest.raises(MessageRefused) as refused:
        judged(workshop, b"some mail\n" + encrypted(workshop, other) + b"regards", vendor)
    assert refused.value.armored.startswith("-----BEGIN PGP MESSAGE-----\n\n")
    assert "mail" not in refused.value.armored
    with pytest.raises(MessageRefused) as refused:
        judged(workshop, b"hello", vendor)
    assert refused.value.armored == ""


def test_a_fingerprint_beside_the_message_is_no_secret(workshop: Workshop, vendor: str) -> None:
    blob = f"for {vendor}, sha1 {'0a' * 20}\n".encode() + encrypted(workshop, vendor)
    assert judged(workshop, blob, vendor).key_ids == (subkey(workshop, vendor),)


def test_what_was_damaged_cut_or_joined_is_refused(workshop: Workshop, vendor: str) -> None:
    armored = encrypted(workshop, vendor)
    binary = dearmor(armored.decode()).data
    assert code(workshop, armored.replace(b"\n", b"\nA", 4), vendor) == "unreadable"
    assert code(workshop, armored[: len(armored) // 2], vendor) == "unreadable"
    assert code(workshop, binary[:-5], vendor) == "unreadable"
    assert code(workshop, binary + b"\x00\x01", vendor) == "unreadable"
    assert code(workshop, armored + armored, vendor) == "several_messages"
    assert code(workshop, binary + binary, vendor) == "several_messages"
    assert code(workshop, b"hello", vendor) == "unreadable"
    assert code(workshop, b" \n", vendor) == "empty"
    assert code(workshop, b"x" * (MAX_BYTES + 1), vendor) == "too_large"


def test_packets_in_no_order_of_a_message_are_refused(workshop: Workshop, vendor: str) -> None:
    pkesk = packet(1, b"\x03" + bytes.fromhex(subkey(workshop, vendor)) + b"\x12" + b"x" * 50)
    sealed = packet(18, b"\x01" + b"y" * 80)
    assert judged(workshop, pkesk + sealed, vendor).key_ids == (subkey(workshop, vendor),)
    assert judged(workshop, packet(10, b"PGP") + pkesk + packet(20, b"\x01" + b"y" * 80), vendor).key_ids
    for wrong in (sealed + pkesk, pkesk, sealed, pkesk + sealed + packet(13, b"name"), pkesk + packet(18, b"\x07y")):
        assert code(workshop, wrong, vendor) == "unreadable"
    assert code(workshop, packet(1, b"\x06" + b"x" * 40) + sealed, vendor) == "version"
    assert code(workshop, pkesk + packet(9, b"y" * 80), vendor) == "unprotected"


def test_nothing_is_decrypted_and_no_home_is_made(workshop: Workshop, vendor: str, base: Path) -> None:
    judged(workshop, encrypted(workshop, vendor), vendor)
    assert list(base.iterdir()) == []
