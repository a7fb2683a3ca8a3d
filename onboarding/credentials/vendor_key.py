"""The vendor's own OpenPGP certificate: it is a recipient of every access key."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from onboarding.provisioning.context import Refused
from portal.messages.catalogue import text_of
from portal.openpgp.certificates import Certificate, inspect
from portal.openpgp.refusals import CertificateRefused


def vendor_certificate() -> Certificate:
    """Return the vendor's delivery certificate; raises Refused when the portal has none that can serve."""
    file = settings.SLUICE_VENDOR_CERTIFICATE_FILE
    todo = (
        "The problem is on our side. An operator must set SLUICE_VENDOR_CERTIFICATE_FILE to the vendor's certificate."
    )
    if file is None or not file.is_file():
        raise Refused("The vendor's delivery key is missing.", todo)
    try:
        return _inspected(file, file.stat().st_mtime_ns)
    except CertificateRefused as refused:
        raise Refused(f"The vendor's delivery key cannot be used: {text_of(refused.message)}", todo) from refused


@lru_cache(maxsize=2)
def _inspected(file: Path, changed: int) -> Certificate:
    return inspect(file.read_bytes())
