"""Uploads written by hand, byte by byte: each is refused for its reason, and none ends in anything but a refusal."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.openpgp.armor import dearmor
from portal.openpgp.encrypted_messages import MAX_BYTES, EncryptedMessage, MessageRefused, examine
from portal.openpgp.packets import Tag
from tests.portal.openpgp.workshop import packet

VENDOR, OWN, STRANGER = "A" * 16, "B" * 16, "C" * 16
DATA = packet(Tag.SEIPD, b"\x01" + bytes(20))
MARKER = packet(Tag.MARKER, b"PGP")


def session_key(key_id: str, version: int = 3) -> bytes:
    return packet(Tag.PKESK, bytes([version]) + bytes.fromhex(key_id) + b"\x12" + bytes(20))


def armored(data: bytes, kind: str = "MESSAGE") -> bytes:
    return f"-----BEGIN PGP {kind}-----\n\n{base64.b64encode(data).decode()}\n-----END PGP {kind}-----\n".encode()


MESSAGE = session_key(VENDOR) + DATA


def judged(blob: bytes) -> EncryptedMessage:
    return examine(blob, vendor_key_id=VENDOR, own_key_ids=[OWN])


def refusal(blob: bytes) -> MessageRefused:
    with pytest.raises(MessageRefused) as caught:
        judged(blob)
    return caught.value


def code(blob: bytes) -> str:
    return refusal(blob).message.code.removeprefix("openpgp.").removeprefix("message_")


@pytest.mark.parametrize(
    "blob",
    [
        MESSAGE,
        armored(MESSAGE),
        MARKER + MESSAGE,
        session_key(VENDOR) + session_key(OWN) + DATA,
        session_key(VENDOR) + packet(Tag.AEAD, b"\x01" + bytes(20)),
        session_key(VENDOR) + packet(Tag.SEIPD, b"\x02" + bytes(20)),
        "Grüße aus Köln,\n".encode() + armored(MESSAGE),
        "Élodie writes:\n".encode() + armored(MESSAGE),
        b"\xef\xbb\xbf" + armored(MESSAGE),
        armored(MESSAGE).decode().encode("utf-16"),
        b"".join(b"> " + line + b"\r\n" for line in armored(MESSAGE).splitlines()),
    ],
    ids=[
        "binary", "armored", "marker-first", "own-key-too", "ocb", "aead", "text-before", "accent-first", "mark-utf-8",
        "utf-16", "quoted",
    ],
)  # fmt: skip
def test_a_message_to_the_vendor_is_kept_armored(blob: bytes) -> None:
    kept = judged(blob)
    assert kept.key_ids[0] == VENDOR
    assert judged(kept.armored.encode()) == kept
    assert dearmor(kept.armored).kind == "MESSAGE"


@pytest.mark.parametrize(
    ("blob", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (armored(b"x" * MAX_BYTES), "too_large"),
        (DATA, "unreadable"),
        (session_key(VENDOR), "unreadable"),
        (DATA + session_key(VENDOR), "unreadable"),
        (MESSAGE + packet(Tag.TRUST, b""), "unreadable"),
        (session_key(VENDOR) + packet(Tag.SEIPD, b"\x09" + bytes(20)), "unreadable"),
        (session_key(VENDOR) + packet(Tag.SEIPD, b"\x09" + bytes(20)) + packet(Tag.MARKER, b"\x01"), "unreadable"),
        (session_key(VENDOR) + packet(Tag.SEIPD, b""), "unreadable"),
        (MESSAGE + DATA, "several_messages"),
        (armored(MESSAGE) + armored(MESSAGE), "several_messages"),
        (session_key(VENDOR, version=6) + DATA, "version"),
        (packet(Tag.PKESK, b"") + DATA, "version"),
        (packet(Tag.PKESK, b"\x03\xaa") + DATA, "unreadable"),
        (session_key("0" * 16) + DATA, "hidden_recipient"),
        (session_key(VENDOR) + session_key("0" * 16) + DATA, "hidden_recipient"),
        (session_key(OWN) + DATA, "not_for_vendor"),
        (session_key(VENDOR) + session_key(STRANGER) + DATA, "unknown_recipient"),
        (session_key(VENDOR) + packet(3, b"\x04") + DATA, "password"),
        (session_key(VENDOR) + packet(9, bytes(20)), "unprotected"),
        (packet(Tag.COMPRESSED, b"\x01"), "signed"),
        (packet(11, b"b"), "signed"),
        (MESSAGE + packet(Tag.SECRET_KEY, b""), "private_key"),
        (MESSAGE + packet(Tag.PUBLIC_SUBKEY, b""), "public_key"),
        (armored(MESSAGE, "PRIVATE KEY BLOCK"), "private_key"),
        (armored(MESSAGE, "SIGNATURE"), "signed"),
        (armored(MESSAGE, "PUBLIC KEY BLOCK"), "public_key"),
        (armored(MESSAGE, "ARMORED FILE"), "unreadable"),
        (b"hello", "unreadable"),
    ],
)  # fmt: skip
def test_anything_else_is_refused_for_its_reason(blob: bytes, reason: str) -> None:
    assert code(blob) == reason


@pytest.mark.parametrize("letter", ["é", "“", "\u00a0", "\ufffd", "\x00"])
def test_a_letter_that_is_not_base64_makes_a_message_unreadable(letter: str) -> None:
    broken = armored(MESSAGE).decode().replace("\n\n", f"\n\n{letter}", 1)
    assert code(broken.encode()) == "unreadable"


SECRET = f"wJalrXUtnFEMI/K7MDENG/{'b' * 18}"


@pytest.mark.parametrize(
    "blob",
    [
        b"AKIAIOSFODNN7EXAMPLE",
        b"ASIAIOSFODNN7EXAMPLE and more",
        SECRET.encode(),
        f'{{"SecretAccessKey": "{SECRET}"}}'.encode(),
        SECRET.encode("utf-16"),
        armored(MESSAGE) + SECRET.encode(),
        SECRET.encode() + b"\n" + armored(MESSAGE, "PRIVATE KEY BLOCK"),
        armored(MESSAGE).replace(b"\n\n", f"\nComment: {SECRET}\n\n".encode(), 1),
    ],
    ids=["id", "session-id", "secret", "json", "utf-16", "below", "beside-a-private-key", "in-a-header"],
)
def test_a_secret_in_the_clear_comes_before_every_other_reason(blob: bytes) -> None:
    refused = refusal(blob)
    assert refused.message.code == "openpgp.message_unencrypted"
    assert refused.is_compromising
    assert refused.armored == ""
    assert SECRET not in repr(refused)


@pytest.mark.parametrize(
    "text", ["a" * 40, "0123456789" * 4, "A" * 41 + "b1", "AKIA2345", "da39a3ee5e6b4b0d3255bfef95601890afd80709"]
)
def test_what_only_resembles_a_secret_is_not_called_one(text: str) -> None:
    assert code(text.encode()) == "unreadable"


def test_only_what_others_could_read_is_compromising() -> None:
    compromising = {refusal(blob).is_compromising for blob in (armored(b"x", "PRIVATE KEY BLOCK"), packet(11, b"b"))}
    harmless = {refusal(blob).is_compromising for blob in (session_key(OWN) + DATA, armored(b"x", "PUBLIC KEY BLOCK"))}
    assert (compromising, harmless) == ({True}, {False})


def test_a_message_to_the_wrong_key_is_given_back_and_a_broken_one_is_not() -> None:
    for_another = refusal(session_key(STRANGER) + DATA)
    assert dearmor(for_another.armored).data == session_key(STRANGER) + DATA
    assert refusal(session_key(VENDOR)).armored == ""


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"", MESSAGE, b"-----BEGIN PGP MESSAGE-----\n\n"]), st.integers(0, 80))
def test_no_upload_ends_in_anything_but_a_refusal_or_a_message_to_the_vendor(
    noise: bytes, base: bytes, at: int
) -> None:
    blob = base[:at] + noise + base[at:]
    try:
        kept = judged(blob)
    except MessageRefused as refused:
        assert refused.message.code.startswith("openpgp.")  # noqa: PT017  (a refusal is one of two good ends)
    else:
        assert VENDOR in kept.key_ids
        assert {VENDOR, OWN}.issuperset(kept.key_ids)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([VENDOR, OWN, STRANGER]), min_size=1, max_size=5))
def test_a_message_is_kept_exactly_where_the_vendor_and_known_keys_only_can_read_it(key_ids: list[str]) -> None:
    blob = b"".join(map(session_key, key_ids)) + DATA
    may_keep = VENDOR in key_ids and STRANGER not in key_ids
    try:
        kept = judged(blob).key_ids
    except MessageRefused:
        kept = ()
    assert kept == (tuple(key_ids) if may_keep else ())
