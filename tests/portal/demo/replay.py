"""The building in fast time: its sender with a Kinesis that keeps the write limit, its metrics, and each collection."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from monitoring.alert_models import Alert
from monitoring.collection.collector import collect
from monitoring.models import StreamHealth
from onboarding.models.integration import Integration
from portal.aws.session import AwsSession
from portal.demo.building.bucket import Arrived, BucketWatch
from portal.demo.building.deliveries import S3Delivery
from portal.demo.building.publication import Publication
from portal.demo.building.sender import Sender, Stream
from portal.demo.building.sensors import Sensors
from portal.demo.building.situations import Situation, Switched
from portal.demo.building.tally import Tally
from portal.local.emulator.shard_limits import THROTTLED, ShardLimits
from tests.monitoring.conftest import REGION

NAME = "sluice-sensors"
PUBLISHED_EVERY = timedelta(seconds=10)
SHARDS = ("shardId-000000000000", "shardId-000000000001")


class LimitedKinesis:
    """PutRecords with two shards, each with AWS's write limit; also the session and the bucket of what was put."""

    def __init__(self, clock: "Replay") -> None:
        self._clock = clock
        self._limits = ShardLimits()
        self._arrived = 0

    def client(self, _: str) -> "LimitedKinesis":
        return self

    def put_records(self, **request: Any) -> dict[str, Any]:
        results = [self._put(record) for record in request["Records"]]
        self._arrived += sum("ShardId" in result for result in results)
        return {"Records": results}

    def look(self) -> Arrived:
        if self._clock.switched.situation is Situation.BROKEN_DELIVERY:
            return Arrived()  # the role may not write; what waits arrives when it may again
        arrived, self._arrived = self._arrived, 0
        return Arrived(arrived, arrived * 1000)

    def _put(self, record: dict[str, Any]) -> dict[str, str]:
        key = record["PartitionKey"].encode()
        # https://docs.aws.amazon.com/streams/latest/dev/key-concepts.html#partition-key
        shard = SHARDS[hashlib.md5(key, usedforsecurity=False).digest()[0] // 128]
        size = len(record["Data"]) + len(key)
        return (
            {"ShardId": shard} if self._limits.admit(shard, size, self._clock.seconds()) else {"ErrorCode": THROTTLED}
        )


@dataclass
class Replay:
    """One stream's building and the collections of its metrics, a minute at a time."""

    integration: Integration
    account: AwsSession
    at: datetime
    switched: Switched = field(default_factory=Switched)

    def __post_init__(self) -> None:
        kinesis, tally = LimitedKinesis(self), Tally()
        stream = Stream(NAME, REGION, "111122223333")
        session, sensors = cast("AwsSession", kinesis), Sensors("Tower", seed=1)
        self._sender = Sender(session, stream, sensors, tally, clock=self.seconds, seed=1)
        self._publication = Publication(self.account, NAME, tally)
        self._publication._to_s3 = S3Delivery(f"{NAME}-to-s3", "bucket", "")
        self._publication._bucket = cast("BucketWatch", kinesis)
        self._sends_at = self.at

    def seconds(self) -> float:
        return self.at.timestamp()

    def switch(self, situation: Situation) -> None:
        self.switched = Switched(situation, "", self.at)
        self._sender.situation = situation

    def minute(self) -> None:
        """Send for a minute, publish every ten seconds, and collect at the end."""
        for _ in range(6):
            until = self.at + PUBLISHED_EVERY
            self._send(until)
            self.at = until
            self._publication.publish(self.switched, self.at)
        collect(connection_id=self.integration.connection_id, region=REGION, now=self.at)

    @property
    def status(self) -> tuple[str, str]:
        health = StreamHealth.objects.get(integration=self.integration)
        assert health.message is not None
        return health.state, health.message.code

    @property
    def write_usage(self) -> float:
        return float(StreamHealth.objects.get(integration=self.integration).measurements["write_usage_share"] or 0)

    @property
    def alerts(self) -> dict[str, str]:
        """The state of each alert by its kind, of those that are or were open."""
        return dict(Alert.objects.exclude(state="pending").values_list("kind", "state"))

    def _send(self, until: datetime) -> None:
        while self._sends_at < until:
            self.at = max(self.at, self._sends_at)
            self._sender.send_once()
            self._sends_at = self.at + timedelta(seconds=self._sender.pause_seconds)
