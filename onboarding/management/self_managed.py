"""`integration self-manage | upload-key | watch | end`: a plan that its owner applies without Sluice."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onboarding.account_state.integration_status import integration_status, last_seen_at
from onboarding.connections import selectors
from onboarding.management.input_files import bytes_of, spec_of
from onboarding.management.integrations.named import (
    add_integration,
    add_spec,
    integration_with_name,
    named_integration,
)
from onboarding.management.spec_problems import spec_failed
from onboarding.models.integration import Integration
from onboarding.provisioning.answers import Refused
from onboarding.self_managed import key_upload, lifecycle, stream_health
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.problem import SpecRefused
from portal import deadlocks
from portal.command_line import failed
from portal.messages.message import Message
from portal.openpgp.encrypted_messages import MessageRefused
from portal.tenancy.command import tenant_called
from portal.tenancy.models import Tenant

ACTOR = "command line"


class SelfManagedSubcommands:
    """The subcommands of `integration` for plans that are applied without Sluice."""

    self_managed_subcommands = {
        "self-manage": gettext_lazy("Store a spec as a plan that its owner applies without Sluice."),
        "upload-key": gettext_lazy("Upload the access key of a self-managed integration, encrypted to the vendor."),
        "watch": gettext_lazy("Monitor the stream of a self-managed integration through a verified connection."),
        "end": gettext_lazy("End a self-managed integration. Nothing is changed in AWS."),
    }

    def add_self_manage(self, parser: ArgumentParser) -> None:
        """Add the arguments: the spec and its tenant."""
        add_spec(parser)

    def do_self_manage(self, options: dict[str, Any]) -> dict[str, Any]:
        """Store the plan."""
        tenant, spec = tenant_called(options["tenant"]), spec_of(options["file"])
        try:
            selectors.connection_of(tenant, spec)
            found = _begun(tenant, spec)
        except SpecRefused as refused:
            raise spec_failed(refused) from refused
        except Refused as refused:
            raise failed(refused.message) from refused
        return _as_json(found)

    def say_self_manage(self, answer: dict[str, Any]) -> str:
        """Print what to do next."""
        return (
            _(
                "%(integration)s (%(uid)s): %(state)s\n"
                "Next: `integration export “%(integration)s” --format cli` (or cloudformation, terraform), then "
                "`--format key`, then `integration upload-key “%(integration)s” FILE`."
            )
            % answer
        )

    def add_upload_key(self, parser: ArgumentParser) -> None:
        """Add the arguments: the integration, and the file that the key's script wrote."""
        add_integration(parser)
        parser.add_argument("file", type=Path, help=_("The encrypted access key, or - for standard input."))

    def do_upload_key(self, options: dict[str, Any]) -> dict[str, Any]:
        """Store the key; fail with the reason if it is not encrypted to the vendor."""
        found = named_integration(options)
        try:
            credential = key_upload.upload_key(integration=found, blob=bytes_of(options["file"]), actor=ACTOR)
        except (MessageRefused, Refused) as refused:
            raise failed(refused.message) from refused
        copy = credential.copies.get()
        return {**_as_json(found), "fingerprint": copy.fingerprint, "sha256": copy.sha256}

    def add_watch(self, parser: ArgumentParser) -> None:
        """Add the arguments: the integration, and the connection that reads its account."""
        add_integration(parser)
        parser.add_argument("--connection", required=True, help=_("The name or uid of a verified connection."))

    def do_watch(self, options: dict[str, Any]) -> dict[str, Any]:
        """Monitor the stream; fail with the reason if AWS does not have it or denies reading it."""
        found, named = named_integration(options), options["connection"]
        fitting = [watcher for watcher in stream_health.watchers(found) if named in {watcher.uid, watcher.name}]
        if not fitting:
            raise failed(Message("command.no_watcher", connection=named))
        stream_health.watch(integration=found, connection=fitting[0], actor=ACTOR)
        return _as_json(found)

    def add_end(self, parser: ArgumentParser) -> None:
        """Add the arguments: the integration and the confirmation."""
        add_integration(parser)
        parser.add_argument(
            "--yes", action="store_true", help=_("Confirm the end. Without it, only print what would be done.")
        )

    def do_end(self, options: dict[str, Any]) -> dict[str, Any]:
        """End the integration; without --yes, return what that means and fail."""
        found = named_integration(options)
        if not options["yes"]:
            raise failed(Message("command.not_confirmed"), answer={**_as_json(found), "would_end": True})
        lifecycle.end(integration=found, actor=ACTOR)
        return _as_json(found)

    def say_end(self, answer: dict[str, Any]) -> str:
        """Print the integration's state, or what ending it means."""
        if "would_end" not in answer:
            return _("%(integration)s (%(uid)s): %(state)s") % answer
        return (
            _(
                "This ends %(integration)s: its access key can no longer be downloaded, and its stream is no longer "
                "monitored.\nNothing is changed in AWS. To remove the resources, run the script that `integration "
                "export --format removal` prints."
            )
            % answer
        )


@deadlocks.atomic
def _begun(tenant: Tenant, spec: IntegrationSpec) -> Integration:
    # One transaction: what cannot begin leaves no draft behind.
    known = integration_with_name(tenant, spec.name)
    found = known or Integration.objects.create(tenant=tenant, name=spec.name, created_by=ACTOR)
    return lifecycle.begin(integration=found, spec=spec, actor=ACTOR)


def _as_json(integration: Integration) -> dict[str, Any]:
    return {
        "integration": integration.name,
        "uid": integration.uid,
        "state": str(integration_status(integration).state),
        "seen_at": last_seen_at(integration),
        "watched_since": integration.watched_at,
    }
