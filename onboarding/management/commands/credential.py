"""Encrypted access keys by command line."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onboarding.credentials import download
from onboarding.credentials import selectors as credentials_selectors
from onboarding.management.output_files import write_new
from onboarding.models.credential import SealedCopy
from portal.command_line import CommandWithSubcommands, failed
from portal.messages.message import Message


class Command(CommandWithSubcommands):
    description = gettext_lazy("Download the encrypted copies of access keys.")
    subcommands = {
        "fetch": gettext_lazy("Download one encrypted copy into a file, and record the download."),
    }

    def add_fetch(self, parser: ArgumentParser) -> None:
        """Add the arguments: the integration, the recipient and the file."""
        parser.add_argument("integration", help=_("The integration's name or uid."))
        parser.add_argument("--tenant", metavar="SLUG", help=_("The tenant's slug, if several tenants use the name."))
        recipient = parser.add_mutually_exclusive_group()
        recipient.add_argument("--fingerprint", help=_("The recipient's fingerprint, if there are several recipients."))
        recipient.add_argument(
            "--vendor", action="store_true", help=_("Download the vendor's copy, in place of a recipient's.")
        )
        parser.add_argument(
            "--output", required=True, type=Path, metavar="FILE", help=_("The file to create. It must not exist.")
        )

    def do_fetch(self, options: dict[str, Any]) -> dict[str, Any]:
        """Write the copy."""
        copy = _chosen_copy(options)
        download.check(copy)
        write_new(options["output"], copy.ciphertext)
        download.record_download(copy=copy, actor="command line")
        return {
            "file": str(options["output"]),
            "access_key_id": copy.credential.access_key_id,
            "fingerprint": copy.fingerprint,
            "sha256": copy.sha256,
        }


def _chosen_copy(options: dict[str, Any]) -> SealedCopy:
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
        raise failed(Message("command.no_encrypted_copy", integration=name))
    if len(copies) > 1:
        raise failed(Message("command.several_encrypted_copies", integration=name))
    return copies[0]
