"""What is known of one cause at one time: the form in which every source of alerts reports. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitoring.alert_models import AlertKind
from portal.messages.message import Message


@dataclass(frozen=True, slots=True)
class Measured:
    """One measurement in the unit of its rule. None means not known, which opens and closes nothing.

    `is_lower_bound`: CloudWatch withheld a part, so a value that is not too high says nothing.
    """

    kind: AlertKind
    value: float | None
    evidence: Message | None = None
    is_lower_bound: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """What streams have in common that can fail for one cause: a key, and its name for people."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Observation:
    """One cause at `at`: its measurement, its name for people, and the streams that it concerns, the first hundred.

    What has a `scope` concerns one stream, and shares an alert with others of the same scope.
    """

    cause: str
    name: str
    at: datetime
    measured: Measured
    stream_ids: tuple[int, ...]
    stream_count: int
    patience: timedelta
    scope: Scope | None = None

    @property
    def began(self) -> datetime | None:
        """Return when the measured state began: of a silence, when the last record arrived. None for other kinds."""
        value = self.measured.value
        is_silence = self.measured.kind is AlertKind.SILENCE
        return self.at - timedelta(minutes=value) if is_silence and value is not None else None

    @property
    def key(self) -> tuple[str, str]:
        """Return kind and cause, which name the alert."""
        return self.measured.kind.value, self.cause


def stream_cause(uid: str) -> str:
    """Return the cause of what concerns one stream, by its integration's uid."""
    return f"stream-{uid}"
