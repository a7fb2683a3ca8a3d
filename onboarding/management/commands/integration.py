"""Integrations by command line: the same spec, the same services, the same rows as the wizard."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from onboarding.account_state.integration_status import integration_status
from onboarding.connections import boundary_check
from onboarding.connections import selectors as connections_selectors
from onboarding.integrations import adoption, inventory, plan_view, runs, selectors, update
from onboarding.management.export import ExportSubcommands
from onboarding.management.integrations.adoption import AdoptionSubcommands, found_for
from onboarding.management.integrations.drift import DriftSubcommands
from onboarding.management.integrations.policies import PolicySubcommands
from onboarding.management.integrations.removal import RemovalSubcommands
from onboarding.management.integrations.runs import (
    UNNAMED,
    follow,
    integration_called,
    inventory_lines,
    run_as_json,
    run_lines,
)
from onboarding.management.integrations.settings import change_as_json, change_line
from onboarding.management.self_managed import SelfManagedSubcommands
from onboarding.models.integration import Integration
from onboarding.problem_texts import lines_of
from onboarding.provisioning.answers import Refused
from onboarding.spec import yaml_file
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.problem import SpecRefused
from portal.command_line import CommandWithSubcommands
from portal.messages.catalogue import explanation_of
from portal.tenancy.command import tenant_called
from portal.tenancy.models import Tenant


class Command(
    AdoptionSubcommands,
    DriftSubcommands,
    RemovalSubcommands,
    PolicySubcommands,
    ExportSubcommands,
    SelfManagedSubcommands,
    CommandWithSubcommands,
):
    description = "Plan, apply and inspect integrations, from a spec in YAML (docs/spec.md)."
    subcommands = {
        "plan": "Print every resource that a spec makes and every setting that it changes, without doing anything.",
        "apply": "Carry a spec out; applying it again changes nothing.",
        "status": "Print where an integration stands, step by step, and its inventory.",
        **AdoptionSubcommands.adoption_subcommands,
        **DriftSubcommands.drift_subcommands,
        **RemovalSubcommands.removal_subcommands,
        **PolicySubcommands.policy_subcommands,
        **ExportSubcommands.export_subcommands,
        **SelfManagedSubcommands.self_managed_subcommands,
    }

    def add_plan(self, parser: ArgumentParser) -> None:
        """Take the spec and its tenant."""
        parser.add_argument("file", type=Path, help="The spec; - reads standard input.")
        parser.add_argument("--tenant", required=True, help="The tenant's slug.")

    def add_apply(self, parser: ArgumentParser) -> None:
        """Take the spec, its tenant, and whether to wait."""
        self.add_plan(parser)
        parser.add_argument("--wait", action="store_true", help="Stay until it is done; exit with 1 when it fails.")
        parser.add_argument("--timeout", type=int, default=900, help="Seconds to wait at most (900).")
        parser.add_argument("--accept-loss", action="store_true", help="Do what loses records, as the plan says.")

    def add_status(self, parser: ArgumentParser) -> None:
        """Take the integration's name and tenant."""
        parser.add_argument("name", help="The integration's name or uid.")
        parser.add_argument("--tenant", required=True, help="The tenant's slug.")

    def do_plan(self, options: dict[str, Any]) -> dict[str, Any]:
        """Say what would be made."""
        tenant, spec = tenant_called(options["tenant"]), _read(options["file"])
        try:
            if beyond := boundary_check.problems(spec, connections_selectors.connection_of(tenant, spec)):
                raise SpecRefused(beyond)
            integration = _integration_for(tenant, spec)
            adopted = found_for(integration, spec)
            found = update.changes_of(integration, spec) if integration.pk else []
            found = adoption.changes_from(adopted, spec.stream) if adopted else found
            view = plan_view.plan_of(integration, spec)
        except SpecRefused as refused:
            raise CommandError(_list(refused)) from refused
        except Refused as refused:
            raise CommandError(explanation_of(refused.message)) from refused
        return {
            "account_id": view.account_id,
            "exists": integration.pk is not None and update.has_stream(integration),
            "adopts": adopted.as_dict() if adopted else None,
            "changes": [change_as_json(change) for change in found],
            "resources": [{"kind": r.kind, "name": r.name, "arn": r.arn, "how": r.how} for r in view.resources],
            "policies": {policy.title: policy.document for policy in view.policies},
            "tags": view.tags,
            "endpoint": {**spec.stream.endpoint.as_dict(), "url": spec.stream.endpoint_url},
        }

    def say_plan(self, answer: dict[str, Any]) -> str:
        """Print a line a resource."""
        lines = []
        if answer["exists"] or answer["adopts"]:
            lines = ["What changes:" if answer["exists"] else "What changes of your stream, which is adopted:"]
            lines += [f"  {change_line(change)}" for change in answer["changes"]]
            lines += [] if answer["changes"] else ["  nothing"]
        lines += [f"In AWS account {answer['account_id']}:"]
        lines += [f"  {row['kind']:<16} {row['name']}  ({row['how']})" for row in answer["resources"]]
        return "\n".join([*lines, f"Records are put to {answer['endpoint']['url']}"])

    def do_apply(self, options: dict[str, Any]) -> dict[str, Any]:
        """Start the run, and follow it when asked to."""
        tenant, spec = tenant_called(options["tenant"]), _read(options["file"])
        integration = _integration_for(tenant, spec)
        fresh = integration.pk is None
        try:
            connections_selectors.connection_of(tenant, spec)
            adopted = found_for(integration, spec)
            if fresh:
                integration.save()
            if adopted:
                adoption.confirm(integration=integration, found=adopted, actor="command line")
            run = runs.start_run(
                integration=integration, actor="command line", spec=spec, accept_loss=bool(options["accept_loss"])
            )
        except SpecRefused as refused:
            if fresh and integration.pk:
                integration.delete()
            lost = not fresh and not options["accept_loss"] and update.losses(integration, spec)
            raise CommandError(_list(refused) + ("\n--accept-loss says that it is meant." if lost else "")) from refused
        if options["wait"]:
            follow(run, options["timeout"], None if options["as_json"] else self.stderr)
        return run_as_json(run)

    def do_status(self, options: dict[str, Any]) -> dict[str, Any]:
        """Say where the integration stands."""
        integration = integration_called(options["name"], tenant_called(options["tenant"]))
        run = selectors.current_run(integration)
        known = (
            run_as_json(run)
            if run
            else {
                "integration": integration.name,
                "uid": integration.uid,
                "state": str(integration_status(integration).state),
            }
        )
        return {**known, "inventory": [line.as_dict() for line in inventory.lines(integration, removed=True)]}

    def say_apply(self, answer: dict[str, Any]) -> str:
        """Print the run's steps."""
        return self.say_status(answer)

    def say_status(self, answer: dict[str, Any]) -> str:
        """Print a line a step."""
        return "\n".join([*run_lines(answer), *inventory_lines(answer.get("inventory", []))])


def _read(file: Path) -> IntegrationSpec:
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
        return yaml_file.from_yaml(text)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
    except SpecRefused as refused:
        raise CommandError(_list(refused)) from refused


def _integration_for(tenant: Tenant, spec: IntegrationSpec) -> Integration:
    known = tenant.integrations.filter(name=spec.name).exclude(state__in=UNNAMED).first()
    return known or Integration(tenant=tenant, name=spec.name, created_by="command line")


def _list(refused: SpecRefused) -> str:
    return "The spec cannot be used:\n" + "\n".join(f"  {line}" for line in lines_of(refused))
