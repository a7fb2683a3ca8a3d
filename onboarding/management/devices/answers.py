"""Devices as `device` prints them."""

from typing import Any

from django.utils.translation import gettext as _

from onboarding.models.integration import Integration
from onboarding.models.thing import Thing
from onboarding.things.selectors import STATES, Progress, listed, progress
from portal.messages.catalogue import described


def device_as_json(thing: Thing) -> dict[str, Any]:
    """Return a device as plain JSON."""
    return {
        "device": thing.name,
        "uid": thing.uid,
        "state": next(name for name, states in STATES.items() if thing.state in states),
        "status": str(thing.status.label),
        "problem": described(thing.problem),
        "attributes": thing.attributes,
        "recipients": thing.recipients,
        "certificate_id": thing.certificate_id or None,
        "retry_at": thing.retry_at,
        "added_at": thing.created_at,
        "ready_at": thing.ready_at,
        "downloads": [{"at": receipt.at, "by": receipt.actor} for receipt in thing.downloads.all()],
    }


def progress_as_json(found: Progress) -> dict[str, Any]:
    """Return how far the devices are, as plain JSON."""
    return {
        "total": found.total,
        "ready": found.ready,
        "open": found.open,
        "removing": found.removing,
        "delayed": found.delayed,
        "failed": found.failed,
        "waits_for": described(found.waits_for),
        "due_at": found.due_at,
    }


def devices_as_json(integration: Integration, state: str = "") -> dict[str, Any]:
    """Return the devices of an integration, or those in one state, and how far all of them are."""
    rows, found = listed(integration), progress(integration)
    chosen = rows.filter(state__in=STATES[state]) if state else rows
    return {
        "integration": integration.name,
        "progress": progress_as_json(found),
        "unused_certificates": [
            {
                "certificate_id": row.certificate_id,
                "device": row.thing_name,
                "problem": described(row.problem),
                "retry_at": row.retry_at,
            }
            for row in found.unused
        ],
        "devices": [device_as_json(thing) for thing in chosen],
    }


def device_line(device: dict[str, Any]) -> str:
    """Format a device as a line, with its problem on another."""
    line = "\t".join([device["device"], device["state"], device["certificate_id"] or "-"])
    return f"{line}\n    {device['problem']['text']}" if device["problem"] else line


def unused_line(certificate: dict[str, Any]) -> str:
    """Format a certificate that no device uses as a line, with why it was not deleted on another."""
    line = _("unused certificate %(certificate_id)s, created for %(device)s") % certificate
    return f"{line}\n    {certificate['problem']['text']}" if certificate["problem"] else line


def progress_line(found: dict[str, Any]) -> str:
    """Format how far the devices are as a line, with why nothing happens for now."""
    line = _("%(ready)s of %(total)s devices are ready, %(removing)s are being removed, %(failed)s failed") % found
    return f"{line}: {found['waits_for']['text']}" if found["waits_for"] else line


def answer_lines(answer: dict[str, Any]) -> str:
    """Format an answer as lines of “name: value”, with how far the devices are in words."""
    lines = [f"{name.replace('_', ' ')}: {_shown(value)}" for name, value in answer.items() if name != "progress"]
    return "\n".join([*lines, *([progress_line(answer["progress"])] if "progress" in answer else [])])


def _shown(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)
