"""How commands print a run and the resources of an integration."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from onboarding.account_state.integration_status import integration_status, last_seen_at
from onboarding.account_state.stream_settings import settings_of
from onboarding.integrations.selectors import run_view
from onboarding.management.integrations.settings import setting_as_json, unapplied_line
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from portal.messages.catalogue import described


def run_as_json(run: Run) -> dict[str, Any]:
    """Return a run with its steps as plain JSON."""
    integration = Integration.objects.get(pk=run.integration_id)
    return {
        "integration": integration.name,
        "uid": integration.uid,
        "state": str((status := integration_status(integration)).state),
        "unknown_since": status.unknown_since.at if status.unknown_since else None,
        "seen_at": last_seen_at(integration),
        "settings": [setting_as_json(setting) for setting in settings_of(integration)],
        "run": run.pk,
        "run_kind": run.kind,
        "run_state": run.state,
        "failure": described(run.failure),
        "steps_done": (view := run_view(run)).done,
        "steps_total": view.total,
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
            for step in view.steps
        ],
    }


def run_lines(answer: dict[str, Any]) -> list[str]:
    """Return a run as lines of text, one for each step."""
    lines = [f"{answer['integration']} ({answer['uid']}): {answer['state']}"]
    if seen_at := answer.get("seen_at"):
        lines[0] += _(", last seen in AWS %(time)s UTC") % {"time": _minute(seen_at)}
    if unknown := answer.get("unknown_since"):
        lines.append(_("  Unknown since %(time)s UTC: the connection is degraded.") % {"time": _minute(unknown)})
    lines += [
        f"  {unapplied_line(setting)}"
        for setting in answer.get("settings", ())
        if setting["in_aws"] not in (None, setting["requested"])
    ]
    if total := answer.get("steps_total"):
        count = {"done": answer["steps_done"], "total": total}
        lines.append(_("  %(done)s of %(total)s steps done") % count)
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
    return [_("In the AWS account:"), *(_resource_line(row) for row in rows)]


def _resource_line(row: dict[str, Any]) -> str:
    why = f" — {row['kept']['text']}" if row["kept"] else ""
    if unknown := row.get("unknown_since"):
        why += _(" — unknown since %(time)s UTC") % {"time": _minute(unknown)}
    state = _("adopted") if row["adopted"] else row["state"]
    return f"  {state:<9} {row['kind']:<16} {row['name']}{why}"


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
