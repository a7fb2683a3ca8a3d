"""The refusal of a certificate, as a message code: portal/messages/openpgp.py has the sentences."""

import signal

from portal.messages.message import Message

TOO_COMPLEX = Message("openpgp.too_complex")
UNAVAILABLE = Message("openpgp.check_unavailable")
# What ends a process that reads a key because of the key: too much CPU, memory or disk, or a crash.
LIMITS = frozenset({signal.SIGXCPU, signal.SIGXFSZ, signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS})


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
