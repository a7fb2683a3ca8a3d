"""OpenPGP keys of recipients by command line."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onboarding.credentials import mail_choice, possession, recipients
from onboarding.credentials.selectors import sealed_copies
from onboarding.management.input_files import bytes_of
from onboarding.management.output_files import write_new
from onboarding.models.pgp_key import PgpKey
from onboarding.offline_keys.key_files import HELP, InspectsKeys
from portal.command_line import CommandWithSubcommands, failed
from portal.messages.catalogue import described
from portal.messages.message import Message
from portal.openpgp.refusals import CertificateRefused
from portal.tenancy.command import add_tenant, tenant_called


class Command(InspectsKeys, CommandWithSubcommands):
    description = gettext_lazy("Manage the OpenPGP keys that a tenant's access keys are encrypted to.")
    subcommands = {
        "add": gettext_lazy("Add a public key, and confirm it if its fingerprint is given."),
        "inspect": HELP,
        "remove": gettext_lazy("Remove a key, so that it receives no new access keys."),
        "challenge": gettext_lazy("Create a test message for a key, which only its owner can open."),
        "prove": gettext_lazy("Prove with the code in the test message that its owner can open it."),
        "mail": gettext_lazy("Mail encrypted access keys for a key to an address, or stop that."),
        "excuse": gettext_lazy("Allow downloads for a key without a proof, for a reason."),
    }

    def add_add(self, parser: ArgumentParser) -> None:
        """Add the arguments: the file, its tenant and the fingerprint to compare with."""
        parser.add_argument(
            "file", type=Path, help=_("A file with one public key, armored or binary, or - for standard input.")
        )
        add_tenant(parser)
        parser.add_argument(
            "--fingerprint",
            help=_("The fingerprint that the key's owner gave you: 40 hexadecimal digits. Confirms the key if equal."),
        )

    def do_add(self, options: dict[str, Any]) -> dict[str, Any]:
        """Add the key, and confirm it if the fingerprint is the expected one."""
        expected = (options["fingerprint"] or "").replace(" ", "").upper()
        tenant, blob = tenant_called(options["tenant"]), bytes_of(options["file"])
        try:
            key = recipients.add_pgp_key(tenant=tenant, blob=blob, actor="command line")
        except CertificateRefused as refused:
            raise failed(refused.message) from refused
        if expected and expected != key.fingerprint:
            raise failed(
                Message("command.other_fingerprint", found=key.spaced_fingerprint, given=options["fingerprint"])
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

    def add_remove(self, parser: ArgumentParser) -> None:
        """Add the arguments: the fingerprint, the tenant and the confirmation."""
        _add_key(parser)
        parser.add_argument("--yes", action="store_true", help=_("Confirm that the key is removed."))

    def do_remove(self, options: dict[str, Any]) -> dict[str, Any]:
        """Remove the key, or print what is still encrypted to it."""
        key = _key_of(options)
        copies = sealed_copies(tenant=key.tenant).filter(fingerprint=key.fingerprint)
        names = sorted({copy.credential.integration.name for copy in copies})
        answer = {"fingerprint": key.fingerprint, "user_ids": key.user_ids, "still_encrypted_to_it": names}
        if not options["yes"]:
            raise failed(Message("command.not_confirmed"), answer=answer)
        recipients.remove_pgp_key(key=key, actor="command line")
        return answer

    def add_challenge(self, parser: ArgumentParser) -> None:
        """Add the arguments: the key, and the file for the message."""
        _add_key(parser)
        parser.add_argument(
            "--output", required=True, type=Path, metavar="FILE", help=_("The file to create. It must not exist.")
        )

    def do_challenge(self, options: dict[str, Any]) -> dict[str, Any]:
        """Write the test message."""
        challenge = possession.issue(key=_key_of(options), actor="command line")
        write_new(options["output"], challenge.ciphertext)
        return {
            "file": str(options["output"]),
            "fingerprint": challenge.pgp_key.fingerprint,
            "expires_at": challenge.expires_at,
            "tries_left": challenge.tries_left,
        }

    def add_prove(self, parser: ArgumentParser) -> None:
        """Add the arguments: the key, and the code."""
        _add_key(parser)
        parser.add_argument("code", help=_("The code in the test message."))

    def do_prove(self, options: dict[str, Any]) -> dict[str, Any]:
        """Check the code."""
        key = _key_of(options)
        proof = possession.answer(key=key, code=options["code"], actor="command line")
        return {"fingerprint": key.fingerprint, "subkey": proof.key_id, "proved": True}

    def add_mail(self, parser: ArgumentParser) -> None:
        """Add the arguments: the key, and the address."""
        _add_key(parser)
        parser.add_argument("address", nargs="?", default="", help=_("The email address; without it, mail is stopped."))

    def do_mail(self, options: dict[str, Any]) -> dict[str, Any]:
        """Choose the address."""
        key = mail_choice.choose_mail(key=_key_of(options), address=options["address"], actor="command line")
        return {"fingerprint": key.fingerprint, "mail_address": key.mail_address}

    def add_excuse(self, parser: ArgumentParser) -> None:
        """Add the arguments: the key, and why."""
        _add_key(parser)
        parser.add_argument("--reason", required=True, help=_("The reason, for the audit trail."))

    def do_excuse(self, options: dict[str, Any]) -> dict[str, Any]:
        """Excuse the key."""
        key = _key_of(options)
        proof = possession.excuse(key=key, actor="command line", reason=options["reason"])
        return {"fingerprint": key.fingerprint, "subkey": proof.key_id, "excused_because": proof.excuse}


def _add_key(parser: ArgumentParser) -> None:
    parser.add_argument("fingerprint", help=_("The fingerprint of the key: 40 hexadecimal digits."))
    add_tenant(parser)


def _key_of(options: dict[str, Any]) -> PgpKey:
    tenant, given = tenant_called(options["tenant"]), options["fingerprint"].replace(" ", "").upper()
    key = tenant.pgp_keys.filter(fingerprint=given).first()
    if key is None:
        raise failed(Message("command.key_unknown", fingerprint=options["fingerprint"], tenant=tenant.slug))
    return key
