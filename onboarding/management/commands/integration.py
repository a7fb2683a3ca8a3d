"""Integrations by command line: the same spec, the same services, the same rows as the wizard."""

import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import CommandError

from onboarding import drafts, selectors, services
from onboarding import spec as specs
from onboarding.models import Integration, Run
from onboarding.provisioning.context import Refused
from onboarding.spec import IntegrationSpec, SpecRefused
from onboarding.states import IntegrationState, RunState
from portal.tenancy.command import VerbCommand, tenant_called
from portal.tenancy.models import Tenant


class Command(VerbCommand):
    help = "Plan, apply and look at integrations, from a spec in YAML (docs/integration.schema.json)."
    verbs: ClassVar[dict[str, str]] = {
        "plan": "Print every resource that a spec makes, without making any.",
        "apply": "Carry a spec out; applying it again changes nothing.",
        "status": "Print where an integration stands, step by step.",
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

    def add_status(self, parser: ArgumentParser) -> None:
        """Take the integration's name and tenant."""
        parser.add_argument("name", help="The integration's name or uid.")
        parser.add_argument("--tenant", required=True, help="The tenant's slug.")

    def do_plan(self, options: dict[str, Any]) -> dict[str, Any]:
        """Say what would be made."""
        tenant, spec = tenant_called(options["tenant"]), _read(options["file"])
        try:
            drafts.connection_of(tenant, spec)
            view = selectors.plan_of(_integration_for(tenant, spec), spec)
        except SpecRefused as refused:
            raise CommandError(_list(refused)) from refused
        except Refused as refused:
            raise CommandError(f"{refused.what} {refused.todo}") from refused
        return {
            "account_id": view.account_id,
            "resources": [{"kind": r.kind, "name": r.name, "arn": r.arn, "how": r.how} for r in view.resources],
            "policies": {policy.title: policy.document for policy in view.policies},
            "tags": view.tags,
        }

    def say_plan(self, answer: dict[str, Any]) -> str:
        """Print a line a resource."""
        lines = [f"In AWS account {answer['account_id']}:"]
        lines += [f"  {row['kind']:<16} {row['name']}  ({row['how']})" for row in answer["resources"]]
        return "\n".join(lines)

    def do_apply(self, options: dict[str, Any]) -> dict[str, Any]:
        """Start the run, and follow it when asked to."""
        tenant, spec = tenant_called(options["tenant"]), _read(options["file"])
        integration = _integration_for(tenant, spec)
        fresh = integration.pk is None
        try:
            drafts.connection_of(tenant, spec)
            if fresh:
                integration.save()
            run = services.start_run(integration=integration, actor="command line", spec=spec)
        except SpecRefused as refused:
            if fresh and integration.pk:
                integration.delete()
            raise CommandError(_list(refused)) from refused
        if options["wait"]:
            self._follow(run, options["timeout"], quiet=options["as_json"])
        return _told(run)

    def do_status(self, options: dict[str, Any]) -> dict[str, Any]:
        """Say where the integration stands."""
        tenant = tenant_called(options["tenant"])
        rows = tenant.integrations.filter(name=options["name"]) | tenant.integrations.filter(uid=options["name"])
        integration = rows.exclude(state=IntegrationState.DRAFT).first() or rows.first()
        if integration is None:
            raise CommandError(f"{tenant} has no integration called “{options['name']}”.")
        run = selectors.current_run(integration)
        return (
            _told(run) if run else {"integration": integration.name, "uid": integration.uid, "state": integration.state}
        )

    def say_apply(self, answer: dict[str, Any]) -> str:
        """Print the run's steps."""
        return self.say_status(answer)

    def say_status(self, answer: dict[str, Any]) -> str:
        """Print a line a step."""
        lines = [f"{answer['integration']} ({answer['uid']}): {answer['state']}"]
        for step in answer.get("steps", []):
            note = step["reason"] or step["did"] or step["found"]
            lines.append(f"  {step['state']:<8} {step['title']}" + (f" — {note}" if note else ""))
        if answer.get("failure"):
            lines.append(answer["failure"])
        return "\n".join(lines)

    def _follow(self, run: Run, timeout: int, *, quiet: bool) -> None:
        until, seen = time.monotonic() + timeout, set[str]()
        while time.monotonic() < until:
            run.refresh_from_db()
            for step in run.steps.all():
                if step.status.is_over and step.name not in seen:
                    seen.add(step.name)
                    if not quiet:
                        self.stderr.write(f"done: {step.title}")
            if run.status.is_over:
                break
            time.sleep(0.3)
        if run.state != RunState.DONE:
            raise CommandError(run.failure or f"Not done after {timeout} seconds; it goes on without this command.")


def _read(file: Path) -> IntegrationSpec:
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
        return specs.from_yaml(text)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
    except SpecRefused as refused:
        raise CommandError(_list(refused)) from refused


def _integration_for(tenant: Tenant, spec: IntegrationSpec) -> Integration:
    known = tenant.integrations.filter(name=spec.name).exclude(state=IntegrationState.DRAFT).first()
    return known or Integration(tenant=tenant, name=spec.name, created_by="command line")


def _list(refused: SpecRefused) -> str:
    return "The spec cannot be used:\n" + "\n".join(f"  {problem}" for problem in refused.problems)


def _told(run: Run) -> dict[str, Any]:
    integration = Integration.objects.get(pk=run.integration_id)
    return {
        "integration": integration.name,
        "uid": integration.uid,
        "state": integration.state,
        "run": run.pk,
        "run_state": run.state,
        "failure": run.failure,
        "steps": [
            {
                "name": step.name,
                "title": step.title,
                "state": step.state,
                "found": step.found,
                "did": step.did,
                "reason": step.reason,
                "todo": step.todo,
                "arn": step.arn,
                "attempts": step.attempts,
            }
            for step in run.steps.all()
        ],
    }
