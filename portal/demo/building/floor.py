"""All senders: starts one for every delivered key, and stops it when its key is withdrawn."""

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from portal.aws.errors import AwsFault
from portal.aws.kinesis import describe_stream
from portal.aws.published_metrics import put_metric_data
from portal.aws.session import AwsSession
from portal.demo.building import metrics, pickup
from portal.demo.building.bucket import BucketWatch
from portal.demo.building.deliveries import S3Delivery, s3_delivery_of
from portal.demo.building.sender import Sender
from portal.demo.building.sensors import Sensors
from portal.demo.building.tally import Tally
from portal.demo.building.vendor_api import PortalUnavailable, VendorApi
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
    to_s3: S3Delivery | None = None
    bucket: BucketWatch | None = None


class Floor:
    """Keeps one sender per stream, each with the newest key delivered for it."""

    def __init__(self, portal: VendorApi, private_key: Path) -> None:
        self._portal = portal
        self._pickup = pickup.Pickup(portal)
        self._private_key = private_key
        self._posts: dict[str, _Post] = {}
        self._unusable: set[str] = set()

    def check_for_keys(self) -> None:
        """Start sending with new keys, and stop with those that were withdrawn."""
        try:
            deliveries = self._pickup.changed()
        except PortalUnavailable as fault:
            logger.warning("cannot check for keys: %s", fault)
            return
        if deliveries is None:
            return
        found = {delivery.integration_uid: delivery for delivery in deliveries}
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
            key = pickup.collect(self._portal, delivery.uid, private_key=self._private_key)
        except PortalUnavailable as fault:
            logger.warning("%s: the key cannot be fetched: %s", delivery.stream.name, fault)
            self._pickup.try_again()
            return
        except (OpeningFailed, ValueError) as error:
            logger.warning("%s: the delivered key cannot be used: %s", delivery.stream.name, type(error).__name__)
            self._unusable.add(delivery.uid)
            return
        tally = Tally()
        seed = int(delivery.integration_uid, 16)
        aws = AwsSession(region=delivery.stream.region, credentials=key.credentials)
        sender = Sender(aws, delivery.stream, Sensors(delivery.building, seed=seed), tally, seed=seed)
        account = root_session(delivery.stream.account_id, region=delivery.stream.region)
        post = self._posts[delivery.integration_uid] = _Post(delivery, sender, tally, account)
        try:
            _watch_delivery(post)
        except AwsFault as fault:
            logger.warning("delivery of %s: %s: %s", delivery.stream.name, fault.code, fault.aws_text)
        sender.start()
        logger.info("%s: sending with access key %s", delivery.stream.name, key.credentials.access_key_id)

    def _end(self, uid: str) -> None:
        post = self._posts.pop(uid)
        post.sender.stop()
        logger.info("%s: sent %s records, stopped", post.delivery.stream.name, post.tally.total_records)


def _watch_delivery(post: _Post) -> None:
    """Find the stream's delivery, unless it is known, and count only objects that arrive from now on."""
    post.to_s3 = post.to_s3 or s3_delivery_of(post.aws, post.delivery.stream.name)
    if post.to_s3 and post.bucket is None:
        bucket = BucketWatch(post.aws, post.to_s3.bucket, post.to_s3.prefix)
        bucket.look()
        post.bucket = bucket


def _publish(post: _Post, at: datetime) -> None:
    name, counts = post.delivery.stream.name, post.tally.take()
    stream = describe_stream(post.aws, name)
    if stream is None:
        return
    data = metrics.of_stream(name, counts, at=at) + metrics.of_shards(name, counts, stream.shard_level_metrics, at=at)
    _watch_delivery(post)
    if post.bucket and post.to_s3:
        arrived = post.bucket.look()
        post.tally.note_delivered(arrived.objects)
        oldest = post.tally.oldest_undelivered_seconds(at.timestamp())
        data += metrics.of_reading(name, oldest_seconds=oldest, at=at)
        delivery = metrics.of_delivery(post.to_s3.name, arrived, oldest_seconds=oldest, at=at)
        put_metric_data(post.aws, "AWS/Firehose", delivery)
    put_metric_data(post.aws, "AWS/Kinesis", data)
