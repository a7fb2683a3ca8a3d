"""The MIME entity in a PGP/MIME mail: what mail programs read after decryption."""

import email
from email.policy import SMTP

import pytest

from onboarding.credentials.mail_entity import MOST_BYTES, mail_entity
from portal.openpgp.encrypt import SealingFailed

EVERY_BYTE = bytes(range(256)) * 3 + b"\r\n\n\r"


@pytest.mark.parametrize(("name", "kind"), [("a-key.zip", "application/zip"), ("device", "application/octet-stream")])
def test_the_file_comes_out_as_it_went_in(name: str, kind: str) -> None:
    entity = mail_entity(EVERY_BYTE, file_name=name)
    parsed = email.message_from_bytes(entity, policy=SMTP)
    [attached] = parsed.iter_attachments()
    assert (attached.get_content(), attached.get_filename(), attached.get_content_type()) == (EVERY_BYTE, name, kind)
    body = parsed.get_body(("plain",))
    assert body is not None
    assert "kept no unencrypted copy." in body.get_content()
    assert parsed["Subject"] == f"Encrypted file {name}"


def test_it_is_in_short_lines_of_7_bits_that_end_with_crlf() -> None:
    entity = mail_entity(EVERY_BYTE, file_name="a-key.zip")
    assert entity.isascii()
    assert entity.count(b"\n") == entity.count(b"\r\n")
    assert max(map(len, entity.split(b"\r\n"))) <= 78


def test_its_size_is_limited() -> None:
    assert len(mail_entity(b"x" * MOST_BYTES, file_name="a.zip")) < 2 * MOST_BYTES
    with pytest.raises(SealingFailed, match="too_large_for_mail"):
        mail_entity(b"x" * (MOST_BYTES + 1), file_name="a.zip")
