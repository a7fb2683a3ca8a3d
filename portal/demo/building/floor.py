"""All senders: starts one for every delivered key or role, and stops it when that is withdrawn."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.records import put_record
from portal.aws.session import AwsSession
from portal.demo.building import pickup
from portal.demo.building.publication import Publication
from portal.demo.building.role_attempts import Offered
from portal.demo.building.sender import Sender
from portal.demo.building.sensors import Sensors
from portal.demo.building.situations import Switched
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
    publication: Publication
    began_at: float
    to_report: Callable[[], None] | None = None

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
        self._switched = Switched()

    def behave(self, switched: Switched) -> None:
        """Behave as the switch says: senders from their next batch on, metrics from the next publication."""
        self._switched = switched
        for post in self._posts.values():
            post.sender.situation = switched.of(post.delivery.stream.name)

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
                post.publication.publish(self._switched, at)
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
            post.publication.watch_delivery()
        except AwsFault as fault:
            logger.warning("delivery of %s: %s: %s", post.delivery.stream.name, fault.code, fault.aws_text)
        post.sender.situation = self._switched.of(post.delivery.stream.name)
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
    publication = Publication(account, source.stream.name, tally)
    return _Post(source, sender, tally, publication, time.monotonic(), opened.to_report)
