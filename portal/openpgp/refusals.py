"""The refusal of a certificate, as a message code: portal/messages/openpgp.py has the sentences."""

from portal.messages.message import Message


class CertificateRefused(Exception):
    """Sluice cannot use the input as an OpenPGP public key; `message` says why and what to do."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message
