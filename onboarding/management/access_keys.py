"""How commands print access keys, their rotations and their revocations."""

from typing import Any

from django.utils.translation import gettext as _

from onboarding.integrations import key_findings
from onboarding.integrations.key_findings import KeyFinding
from onboarding.models.integration import Integration
from onboarding.models.revocation import Revocation
from onboarding.models.rotation import Rotation
from onboarding.rotations import requests
from portal.messages.catalogue import described, explanation_of


def status_as_json(integration: Integration) -> dict[str, Any]:
    """Return an integration's newest access key, with its newest rotation and the key's revocation, as plain JSON."""
    key = requests.key_of(integration)
    rotation = integration.rotations.select_related("old", "new", "integration").first()
    revocation = Revocation.objects.filter(credential=key).select_related("credential", "integration").first()
    return {
        "integration": integration.name,
        "uid": integration.uid,
        "access_key_id": key.access_key_id if key else None,
        "state": key.state if key else None,
        "created_at": key.created_at if key else None,
        "last_used_at": key.last_used_at if key else None,
        "last_used_service": key.last_used_service if key else None,
        "use_checked_at": key.use_checked_at if key else None,
        "trail_checked_at": key.trail_checked_at if key else None,
        "findings": [finding_as_json(found) for found in key_findings.findings_of(integration)],
        "rotation": rotation_as_json(rotation) if rotation else None,
        "revocation": revocation_as_json(revocation) if revocation else None,
    }


def finding_as_json(finding: KeyFinding) -> dict[str, Any]:
    """Return a finding about an access key as plain JSON."""
    return {
        "kind": finding.kind,
        "access_key_id": finding.credential.access_key_id,
        "what": described(finding.what),
        "since": finding.since,
        "addresses": [
            {
                "address": row.address,
                "source": row.source,
                "operation": row.operation,
                "error_code": row.error_code,
                "first_seen_at": row.first_seen_at,
                "last_seen_at": row.last_seen_at,
            }
            for row in finding.addresses
        ],
    }


def rotation_as_json(rotation: Rotation) -> dict[str, Any]:
    """Return a rotation as plain JSON."""
    return {
        "uid": rotation.uid,
        "integration": rotation.integration.name,
        "state": rotation.state,
        "cause": rotation.cause,
        "paused": rotation.paused_at is not None,
        "old": rotation.old.access_key_id,
        "new": rotation.new.access_key_id if rotation.new else None,
        "wait_hours": rotation.wait.total_seconds() / 3600,
        "requested_by": rotation.requested_by,
        "requested_at": rotation.created_at,
        "delivered_at": rotation.delivered_at,
        "used_at": rotation.used_at,
        "inactive_at": rotation.inactive_at,
        "finished_at": rotation.finished_at,
        "foreign_keys": rotation.foreign_keys,
        "problem": described(rotation.problem),
    }


def revocation_as_json(revocation: Revocation) -> dict[str, Any]:
    """Return a revocation as plain JSON."""
    return {
        "uid": revocation.uid,
        "integration": revocation.integration.name,
        "access_key_id": revocation.credential.access_key_id,
        "state": revocation.state,
        "compromised": revocation.is_compromised,
        "reason": revocation.reason,
        "requested_by": revocation.requested_by,
        "requested_at": revocation.created_at,
        "inactive_at": revocation.inactive_at,
        "deleted_at": revocation.deleted_at,
        "refused_at": revocation.refused_at,
        "refusal": described(revocation.refusal),
        "reported_at": revocation.reported_at,
        "foreign_keys": revocation.foreign_keys,
        "events": revocation.events,
        "events_read_at": revocation.events_read_at,
        "problem": described(revocation.problem),
    }


def status_lines(answer: dict[str, Any]) -> list[str]:
    """Return one integration's access key as lines of text."""
    key = answer["access_key_id"] or _("no access key")
    lines = [f"{answer['integration']}: {key} {answer['state'] or ''}".rstrip()]
    if answer["last_used_at"]:
        lines.append(_("  last used %(time)s UTC") % {"time": f"{answer['last_used_at']:%Y-%m-%d %H:%M}"})
    lines += [f"  {found['what']['text']}" for found in answer["findings"]]
    for name in ("rotation", "revocation"):
        if found := answer[name]:
            lines.append(f"  {name}: {found['state']}")
            if problem := found["problem"]:
                lines.append(f"    {problem['text']}")
    return lines


def refused_as_json(refused: list[Any]) -> list[dict[str, Any]]:
    """Return what was refused of many integrations, each with the reason."""
    return [
        {"integration": integration.name, "reason": described(message), "text": explanation_of(message)}
        for integration, message in refused
    ]
