"""A second kind of secret: a device's private key for AWS IoT, made in the encrypting process.

What is public of it is its certificate request. `python -m tests.onboarding.credentials.device_key SOCKET` is the
preloaded process that knows this kind besides its own.
https://docs.aws.amazon.com/iot/latest/developerguide/device-certs-create.html
"""

import base64
import sys
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from onboarding.credentials import sealer, sealing_server
from onboarding.credentials.new_secret import Public, Request


class NewDeviceKey:
    """onboarding.credentials.new_secret.NewSecret, of a device that has no key yet."""

    def __init__(self, request: Request) -> None:
        self._name = request["device"]
        self._key: ec.EllipticCurvePrivateKey | None = None

    def create(self) -> Public:
        """Make the key; return the certificate request, which AWS IoT signs."""
        self._key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self._name)])
        request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(self._key, hashes.SHA256())
        return {"certificate_request": request.public_bytes(serialization.Encoding.PEM).decode()}

    def contents(self) -> bytes:
        """Return the private key as PEM."""
        return self._made().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def file_name(self, fingerprint: str) -> str:
        """Return the name of the file."""
        return f"device-{fingerprint[-8:].lower()}.pem"

    def kept(self) -> Any:
        """Return the private key as PEM."""
        return self.contents().decode()

    def restore(self, kept: Any) -> None:
        """Continue with a key that was made before."""
        key = serialization.load_pem_private_key(kept.encode(), password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        self._key = key

    def prove(self, request: Request) -> Public:
        """Sign what the caller chose."""
        signed = self._made().sign(base64.b64decode(request["data"]), ec.ECDSA(hashes.SHA256()))
        return {"signature": base64.b64encode(signed).decode()}

    def discard(self) -> None:
        """Forget the key: no certificate was issued for it."""
        self._key = None

    def parts(self) -> tuple[str, ...]:
        """Return the lines of the key."""
        return tuple(self.contents().decode().splitlines()[1:-1]) if self._key else ()

    def _made(self) -> ec.EllipticCurvePrivateKey:
        assert self._key is not None
        return self._key


if __name__ == "__main__":
    sealer.KINDS = {**sealer.KINDS, "device_key": NewDeviceKey}
    sealing_server.main(int(sys.argv[1]))
