"""Databases and an emulator for scenarios outside of pytest, and the environment that leads to them."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from portal.local import ministack as ministack_server
from portal.local.ministack import MiniStack
from portal.openpgp.generate import generate_keypair
from tests.faults.scenario import Rig
from tests.vendor_sender import sender_identity
from tests.world import Keypair, portal_identity


@contextmanager
def running_rig() -> Iterator[tuple[Rig, MiniStack]]:
    """Start what scenarios share, and stop it at the end."""
    call_command("migrate", verbosity=0)
    with tempfile.TemporaryDirectory(prefix="sluice-faults-") as name:
        folder = Path(name)
        server = ministack_server.start(folder / "aws", log=folder / "ministack.log")
        try:
            os.environ |= server.environment
            os.environ |= portal_identity(server)
            certificate = folder / "delivery.asc"
            certificate.write_text(generate_keypair("Sensor network delivery <delivery@vendor.example>")[0])
            sender_arn, sender = sender_identity(server)
            os.environ |= {"SLUICE_VENDOR_PRINCIPAL_ARN": sender_arn}
            os.environ |= {"SLUICE_VENDOR_CERTIFICATE_FILE": str(certificate), "SLUICE_LOG_LEVEL": "DEBUG"}
            settings.SLUICE_VENDOR_CERTIFICATE_FILE = certificate
            settings.SLUICE_VENDOR_PRINCIPAL_ARN = sender_arn
            settings.SLUICE_PORTAL_PRINCIPAL_ARN = os.environ["SLUICE_PORTAL_PRINCIPAL_ARN"]
            client_key = Keypair(*generate_keypair("Ada Northwind <ada@northwind.example>"))
            yield Rig(folder, client_key, sender.credentials), server
        finally:
            server.stop()
