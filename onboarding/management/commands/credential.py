"""Sealed credentials by command line."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import CommandError

from onboarding.credentials import download
from onboarding.credentials import selectors as credentials_selectors
from onboarding.models.credential import SealedCopy
from portal.tenancy.command import VerbCommand


class Command(VerbCommand):
    help = "Download the encrypted copies of access keys."
    verbs: ClassVar[dict[str, str]] = {"fetch": "Write one encrypted copy to a file; the download is recorded."}

    def add_fetch(self, parser: ArgumentParser) -> None:
        """Take the integration, the recipient and the file."""
        parser.add_argument("integration", help="The integration's uid or name.")
        parser.add_argument("--tenant", help="The tenant's slug, where the name alone is not unique.")
        whose = parser.add_mutually_exclusive_group()
        whose.add_argument("--fingerprint", help="The recipient's fingerprint; needed where there are several.")
        whose.add_argument("--vendor", action="store_true", help="The copy for the vendor.")
        parser.add_argument("--output", required=True, type=Path, help="The file to write; it must not exist.")

    def do_fetch(self, options: dict[str, Any]) -> dict[str, Any]:
        """Write the copy."""
        copy = download.download_copy(copy=_wanted(options), actor="command line")
        try:
            with options["output"].open("x", encoding="utf-8") as file:
                file.write(copy.ciphertext)
        except OSError as error:
            raise CommandError(f"{options['output']} cannot be written: {error.strerror}.") from error
        return {
            "file": str(options["output"]),
            "access_key_id": copy.credential.access_key_id,
            "fingerprint": copy.fingerprint,
            "sha256": copy.sha256,
        }


def _wanted(options: dict[str, Any]) -> SealedCopy:
    audience = SealedCopy.Audience.VENDOR if options["vendor"] else SealedCopy.Audience.CLIENT
    name = options["integration"]
    found = credentials_selectors.sealed_copies(audience=audience)
    found = found.filter(credential__integration__uid=name) | found.filter(credential__integration__name=name)
    if options["tenant"]:
        found = found.filter(credential__integration__tenant__slug=options["tenant"])
    if options["fingerprint"]:
        found = found.filter(fingerprint=options["fingerprint"].replace(" ", "").upper())
    copies = list(found[:2])
    if not copies:
        raise CommandError(f"There is no sealed copy of a ready key for “{name}” that fits.")
    if len(copies) > 1:
        raise CommandError("Several copies fit; name one by --fingerprint (and --tenant).")
    return copies[0]
