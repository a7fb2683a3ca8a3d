"""All senders: starts one for every delivered key or role, and stops it when that is withdrawn."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.kinesis import describe_stream
from portal.aws.published_metrics import put_metric_data
from portal.aws.records import put_record
from portal.aws.session import AwsSession
from portal.demo.building import metrics, pickup
from portal.demo.building.bucket import BucketWatch
from portal.demo.building.deliveries import S3Delivery, s3_delivery_of
from portal.demo.building.role_attempts import Offered
from portal.demo.building.sender import Sender
from portal.demo.building.sensors import Sensors
from portal.demo.building.sources import Opened, Sources
from portal.demo.building.tally import Tally
from portal.demo.building.vendor_api import PortalUnavailable, VendorApi
from portal.local.ministack import root_session

MOST_TRIES = 60
logger = logging.getLogger(__name__)
RENEWED_AFTER_SECONDS = 45 * 60  # the credentials of an assumed role last an hour


@dataclass(slots=True)
class _Post:
    """A stream being sent to, with AWS's own view of it."""

    delivery: pickup.Delivery | Offered
    sender: Sender
    tally: Tally
    aws: AwsSession
    began_at: float
    to_report: Callable[[], None] | None = None
    to_s3: S3Delivery | None = None
    bucket: BucketWatch | None = None

    @property
    def is_expiring(self) -> bool:
        """Return whether it sends with a role whose credentials expire soon."""
        return isinstance(self.delivery, Offered) and time.monotonic() > self.began_at + RENEWED_AFTER_SECONDS


@dataclass(slots=True)
class _Withdrawn:
    """A key that the vendor may not use any more, and how often it was tried since."""

    post: _Post
    tries: int = 0

    def is_rejected(self) -> bool:
        """Put one record; return whether AWS does not recognize the key any more."""
        name, aws = self.post.delivery.stream.name, self.post.sender.aws
        key = aws.credentials.access_key_id if aws.credentials else ""
        try:
            put_record(aws, name, data=b"{}", partition_key="revoked")
        except AwsFault as fault:
            logger.info("%s: AWS rejected a record with access key %s: %s", name, key, fault.code)
            return fault.kind is FaultKind.PROPAGATING
        return False


class Floor:
    """Keeps one sender per stream, each with the newest key delivered for it, or with its role."""

    def __init__(self, portal: VendorApi, private_key: Path, sender: AwsSession | None = None) -> None:
        self._sources = Sources(portal, private_key, sender)
        self._posts: dict[str, _Post] = {}
        self._withdrawn: list[_Withdrawn] = []

    def check_for_keys(self) -> None:
        """Start sending with new keys and roles, and stop with those that were withdrawn."""
        for post in self._posts.values():
            _report(post)
        try:
            wanted = self._sources.changed()
        except PortalUnavailable as fault:
            logger.warning("cannot check for keys: %s", fault)
            return
        if wanted is None:
            wanted = {uid: post.delivery for uid, post in self._posts.items()}
        for uid in [uid for uid in self._posts if uid not in wanted]:
            post = self._posts.pop(uid)
            self._end(post)
            if isinstance(post.delivery, pickup.Delivery):
                self._withdrawn.append(_Withdrawn(post))
        for uid, source in wanted.items():
            now = self._posts.get(uid)
            if now is None or now.delivery.uid != source.uid or now.is_expiring:
                self._begin(source)

    def try_withdrawn_keys(self) -> None:
        """Put one record with each key that was withdrawn, until AWS rejects it: that is what a revocation is for."""
        for withdrawn in list(self._withdrawn):
            withdrawn.tries += 1
            if withdrawn.is_rejected() or withdrawn.tries == MOST_TRIES:
                self._withdrawn.remove(withdrawn)

    def publish(self, at: datetime) -> None:
        """Publish the metrics of every stream since the last call."""
        for post in self._posts.values():
            try:
                _publish(post, at)
            except AwsFault as fault:
                logger.warning("metrics of %s: %s: %s", post.delivery.stream.name, fault.code, fault.aws_text)

    def stop(self) -> None:
        """Stop all senders."""
        while self._posts:
            self._end(self._posts.popitem()[1])

    def _begin(self, source: pickup.Delivery | Offered) -> None:
        opened = self._sources.opened(source)
        if opened is None:
            return
        former = self._posts.get(source.integration_uid)
        post = self._posts[source.integration_uid] = _post(source, opened)
        try:
            _watch_delivery(post)
        except AwsFault as fault:
            logger.warning("delivery of %s: %s: %s", post.delivery.stream.name, fault.code, fault.aws_text)
        post.sender.start()
        _report(post)
        logger.info("%s: sending with %s", source.stream.name, opened.name)
        if former is not None:  # only now, so that there is no moment without records
            self._end(former)

    def _end(self, post: _Post) -> None:
        post.sender.stop()
        logger.info("%s: sent %s records, stopped", post.delivery.stream.name, post.tally.total_records)


def _report(post: _Post) -> None:
    """Report that the sender uses what it sends with; where that fails, the next check tries again."""
    if post.to_report is None:
        return
    try:
        post.to_report()
        post.to_report = None
    except (PortalUnavailable, AwsFault) as fault:
        logger.warning("%s: not reported: %s", post.delivery.stream.name, fault)


def _post(source: pickup.Delivery | Offered, opened: Opened) -> _Post:
    tally, seed = Tally(), int(source.integration_uid, 16)
    sender = Sender(opened.session, source.stream, Sensors(source.building, seed=seed), tally, seed=seed)
    account = root_session(source.stream.account_id, region=source.stream.region)
    return _Post(source, sender, tally, account, time.monotonic(), opened.to_report)


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
