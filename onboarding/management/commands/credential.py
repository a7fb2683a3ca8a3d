"""Encrypted access keys by command line."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onboarding.credentials import download
from onboarding.credentials import selectors as credentials_selectors
from onboarding.management.access_keys import (
    refused_as_json,
    revocation_as_json,
    rotation_as_json,
    status_as_json,
    status_lines,
)
from onboarding.management.integrations.named import add_integration, named_integration
from onboarding.management.output_files import write_new
from onboarding.models.credential import SealedCopy
from onboarding.models.integration import Integration
from onboarding.models.rotation import Rotation
from onboarding.models.states import IntegrationState
from onboarding.rotations import requests, revocations
from portal.command_line import CommandWithSubcommands, failed
from portal.messages.message import Message
from portal.tenancy.command import add_tenant, tenant_called

ACTOR = "command line"


class Command(CommandWithSubcommands):
    description = gettext_lazy("Download the encrypted copies of access keys, and rotate or revoke the keys.")
    subcommands = {
        "status": gettext_lazy("Show access keys with their last use, rotation and revocation."),
        "rotate": gettext_lazy("Rotate the access key of an integration, or of all."),
        "rotation": gettext_lazy("Pause, resume or undo a rotation, or confirm what it waits for."),
        "revoke": gettext_lazy("Revoke an access key at once."),
        "fetch": gettext_lazy("Download one encrypted copy into a file, and record the download."),
    }

    def add_status(self, parser: ArgumentParser) -> None:
        """Add the arguments: the integration, or all of the tenant."""
        _add_names(parser)

    def do_status(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the access keys."""
        return {"access_keys": [status_as_json(integration) for integration in _named(options)]}

    def say_status(self, answer: dict[str, Any]) -> str:
        """Format the access keys as lines."""
        return "\n".join(line for key in answer["access_keys"] for line in status_lines(key))

    def add_rotate(self, parser: ArgumentParser) -> None:
        """Add the arguments: the integration or all, and the waiting time."""
        _add_names(parser)
        parser.add_argument("--all", action="store_true", dest="is_all", help=_("Rotate those of all integrations."))
        help_text = _("The hours before the old key is deactivated, and again before it is deleted.")
        parser.add_argument("--wait-hours", type=float, default=24, metavar="HOURS", help=help_text)

    def do_rotate(self, options: dict[str, Any]) -> dict[str, Any]:
        """Request the rotations."""
        if bool(options["name"]) == options["is_all"]:
            raise failed(Message("command.name_or_all"))
        wait = timedelta(hours=options["wait_hours"])
        if not options["is_all"]:
            rotation = requests.rotate(integration=_named(options)[0], actor=ACTOR, wait=wait)
            return {"rotations": [rotation_as_json(rotation)], "refused": []}
        batch, refused = requests.rotate_many(integrations=_named(options), actor=ACTOR, wait=wait)
        rows = Rotation.objects.filter(batch=batch).select_related("integration", "old", "new")
        return {"rotations": [rotation_as_json(row) for row in rows], "refused": refused_as_json(refused)}

    def say_rotate(self, answer: dict[str, Any]) -> str:
        """Format the rotations, one a line, and what was refused."""
        lines = [f"{found['integration']}: {found['old']} {found['state']}" for found in answer["rotations"]]
        return "\n".join([*lines, *(f"{found['integration']}: {found['text']}" for found in answer["refused"])])

    def add_rotation(self, parser: ArgumentParser) -> None:
        """Add the arguments: the integration, and what to do about its rotation."""
        add_integration(parser)
        parser.add_argument("do", choices=list(CHANGES), help=_("The change of the rotation."))
        parser.add_argument("--reason", default="", help=_("The reason, for the audit trail."))

    def do_rotation(self, options: dict[str, Any]) -> dict[str, Any]:
        """Change the newest rotation of the integration."""
        integration = named_integration(options)
        rotation = integration.rotations.select_related("integration", "old", "new").first()
        if rotation is None:
            raise failed(Message("command.no_rotation", integration=integration.name))
        return rotation_as_json(CHANGES[options["do"]](rotation, options["reason"]))

    def add_revoke(self, parser: ArgumentParser) -> None:
        """Add the arguments: the integration, the key, and why."""
        add_integration(parser)
        parser.add_argument("--access-key-id", default="", metavar="ID", help=_("The key, if there are two."))
        help_text = _("Also create another key, and read what CloudTrail recorded of this one.")
        parser.add_argument("--compromised", action="store_true", help=help_text)
        help_text = _("Also delete the keys that Sluice did not create, as status lists them.")
        parser.add_argument("--delete-other-keys", action="store_true", help=help_text)
        parser.add_argument("--reason", default="", help=_("The reason, for the audit trail."))

    def do_revoke(self, options: dict[str, Any]) -> dict[str, Any]:
        """Revoke the key."""
        integration = named_integration(options)
        key = requests.key_of(integration)
        if options["access_key_id"]:
            key = integration.credentials.filter(access_key_id=options["access_key_id"]).first()
        if key is None:
            raise failed(Message("rotation.no_key", integration=integration.name))
        compromised = options["compromised"]
        found = revocations.revoke(credential=key, actor=ACTOR, reason=options["reason"], is_compromised=compromised)
        if options["delete_other_keys"]:
            found = revocations.agree_to_delete(revocation=found, actor=ACTOR, keys=found.foreign_keys)
        return revocation_as_json(found)

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


def _add_names(parser: ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", default="", help=_("The integration's name or uid; without it, all."))
    add_tenant(parser)


def _named(options: dict[str, Any]) -> list[Integration]:
    if options["name"]:
        return [named_integration(options)]
    states = [IntegrationState.LIVE, IntegrationState.ATTENTION]
    return list(tenant_called(options["tenant"]).integrations.filter(state__in=states).order_by("name"))


CHANGES: dict[str, Callable[[Rotation, str], Rotation]] = {
    "pause": lambda rotation, _: requests.pause(rotation=rotation, actor=ACTOR),
    "resume": lambda rotation, _: requests.resume(rotation=rotation, actor=ACTOR),
    "undo": lambda rotation, _: requests.undo(rotation=rotation, actor=ACTOR),
    "confirm-use": lambda rotation, reason: requests.confirm_use(rotation=rotation, actor=ACTOR, reason=reason),
    "delete-other-keys": lambda rotation, _: requests.agree_to_delete(
        rotation=rotation, actor=ACTOR, keys=rotation.foreign_keys
    ),
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
