"""All senders: starts one for every delivered key, and stops it when its key is withdrawn."""

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import Error as DatabaseFault
from django.db import close_old_connections

from portal.aws.errors import AwsFault
from portal.aws.kinesis import describe_stream
from portal.aws.published_metrics import put_metric_data
from portal.aws.session import AwsSession
from portal.demo.building import metrics, pickup
from portal.demo.building.bucket import Arrived, BucketWatch
from portal.demo.building.sender import Sender
from portal.demo.building.sensors import Sensors
from portal.demo.building.tally import Tally
from portal.local.ministack import root_session
from portal.openpgp.decrypt import OpeningFailed

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Post:
    """A stream being sent to, with AWS's own view of it."""

    delivery: pickup.Delivery
    sender: Sender
    tally: Tally
    aws: AwsSession
    bucket: BucketWatch | None


class Floor:
    """Keeps one sender per stream, each with the newest key delivered for it."""

    def __init__(self, private_key: Path) -> None:
        self._private_key = private_key
        self._posts: dict[str, _Post] = {}
        self._unusable: set[str] = set()

    def check_for_keys(self) -> None:
        """Start sending with new keys, and stop with those that were withdrawn."""
        try:
            close_old_connections()
            found = {delivery.integration_uid: delivery for delivery in pickup.waiting()}
        except DatabaseFault as fault:
            logger.warning("cannot check for keys: %s", type(fault).__name__)
            return
        for uid, post in list(self._posts.items()):
            if uid not in found or found[uid].uid != post.delivery.uid:
                self._end(uid)
        for uid, delivery in found.items():
            if uid not in self._posts and delivery.uid not in self._unusable:
                self._begin(delivery)

    def publish(self, at: datetime) -> None:
        """Publish the metrics of every stream since the last call."""
        for post in self._posts.values():
            try:
                _publish(post, at)
            except AwsFault as fault:
                logger.warning("metrics of %s: %s: %s", post.delivery.stream.name, fault.code, fault.aws_text)

    def stop(self) -> None:
        """Stop all senders."""
        for uid in list(self._posts):
            self._end(uid)

    def _begin(self, delivery: pickup.Delivery) -> None:
        try:
            key = pickup.collect(delivery.uid, private_key=self._private_key)
        except (OpeningFailed, ValidationError, ValueError) as error:
            logger.warning("%s: the delivered key cannot be used: %s", delivery.stream.name, type(error).__name__)
            self._unusable.add(delivery.uid)
            return
        tally = Tally()
        seed = int(delivery.integration_uid, 16)
        aws = AwsSession(region=delivery.stream.region, credentials=key.credentials)
        sender = Sender(aws, delivery.stream, Sensors(delivery.building, seed=seed), tally, seed=seed)
        account = root_session(delivery.stream.account_id, region=delivery.stream.region)
        bucket = BucketWatch(account, delivery.bucket, delivery.prefix) if delivery.bucket else None
        self._posts[delivery.integration_uid] = _Post(delivery, sender, tally, account, bucket)
        _skip_earlier_objects(bucket)
        sender.start()
        logger.info("%s: sending with access key %s", delivery.stream.name, key.credentials.access_key_id)

    def _end(self, uid: str) -> None:
        post = self._posts.pop(uid)
        post.sender.stop()
        logger.info("%s: sent %s records, stopped", post.delivery.stream.name, post.tally.total_records)


def _skip_earlier_objects(bucket: BucketWatch | None) -> None:
    try:
        _new_objects(bucket)
    except AwsFault as fault:
        logger.warning("bucket: %s: %s", fault.code, fault.aws_text)


def _new_objects(bucket: BucketWatch | None) -> Arrived:
    return bucket.look() if bucket else Arrived()


def _publish(post: _Post, at: datetime) -> None:
    name, counts = post.delivery.stream.name, post.tally.take()
    stream = describe_stream(post.aws, name)
    if stream is None:
        return
    data = metrics.of_stream(name, counts, at=at) + metrics.of_shards(name, counts, stream.shard_level_metrics, at=at)
    if post.bucket and post.delivery.delivery_stream:
        arrived = _new_objects(post.bucket)
        post.tally.note_delivered(arrived.objects)
        oldest = post.tally.oldest_undelivered_seconds(at.timestamp())
        data += metrics.of_reading(name, oldest_seconds=oldest, at=at)
        delivery = metrics.of_delivery(post.delivery.delivery_stream, arrived, oldest_seconds=oldest, at=at)
        put_metric_data(post.aws, "AWS/Firehose", delivery)
    put_metric_data(post.aws, "AWS/Kinesis", data)
