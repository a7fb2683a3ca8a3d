"""`integration self-manage | upload-key | watch | end`: a plan that its owner applies without Sluice."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db import transaction

from onboarding.account_state.integration_status import integration_status
from onboarding.connections import selectors
from onboarding.management.integrations.runs import UNNAMED, integration_called
from onboarding.models.integration import Integration
from onboarding.problem_texts import lines_of
from onboarding.provisioning.answers import Refused
from onboarding.self_managed import key_upload, lifecycle, stream_health
from onboarding.spec import yaml_file
from onboarding.spec.problem import SpecRefused
from portal.messages.catalogue import explanation_of
from portal.openpgp.encrypted_messages import MAX_BYTES, MessageRefused
from portal.tenancy.command import tenant_called

ACTOR = "command line"


class SelfManagedSubcommands:
    """The verbs of the integration command for plans that are applied without Sluice."""

    self_managed_subcommands = {
        "self-manage": "Keep a spec as a plan that its owner applies without Sluice.",
        "upload-key": "Take in the access key of a self-managed integration, encrypted to the vendor.",
        "watch": "Watch the stream of a self-managed integration through a verified connection.",
        "end": "End a self-managed integration; nothing is touched in AWS.",
    }

    def add_self_manage(self, parser: ArgumentParser) -> None:
        """Take the spec and its tenant."""
        parser.add_argument("file", type=Path, help="The spec; - reads standard input.")
        parser.add_argument("--tenant", required=True, help="The tenant's slug.")

    def do_self_manage(self, options: dict[str, Any]) -> dict[str, Any]:
        """Keep the plan."""
        tenant = tenant_called(options["tenant"])
        try:
            spec = yaml_file.from_yaml(_read(options["file"]).decode("utf-8", "replace"))
            selectors.connection_of(tenant, spec)
            known = tenant.integrations.filter(name=spec.name).exclude(state__in=UNNAMED).first()
            with transaction.atomic():  # what cannot begin leaves no draft behind
                found = known or Integration.objects.create(tenant=tenant, name=spec.name, created_by=ACTOR)
                lifecycle.begin(integration=found, spec=spec, actor=ACTOR)
        except SpecRefused as refused:
            lines = "\n".join(f"  {line}" for line in lines_of(refused))
            raise CommandError(f"The spec cannot be used:\n{lines}") from refused
        except Refused as refused:
            raise CommandError(explanation_of(refused.message)) from refused
        return _told(found)

    def say_self_manage(self, answer: dict[str, Any]) -> str:
        """Print what to do next."""
        name = answer["integration"]
        return (
            f"{name} ({answer['uid']}): {answer['state']}\n"
            f"Next: integration export “{name}” --format cli (or cloudformation, terraform), then --format key, then "
            f"integration upload-key “{name}” FILE."
        )

    def add_upload_key(self, parser: ArgumentParser) -> None:
        """Take the integration and the file that the key's script wrote."""
        _add_integration(parser)
        parser.add_argument("file", type=Path, help="The encrypted key; - reads standard input.")

    def do_upload_key(self, options: dict[str, Any]) -> dict[str, Any]:
        """Take the key in, or say why not."""
        found = _called(options)
        try:
            credential = key_upload.upload_key(integration=found, blob=_read(options["file"]), actor=ACTOR)
        except MessageRefused as refused:
            raise CommandError(explanation_of(refused.message)) from refused
        except Refused as refused:
            raise CommandError(explanation_of(refused.message)) from refused
        copy = credential.copies.get()
        return {**_told(found), "fingerprint": copy.fingerprint, "sha256": copy.sha256}

    def add_watch(self, parser: ArgumentParser) -> None:
        """Take the integration and the connection that reads its account."""
        _add_integration(parser)
        parser.add_argument("--connection", required=True, help="The uid or name of a verified connection.")

    def do_watch(self, options: dict[str, Any]) -> dict[str, Any]:
        """Ask AWS whether the stream is there, and watch it."""
        found, named = _called(options), options["connection"]
        fitting = [watcher for watcher in stream_health.watchers(found) if named in {watcher.uid, watcher.name}]
        if not fitting:
            raise CommandError(f"No verified connection to the stream's account is called “{named}”.")
        stream_health.watch(integration=found, connection=fitting[0], actor=ACTOR)
        return _told(found)

    def add_end(self, parser: ArgumentParser) -> None:
        """Take the integration, and whether it is meant."""
        _add_integration(parser)
        parser.add_argument("--yes", action="store_true", help="Do it; without this, only say what would be done.")

    def do_end(self, options: dict[str, Any]) -> dict[str, Any]:
        """End it, or say what that means and exit with 1."""
        found = _called(options)
        if not options["yes"]:
            raise CommandError(
                f"Sluice would hand out the key of {found.name} no more and forget to watch its stream. Nothing is "
                "done in AWS: the script of integration export --format removal takes down what is there.\n"
                "Nothing was done. Add --yes to do it."
            )
        lifecycle.end(integration=found, actor=ACTOR)
        return _told(found)


def _add_integration(parser: ArgumentParser) -> None:
    parser.add_argument("name", help="The integration's name or uid.")
    parser.add_argument("--tenant", required=True, help="The tenant's slug.")


def _called(options: dict[str, Any]) -> Integration:
    return integration_called(options["name"], tenant_called(options["tenant"]))


def _read(file: Path) -> bytes:
    try:
        if str(file) == "-":
            return sys.stdin.buffer.read()
        with file.open("rb") as opened:
            return opened.read(MAX_BYTES * 16)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error


def _told(integration: Integration) -> dict[str, Any]:
    return {
        "integration": integration.name,
        "uid": integration.uid,
        "state": str(integration_status(integration).state),
        "watched_since": integration.watched_at,
    }
