"""What happened to a stream in a time range: runs, reshards, and changes of its status."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from monitoring.models import StateChange, state_label
from monitoring.shards.stored import listed_shards
from monitoring.time_ranges.time_range import TimeRange
from onboarding.models.run import Run
from portal.messages.catalogue import text_of

MOST = 50


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at a moment."""

    at: datetime
    text: str


def events_in(integration_id: int, time_range: TimeRange) -> list[Event]:
    """Return what happened, the newest 50 of each kind, oldest first. A shard closed at most a reading earlier."""
    between = (time_range.start, time_range.end)
    runs = Run.objects.filter(integration_id=integration_id, finished_at__range=between).order_by("-finished_at")
    changes = StateChange.objects.filter(integration_id=integration_id, at__range=between)
    found = [Event(run.finished_at, _run_text(run)) for run in runs[:MOST] if run.finished_at]
    found += [Event(change.at, _change_text(change)) for change in changes[:MOST]]
    found += _reshards(integration_id, time_range)[-MOST:]
    return sorted(found, key=lambda event: event.at)


def _run_text(run: Run) -> str:
    return _("%(kind)s: %(state)s") % {"kind": run.get_kind_display(), "state": run.get_state_display().lower()}


def _change_text(change: StateChange) -> str:
    label, reason = state_label(change.status, change.message), text_of(change.message) if change.message else ""
    return f"{label}: {reason}" if reason else label


def _reshards(integration_id: int, time_range: TimeRange) -> list[Event]:
    listed = listed_shards(integration_id)
    closed = {shard.closed_before for shard in listed.shards if shard.open_at} if listed else set()
    moments = sorted(at for at in closed if at is not None and time_range.start <= at < time_range.end)
    return [Event(at, _("Reshard seen")) for at in moments]
