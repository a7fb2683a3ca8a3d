"""A PGP/MIME mail around ciphertext that exists already (RFC 3156, section 4).

Two parts: the version, and the armored message, which contains a whole MIME entity. What the mail says is in there;
the servers that carry the mail see its headers and the ciphertext.
https://www.rfc-editor.org/rfc/rfc3156#section-4
"""

from email.encoders import encode_7or8bit
from email.mime.application import MIMEApplication
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.message import SafeMIMEMultipart

_OWN = frozenset({"content-type", "content-transfer-encoding", "mime-version"})
_NAME = "encrypted.asc"


class EncryptedMail(EmailMessage):
    """Django's mail, whose body is an armored OpenPGP message."""

    def message(self, **options: Any) -> Any:
        """Return the mail as it is sent: the headers of Django's, and the two parts of RFC 3156."""
        plain = super().message(**options)
        mail = SafeMIMEMultipart("encrypted", protocol="application/pgp-encrypted")
        for name, value in plain.items():
            if name.lower() not in _OWN:
                mail[name] = value
        mail.attach(_part(b"Version: 1\n", "pgp-encrypted"))
        content = _part(str(self.body).encode("ascii"), "octet-stream", name=_NAME)
        content["Content-Description"] = "OpenPGP encrypted message"
        content["Content-Disposition"] = f'inline; filename="{_NAME}"'
        mail.attach(content)
        return mail


def _part(content: bytes, subtype: str, **parameters: Any) -> MIMEApplication:
    return MIMEApplication(content, subtype, encode_7or8bit, **parameters)
