"""The MIME entity that a PGP/MIME mail has in encrypted form: a text, and the file as an attachment.

It is built in memory, only in the process that encrypts it: what leaves that process is its ciphertext.
https://www.rfc-editor.org/rfc/rfc3156#section-4
"""

from email.message import EmailMessage
from email.policy import SMTP

from portal.messages.message import Message
from portal.openpgp.encrypt import SealingFailed

MOST_BYTES = 64 * 1024  # of the attached file: mail is no way for more
_TYPES = {"zip": "zip"}  # ending of the name → subtype of application
_TEXT = (
    "Sluice encrypted the attached file for your OpenPGP key, and\n"
    "kept no unencrypted copy. Save it where only you can read it,\n"
    "then delete this mail.\n"
)


def mail_entity(contents: bytes, *, file_name: str) -> bytes:
    """Return the entity, in 7-bit lines that end with CRLF as RFC 3156 requires.

    Its subject is in the entity's own header, where mail programs read it after decryption; the mail's subject need
    not name the file. Raises SealingFailed for more than 64 KiB.
    https://datatracker.ietf.org/doc/draft-autocrypt-lamps-protected-headers/
    """
    if len(contents) > MOST_BYTES:
        raise SealingFailed(Message("sealing.too_large_for_mail"))
    entity = EmailMessage(policy=SMTP)
    entity["Subject"] = f"Encrypted file {file_name}"
    entity.set_content(_TEXT, cte="7bit")
    subtype = _TYPES.get(file_name.rpartition(".")[2], "octet-stream")
    entity.add_attachment(contents, maintype="application", subtype=subtype, filename=file_name)
    entity.set_param("protected-headers", "v1")
    return entity.as_bytes()
