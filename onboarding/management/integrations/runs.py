"""What commands about integrations share: finding one, following its run, and printing both."""

import time
from typing import Any

from django.core.management.base import CommandError, OutputWrapper

from onboarding.account_state.integration_status import integration_status
from onboarding.account_state.stream_settings import settings_of
from onboarding.management.integrations.settings import setting_as_json, unapplied_line
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.models.states import IntegrationState, RunState
from portal.messages.catalogue import described, explanation_of, text_of
from portal.tenancy.models import Tenant

UNNAMED = (IntegrationState.DRAFT, IntegrationState.REMOVED)


def integration_called(name: str, tenant: Tenant) -> Integration:
    """Return the tenant's integration of a name or uid; a draft or a removed one only if there is no other."""
    rows = tenant.integrations.filter(name=name) | tenant.integrations.filter(uid=name)
    found = rows.exclude(state__in=UNNAMED).first() or rows.order_by("-pk").first()
    if found is None:
        raise CommandError(f"{tenant} has no integration called “{name}”.")
    return found


def follow(run: Run, timeout: int, output: OutputWrapper | None) -> None:
    """Wait until a run is over, printing each finished step; raise CommandError unless it succeeds in time."""
    until, seen = time.monotonic() + timeout, set[str]()
    while time.monotonic() < until:
        run.refresh_from_db()
        for step in run.steps.all():
            if step.status.is_over and step.name not in seen:
                seen.add(step.name)
                if output:
                    output.write(f"done: {text_of(step.title)}")
        if run.status.is_over:
            break
        time.sleep(0.3)
    if run.state != RunState.DONE:
        raise CommandError(
            explanation_of(run.failure) or f"Not done after {timeout} seconds. The run continues without this command."
        )


def run_as_json(run: Run) -> dict[str, Any]:
    """Return a run with its steps as plain JSON."""
    integration = Integration.objects.get(pk=run.integration_id)
    return {
        "integration": integration.name,
        "uid": integration.uid,
        "state": str((status := integration_status(integration)).state),
        "unknown_since": status.unknown_since.at if status.unknown_since else None,
        "settings": [setting_as_json(setting) for setting in settings_of(integration)],
        "run": run.pk,
        "run_kind": run.kind,
        "run_state": run.state,
        "failure": described(run.failure),
        "steps": [
            {
                "name": step.name,
                "title": described(step.title),
                "state": step.state,
                "found": described(step.found),
                "did": described(step.did),
                "reason": described(step.reason),
                "aws_detail": step.aws_detail,
                "arn": step.arn,
                "attempts": step.attempts,
            }
            for step in run.steps.all()
        ],
    }


def run_lines(answer: dict[str, Any]) -> list[str]:
    """Return a run as lines of text, one for each step."""
    lines = [f"{answer['integration']} ({answer['uid']}): {answer['state']}"]
    if unknown := answer.get("unknown_since"):
        lines.append(f"  Unknown since {unknown:%Y-%m-%d %H:%M} UTC: the connection is degraded.")
    lines += [
        f"  {unapplied_line(setting)}"
        for setting in answer.get("settings", ())
        if setting["in_aws"] not in (None, setting["requested"])
    ]
    for step in answer.get("steps", []):
        note = step["reason"] or step["did"] or step["found"]
        lines.append(f"  {step['state']:<8} {step['title']['text']}" + (f" — {note['text']}" if note else ""))
    if failure := answer.get("failure"):
        lines += filter(None, [failure["text"], failure["todo"]])
    return lines


def inventory_lines(rows: list[dict[str, Any]]) -> list[str]:
    """Return one line for each resource, with why it was kept."""
    if not rows:
        return []
    return ["In the AWS account:", *(_resource_line(row) for row in rows)]


def _resource_line(row: dict[str, Any]) -> str:
    why = f" — {row['kept']}" if row["kept"] else ""
    state = "adopted" if row["adopted"] else row["state"]
    return f"  {state:<9} {row['kind']:<16} {row['name']}{why}"
