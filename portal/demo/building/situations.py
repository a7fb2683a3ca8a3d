"""What can go wrong in the simulated building, by a switch: a file that the console writes and the building reads.

The file is JSON: the situation, the data stream that it is of ("" for every stream), and since when.
"""

import json
import logging
import os
import re
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

logger = logging.getLogger(__name__)

MOST_BYTES = 1024
# https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html
STREAM_NAME = re.compile(r"[a-zA-Z0-9_.-]{1,128}")


class Situation(StrEnum):
    """A situation, by the name that is typed."""

    NORMAL = "normal"
    HOT_SHARD = "hot-shard"
    BURST = "burst"
    SILENCE = "silence"
    BROKEN_DELIVERY = "broken-delivery"
    STOPPED_CONSUMER = "stopped-consumer"


@dataclass(frozen=True, slots=True)
class Expected:
    """What a situation is and leads to; minutes from the switch, `closes_minutes` from the switch back to normal."""

    what: str
    status: str
    alert: str
    status_minutes: int
    alert_minutes: int
    closes_minutes: int


EXPECTED: dict[Situation, Expected] = {
    Situation.HOT_SHARD: Expected(
        "A faulty gateway sends its buffer again and again with one partition key, so one shard throttles.",
        "Failing: throttled writes of one shard",
        "Throttled writes",
        status_minutes=2,
        alert_minutes=8,
        closes_minutes=22,
    ),
    Situation.BURST: Expected(
        "All devices send at once: 85 % of the write limit of the stream is used, by its metrics.",
        "Attention: near the write limit",
        "Near the write limit",
        status_minutes=3,
        alert_minutes=8,
        closes_minutes=17,
    ),
    Situation.SILENCE: Expected(
        "The building sends no records.",
        "Failing: silence",
        "Silence",
        status_minutes=12,
        alert_minutes=12,
        closes_minutes=8,
    ),
    Situation.BROKEN_DELIVERY: Expected(
        "Firehose cannot deliver records to the bucket.",
        "Failing: failing delivery",
        "Delivery failing",
        status_minutes=3,
        alert_minutes=8,
        closes_minutes=22,
    ),
    Situation.STOPPED_CONSUMER: Expected(
        "A consumer of the client has stopped, so its iterator age grows.",
        "Attention: a consumer is behind",
        "Consumer behind",
        status_minutes=12,
        alert_minutes=17,
        closes_minutes=18,
    ),
}


@dataclass(frozen=True, slots=True)
class Switched:
    """A position of the switch: a situation, of one data stream or of every ("")."""

    situation: Situation = Situation.NORMAL
    stream: str = ""
    since: datetime | None = None

    def of(self, stream: str) -> Situation:
        """Return the situation of a data stream, by its name."""
        return self.situation if self.stream in {"", stream} else Situation.NORMAL

    def seconds(self, at: datetime) -> float:
        """Return for how long it has been so; 0 where that is not known, or in the future."""
        return max(0.0, (at - self.since).total_seconds()) if self.since else 0.0


class Switch:
    """The building's side: reads the file each time, and logs only what has changed."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._last: bytes | None = b""
        self._switched = Switched()

    def read(self) -> Switched:
        """Return the position of the switch; normal without a file, and with one that is not understood."""
        found = _content(self._file)
        if found != self._last:
            self._last = found
            self._switched = _position(found)
            name = self._switched.stream or "every stream"
            logger.info("situation: %s, of %s", self._switched.situation, name)
        return self._switched


def turn(file: Path, situation: Situation, *, stream: str, since: datetime) -> None:
    """Write the file at once, so that no reader sees half of it. Raises OSError."""
    text = json.dumps({"situation": situation, "stream": stream, "since": since.isoformat()})
    descriptor, written = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(text)
        Path(written).replace(file)
    except OSError:
        Path(written).unlink(missing_ok=True)
        raise


def _content(file: Path) -> bytes | None:
    """Return the first bytes of the file, one more than it may have; b"" without a file, None if it is unreadable."""
    try:
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return b""
    except OSError:
        return None


def _position(content: bytes | None) -> Switched:
    if content == b"":
        return Switched()
    try:
        if content is None or len(content) > MOST_BYTES:
            raise ValueError("it cannot be read, or is too large")
        return _parsed(json.loads(content))
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError) as error:
        logger.warning("the file of the situation is not understood, so it is normal: %s", type(error).__name__)
        return Switched()


def _parsed(found: dict[str, str]) -> Switched:
    stream, since = found["stream"], datetime.fromisoformat(found["since"])
    if stream != "" and not STREAM_NAME.fullmatch(stream):
        raise ValueError("that is no name of a data stream")
    return Switched(Situation(found["situation"]), stream, since.astimezone(UTC))
