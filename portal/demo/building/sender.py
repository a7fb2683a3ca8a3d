"""Sends one building's records to one data stream with one access key, in its own thread."""

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from portal.aws.errors import AwsFault, aws_faults
from portal.aws.session import AwsSession
from portal.demo.building.sensors import Reading, Sensors
from portal.demo.building.tally import Outcome, Tally

logger = logging.getLogger(__name__)

BATCH = 10
LONGEST_PAUSE_SECONDS = 20.0
_KEPT_FOR_RETRY = 200


@dataclass(frozen=True, slots=True)
class Stream:
    """Where to send: a data stream by name, Region and account."""

    name: str
    region: str
    account_id: str


class Sender:
    """Puts 5 to 10 records a second; records that a shard rejects are sent again, and errors lengthen the pauses."""

    def __init__(
        self,
        aws: AwsSession,
        stream: Stream,
        sensors: Sensors,
        tally: Tally,
        *,
        clock: Callable[[], float] = time.time,
        seed: int = 0,
    ) -> None:
        self.aws = aws
        self._stream = stream
        self._sensors = sensors
        self._tally = tally
        self._clock = clock
        self._dice = random.Random(seed)
        self._unsent: list[Reading] = []
        self._failures = 0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"sender of {stream.name}", daemon=True)

    def start(self) -> None:
        """Start sending."""
        self._thread.start()

    def stop(self) -> None:
        """Stop sending; returns when the last call has been answered."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def send_once(self) -> None:
        """Put one batch: records rejected before, then current readings."""
        wanted = self._dice.randint(BATCH // 2, BATCH)
        fresh = self._sensors.readings(wanted, datetime.fromtimestamp(self._clock(), UTC))
        # The devices buffer records while the network is down, up to a limit.
        self._unsent = (self._unsent + fresh)[-_KEPT_FOR_RETRY:]
        batch, rest = self._unsent[:BATCH], self._unsent[BATCH:]
        try:
            outcomes = self._put(batch)
        except AwsFault as fault:
            self._failures += 1
            self._tally.add_failed_call()
            logger.warning("%s: %s: %s", self._stream.name, fault.code, fault.aws_text)
            return
        rejected = [reading for reading, outcome in zip(batch, outcomes, strict=True) if outcome.shard_id is None]
        self._failures = self._failures + 1 if rejected else 0
        self._unsent = rejected + rest

    @property
    def pause_seconds(self) -> float:
        """Return the pause before the next batch: a second, shorter while catching up, longer after each failure."""
        if self._failures:
            return min(LONGEST_PAUSE_SECONDS, 2.0**self._failures * self._dice.uniform(0.5, 1.0))
        return 0.1 if len(self._unsent) >= BATCH else 1.0

    def _put(self, batch: list[Reading]) -> list[Outcome]:
        began = self._clock()
        with aws_faults("kinesis:PutRecords"):
            answer = self.aws.client("kinesis").put_records(
                StreamName=self._stream.name,
                Records=[{"Data": reading.data, "PartitionKey": reading.device_id} for reading in batch],
            )
        ended = self._clock()
        outcomes = [
            Outcome(len(reading.data) + len(reading.device_id), result.get("ShardId"), result.get("ErrorCode"))
            for reading, result in zip(batch, answer["Records"], strict=True)
        ]
        self._tally.add_call(outcomes, latency_ms=(ended - began) * 1000, at=ended)
        return outcomes

    def _run(self) -> None:
        while not self._stopped.is_set():
            self.send_once()
            self._stopped.wait(self.pause_seconds)
