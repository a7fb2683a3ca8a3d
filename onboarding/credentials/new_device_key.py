"""A device's private key as a new secret: born here, encrypted here, and known outside by its certificate request."""

import hashlib
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from onboarding.credentials.new_secret import Public, Request

_LONGEST_COMMON_NAME = 64  # of X.509; AWS identifies a device by its certificate, not by this name


class NewDeviceKey:
    """onboarding.credentials.new_secret.NewSecret, of a device. AWS is not called: the certificate is created later.

    AWS IoT accepts keys on the curve P-256, which are small and fast on devices.
    https://docs.aws.amazon.com/iot/latest/developerguide/create-device-cert.html
    """

    def __init__(self, request: Request) -> None:
        self._name: str = request["thing_name"]
        self._pem = ""

    def create(self) -> Public:
        """Create the key; return its certificate request and the fingerprint of its public key."""
        key = ec.generate_private_key(ec.SECP256R1())
        pem = serialization.Encoding.PEM
        form = serialization.PrivateFormat.PKCS8
        self._pem = key.private_bytes(pem, form, serialization.NoEncryption()).decode()
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self._name[:_LONGEST_COMMON_NAME])])
        request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
        return {"request": request.public_bytes(pem).decode(), "public_key": fingerprint(key.public_key())}

    def contents(self) -> bytes:
        """Return the key as a PEM file."""
        return self._pem.encode()

    def file_name(self, fingerprint: str) -> str:
        """Return the file's name, which decrypting restores."""
        return f"{self._name.replace(':', '_')}.private.key"

    def kept(self) -> Any:
        """Return nothing: the key is not used again."""
        return []

    def restore(self, kept: Any) -> None:
        """Restore nothing."""

    def prove(self, request: Request) -> Public:
        """Refuse: only the device uses the key."""
        raise NotImplementedError

    def discard(self) -> None:
        """Forget the key; AWS does not know it."""
        self._pem = ""

    def parts(self) -> tuple[str, ...]:
        """Return the lines of the key."""
        return tuple(line for line in self._pem.splitlines() if line and not line.startswith("-----"))


def fingerprint(public_key: Any) -> str:
    """Return the SHA-256 of a public key, by which its certificate is recognised."""
    der = public_key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()


def fingerprint_of_certificate(pem: str) -> str:
    """Return the fingerprint of a certificate's public key. Raises ValueError for what is no certificate."""
    return fingerprint(x509.load_pem_x509_certificate(pem.encode()).public_key())
