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
from portal.demo.building.load import BATCH, BURST_BATCH, HOT_BATCH, READINGS_PER_BUFFER, repeated_buffer
from portal.demo.building.sensors import Reading, Sensors
from portal.demo.building.situations import Situation
from portal.demo.building.tally import Outcome, Tally

logger = logging.getLogger(__name__)

LONGEST_PAUSE_SECONDS = 20.0
_KEPT_FOR_RETRY = 200
_MOST_DOUBLINGS = 10  # of a pause; more would only overflow


@dataclass(frozen=True, slots=True)
class Stream:
    """Where to send: a data stream by name, Region and account."""

    name: str
    region: str
    account_id: str


class Sender:
    """Puts 5 to 10 records a second; records that a shard rejects are sent again, and errors lengthen the pauses.

    `situation` is read before each batch, and can be set at any time.
    """

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
        self.situation = Situation.NORMAL
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
        """Put one batch: records rejected before, then current readings; nothing in a silence."""
        situation = self.situation
        if situation is Situation.SILENCE:
            return
        most = self._most(situation)
        # The devices buffer records while the network is down, up to a limit.
        self._unsent = (self._unsent + self._fresh(situation))[-_KEPT_FOR_RETRY:]
        batch, rest = self._unsent[:most], self._unsent[most:]
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
        if self.situation is Situation.SILENCE:
            return 1.0
        if self._failures:
            doubled = 2.0 ** min(self._failures, _MOST_DOUBLINGS)
            return min(LONGEST_PAUSE_SECONDS, doubled * self._dice.uniform(0.5, 1.0))
        return 0.1 if len(self._unsent) >= self._most(self.situation) else 1.0

    def _most(self, situation: Situation) -> int:
        return {Situation.HOT_SHARD: HOT_BATCH + BATCH, Situation.BURST: BURST_BATCH}.get(situation, BATCH)

    def _fresh(self, situation: Situation) -> list[Reading]:
        """Return current readings; with a hot shard also as many of a gateway's records as were accepted before."""
        at = datetime.fromtimestamp(self._clock(), UTC)
        most = BURST_BATCH if situation is Situation.BURST else BATCH
        fresh = self._sensors.readings(self._dice.randint(most // 2, most), at)
        if situation is Situation.HOT_SHARD:
            buffered = self._sensors.readings(READINGS_PER_BUFFER, at)
            fresh += repeated_buffer(buffered, max(0, HOT_BATCH - len(self._unsent)))
        return fresh

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
