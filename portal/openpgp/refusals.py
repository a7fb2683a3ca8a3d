"""The refusal of a certificate, as a message code: portal/messages/openpgp.py has the sentences."""

from portal.messages.message import Message


class CertificateRefused(Exception):
    """Sluice cannot use the input as an OpenPGP public key; `message` says why and what to do.

    `fingerprint` is what the input states, if it could be read that far. `full` is the certificate with what a known
    copy adds, armored, as GnuPG verified it: what has to be remembered of a key that was revoked.
    """

    def __init__(self, message: Message, *, fingerprint: str = "", full: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.fingerprint = fingerprint
        self.full = full
