"""A change of a spec and a setting in AWS, as commands print them: JSON with codes and text, or a line."""

from typing import Any

from django.utils.translation import gettext as _

from onboarding.account_state.values import Setting
from onboarding.spec.change import Change
from portal.messages.catalogue import described


def change_as_json(change: Change) -> dict[str, Any]:
    """Return a change as plain JSON, its messages with their text."""
    return {
        "path": change.path,
        "label": described(change.label),
        "was": described(change.was),
        "becomes": described(change.becomes),
        "verb": str(change.verb),
        "effect": described(change.effect),
        "loses": change.loses,
    }


def change_line(change: dict[str, Any]) -> str:
    """Return a change as a line of text."""
    was, becomes, effect = (change[part]["text"] for part in ("was", "becomes", "effect"))
    return f"{change['verb']:<8} {change['path']}: {was} → {becomes} — {effect}"


def setting_as_json(setting: Setting) -> dict[str, Any]:
    """Return a setting as plain JSON, its messages with their text."""
    return {
        "label": described(setting.label),
        "requested": described(setting.requested),
        "in_aws": described(setting.in_aws),
        "seen_at": setting.seen_at,
        "unknown_since": setting.unknown_since.at if setting.unknown_since else None,
    }


def unapplied_line(setting: dict[str, Any]) -> str:
    """Return a line about a setting that AWS does not have as requested."""
    label, requested, in_aws = (setting[part]["text"] for part in ("label", "requested", "in_aws"))
    return _("not applied: %(label)s: requested %(requested)s, in AWS %(in_aws)s") % {
        "label": label,
        "requested": requested,
        "in_aws": in_aws,
    }
