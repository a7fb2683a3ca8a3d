"""What commands about integrations share: finding one, following its run, and saying both in lines."""

import time
from typing import Any

from django.core.management.base import CommandError, OutputWrapper

from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.models.states import IntegrationState, RunState
from portal.tenancy.models import Tenant

UNNAMED = (IntegrationState.DRAFT, IntegrationState.REMOVED)


def integration_called(name: str, tenant: Tenant) -> Integration:
    """Return the tenant's integration of a name or uid, one that stands before a draft or a removed one."""
    rows = tenant.integrations.filter(name=name) | tenant.integrations.filter(uid=name)
    found = rows.exclude(state__in=UNNAMED).first() or rows.order_by("-pk").first()
    if found is None:
        raise CommandError(f"{tenant} has no integration called “{name}”.")
    return found


def follow(run: Run, timeout: int, said: OutputWrapper | None) -> None:
    """Stay until a run is over, saying each step that is done; raise CommandError unless it ends well in time."""
    until, seen = time.monotonic() + timeout, set[str]()
    while time.monotonic() < until:
        run.refresh_from_db()
        for step in run.steps.all():
            if step.status.is_over and step.name not in seen:
                seen.add(step.name)
                if said:
                    said.write(f"done: {step.title}")
        if run.status.is_over:
            break
        time.sleep(0.3)
    if run.state != RunState.DONE:
        raise CommandError(run.failure or f"Not done after {timeout} seconds; it goes on without this command.")


def told(run: Run) -> dict[str, Any]:
    """Return a run with its steps as plain JSON."""
    integration = Integration.objects.get(pk=run.integration_id)
    return {
        "integration": integration.name,
        "uid": integration.uid,
        "state": integration.state,
        "run": run.pk,
        "run_kind": run.kind,
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


def said_run(answer: dict[str, Any]) -> list[str]:
    """Return a line a step."""
    lines = [f"{answer['integration']} ({answer['uid']}): {answer['state']}"]
    for step in answer.get("steps", []):
        note = step["reason"] or step["did"] or step["found"]
        lines.append(f"  {step['state']:<8} {step['title']}" + (f" — {note}" if note else ""))
    if answer.get("failure"):
        lines.append(answer["failure"])
    return lines


def said_inventory(rows: list[dict[str, Any]]) -> list[str]:
    """Return a line a resource, with why it was kept."""
    if not rows:
        return []
    return ["In the AWS account:", *(_said_resource(row) for row in rows)]


def _said_resource(row: dict[str, Any]) -> str:
    why = f" — {row['kept']}" if row["kept"] else ""
    state = "adopted" if row["adopted"] else row["state"]
    return f"  {state:<9} {row['kind']:<16} {row['name']}{why}"
