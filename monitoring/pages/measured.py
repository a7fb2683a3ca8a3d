"""When a stream was last checked, and until when that may be shown as its present state."""

from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from monitoring.models import StreamHealth


@dataclass(frozen=True, slots=True)
class Measured:
    """The age of a stream's measurements; both times are None if it was never checked."""

    uid: str
    checked_at: datetime | None
    expires_at: datetime | None

    @property
    def is_expired(self) -> bool:
        """Return whether three intervals passed without a check, so that the present state is unknown."""
        return self.expires_at is not None and self.expires_at <= timezone.now()


def measured(uid: str, health: StreamHealth | None) -> Measured:
    """Return the age of a stream's measurements."""
    return Measured(uid, health.checked_at, health.expires_at) if health else Measured(uid, None, None)


def measured_html(uid: str, health: StreamHealth | None) -> SafeString:
    """Return the age as an update that replaces the one on the page; nothing if the stream was never checked."""
    found = measured(uid, health)
    if found.checked_at is None:
        return SafeString("")
    shown = {"uid": uid, "checked_at": found.checked_at, "expires_at": found.expires_at, "swap": True}
    return render_to_string("monitoring/_measured.html", shown)
