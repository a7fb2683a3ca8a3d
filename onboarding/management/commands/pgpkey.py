"""OpenPGP keys of recipients by command line."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import CommandError

from onboarding.credentials import recipients
from portal.messages.catalogue import described, explanation_of
from portal.openpgp.refusals import CertificateRefused
from portal.tenancy.command import VerbCommand, tenant_called


class Command(VerbCommand):
    help = "Add the OpenPGP keys to which a tenant's access keys are sealed."
    verbs: ClassVar[dict[str, str]] = {"add": "Add a public key; give its fingerprint to confirm it."}

    def add_add(self, parser: ArgumentParser) -> None:
        """Take tenant, file and the fingerprint to compare with."""
        parser.add_argument("file", type=Path, help="A file with one public key, armored or binary.")
        parser.add_argument("--tenant", required=True, help="The tenant's slug.")
        parser.add_argument(
            "--fingerprint", help="The 40 hexadecimal digits that the key's owner told you; the key is then confirmed."
        )

    def do_add(self, options: dict[str, Any]) -> dict[str, Any]:
        """Add the key, and confirm it when the fingerprint is the expected one."""
        expected = (options["fingerprint"] or "").replace(" ", "").upper()
        try:
            blob = options["file"].read_bytes()
            key = recipients.add_pgp_key(tenant=tenant_called(options["tenant"]), blob=blob, actor="command line")
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from error
        except CertificateRefused as refused:
            raise CommandError(explanation_of(refused.message)) from refused
        if expected and expected != key.fingerprint:
            raise CommandError(
                f"The key's fingerprint is {key.spaced_fingerprint}, not the one you gave. It is kept, unconfirmed."
            )
        if expected:
            recipients.confirm_pgp_key(key=key, actor="command line")
        return {
            "fingerprint": key.fingerprint,
            "user_ids": key.user_ids,
            "algorithm": key.algorithm,
            "expires_at": key.expires_at,
            "confirmed": key.confirmed_at is not None,
            "warnings": [described(warning) for warning in key.warning_messages],
        }
