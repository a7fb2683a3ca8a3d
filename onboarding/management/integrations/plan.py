"""`integration plan`, `apply` and `status`: a spec before, at and after its run."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onboarding.account_state.integration_status import integration_status, last_seen_at
from onboarding.connections import boundary_check
from onboarding.connections import selectors as connections_selectors
from onboarding.integrations import adoption, inventory, plan_view, runs, selectors, update
from onboarding.management.input_files import spec_of
from onboarding.management.integrations.adoption import found_for
from onboarding.management.integrations.named import (
    add_integration,
    add_spec,
    integration_with_name,
    named_integration,
)
from onboarding.management.integrations.runs import inventory_lines, run_as_json, run_lines
from onboarding.management.integrations.settings import change_as_json, change_line
from onboarding.management.integrations.waiting import add_waiting, wait_if_asked
from onboarding.management.spec_problems import spec_failed
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.provisioning.answers import Refused
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.problem import SpecRefused
from onboarding.wizard import rail
from portal.command_line import failed
from portal.messages.catalogue import described, text_of
from portal.messages.message import Message
from portal.tenancy.command import tenant_called
from portal.tenancy.models import Tenant


class PlanSubcommands(BaseCommand):
    """The subcommands of `integration` that plan and apply a spec, and print how far it is."""

    plan_subcommands = {
        "plan": gettext_lazy("Print what a spec would create and change. Nothing is done."),
        "apply": gettext_lazy("Apply a spec: create or update its resources. Applying it again changes nothing."),
        "status": gettext_lazy("Print an integration's state, its steps and its resources."),
    }

    def add_plan(self, parser: ArgumentParser) -> None:
        """Add the arguments: the spec and its tenant."""
        add_spec(parser)

    def do_plan(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return what would be created, and what would change of an integration that exists."""
        tenant, spec = tenant_called(options["tenant"]), spec_of(options["file"])
        try:
            if beyond := boundary_check.problems(spec, connections_selectors.connection_of(tenant, spec)):
                raise SpecRefused(beyond)
            integration = _integration_for(tenant, spec)
            adopted = found_for(integration, spec)
            found = update.changes_of(integration, spec) if integration.pk else []
            found = adoption.changes_from(adopted, spec.stream) if adopted else found
            view = plan_view.plan_of(integration, spec)
        except SpecRefused as refused:
            raise spec_failed(refused) from refused
        except Refused as refused:
            raise failed(refused.message) from refused
        return {
            "account_id": view.account_id,
            "exists": integration.pk is not None and update.has_stream(integration),
            "adopts": adopted.as_dict() if adopted else None,
            "changes": [change_as_json(change) for change in found],
            "resources": [_resource(resource) for resource in view.resources],
            "policies": {text_of(policy.title): policy.document for policy in view.policies},
            "tags": view.tags,
            "endpoint": {**spec.stream.endpoint.as_dict(), "url": spec.stream.endpoint_url},
        }

    def say_plan(self, answer: dict[str, Any]) -> str:
        """Print a line for each change and each resource."""
        lines = []
        if answer["exists"] or answer["adopts"]:
            lines = [_("What changes:") if answer["exists"] else _("What changes in your stream, which is adopted:")]
            lines += [f"  {change_line(change)}" for change in answer["changes"]] or [_("  nothing")]
        lines += [_("In AWS account %(account_id)s:") % answer]
        lines += [f"  {row['kind']:<16} {row['name']}  ({row['how']['text']})" for row in answer["resources"]]
        return "\n".join([*lines, _("Records are put to %(url)s") % answer["endpoint"]])

    def add_apply(self, parser: ArgumentParser) -> None:
        """Add the arguments: the spec, its tenant, what is confirmed, and whether to wait."""
        add_spec(parser)
        parser.add_argument(
            "--accept-loss", action="store_true", help=_("Apply changes that delete records or reject writes.")
        )
        add_waiting(parser)

    def do_apply(self, options: dict[str, Any]) -> dict[str, Any]:
        """Start the run, and wait for it if asked to."""
        tenant, spec = tenant_called(options["tenant"]), spec_of(options["file"])
        run = _started(_integration_for(tenant, spec), spec, accept_loss=bool(options["accept_loss"]))
        wait_if_asked(run, options, self.stderr)
        return run_as_json(run)

    def say_apply(self, answer: dict[str, Any]) -> str:
        """Print the run's steps."""
        return self.say_status(answer)

    def add_status(self, parser: ArgumentParser) -> None:
        """Add the argument: the integration."""
        add_integration(parser)

    def do_status(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the integration's state, its last run and its resources."""
        integration = named_integration(options)
        run = selectors.current_run(integration)
        known = run_as_json(run) if run else _without_run(integration)
        return {**known, "inventory": [line.as_dict() for line in inventory.lines(integration, removed=True)]}

    def say_status(self, answer: dict[str, Any]) -> str:
        """Print a line for each step and each resource."""
        return "\n".join([*run_lines(answer), *inventory_lines(answer.get("inventory", []))])


def _started(integration: Integration, spec: IntegrationSpec, *, accept_loss: bool) -> Run:
    is_new = integration.pk is None
    try:
        connections_selectors.connection_of(integration.tenant, spec)
        adopted = found_for(integration, spec)
        if is_new:
            integration.save()
        if adopted:
            adoption.confirm(integration=integration, found=adopted, actor="command line")
        return runs.start_run(integration=integration, actor="command line", spec=spec, accept_loss=accept_loss)
    except SpecRefused as refused:
        if is_new and integration.pk:
            integration.delete()
        loses = not is_new and not accept_loss and update.losses(integration, spec)
        raise spec_failed(refused, Message("command.loss_not_accepted") if loses else None) from refused


def _resource(resource: plan_view.ResourceView) -> dict[str, Any]:
    return {"kind": resource.kind, "name": resource.name, "arn": resource.arn, "how": described(resource.how)}


def _integration_for(tenant: Tenant, spec: IntegrationSpec) -> Integration:
    known = integration_with_name(tenant, spec.name)
    return known or Integration(tenant=tenant, name=spec.name, created_by="command line")


def _without_run(integration: Integration) -> dict[str, Any]:
    status = integration_status(integration)
    known: dict[str, Any] = {"integration": integration.name, "uid": integration.uid, "state": str(status.state)}
    if status.is_draft:
        done, total = rail.progress_of_draft(integration)
        known |= {"steps_done": done, "steps_total": total}
    return {**known, "seen_at": last_seen_at(integration)}
