"""The vendor's own OpenPGP certificate: it is a recipient of every access key."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from onboarding.provisioning.answers import Refused
from portal.messages.message import Message
from portal.openpgp.certificates import Certificate, inspect
from portal.openpgp.refusals import CertificateRefused


def delivery_certificate() -> Certificate | None:
    """Return the vendor's delivery certificate, or None where Sluice is set up without one.

    Raises Refused where one is set up that cannot be used.
    """
    return vendor_certificate() if settings.SLUICE_VENDOR_CERTIFICATE_FILE else None


def vendor_certificate() -> Certificate:
    """Return the vendor's delivery certificate; raises Refused when none is configured or it cannot be used."""
    file = settings.SLUICE_VENDOR_CERTIFICATE_FILE
    if file is None or not file.is_file():
        raise Refused(Message("refused.no_vendor_key"))
    try:
        return _inspected(file, file.stat().st_mtime_ns)
    except CertificateRefused as refused:
        raise Refused(Message("refused.vendor_key_unusable", reason=refused.message)) from refused


@lru_cache(maxsize=2)
def _inspected(file: Path, changed: int) -> Certificate:
    return inspect(file.read_bytes())
