"""What the tap counts of a stream's keys, and sends to its pages every five seconds."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.template.loader import render_to_string

from monitoring.hot_keys.stored import store_report
from monitoring.hot_keys.stream_sample import StreamSample
from monitoring.pages.hot_key_notes import named_keys, note_of
from monitoring.pages.hot_key_rows import HotKeysPanel, hot_keys_panel
from monitoring.records.access import Audience
from monitoring.records.stream_topics import parts_of, topic_of
from monitoring.tap.source import ListedShard, Source
from portal import live
from portal.aws.records import DataRecord

NEWS_SECONDS = 5.0


@dataclass(slots=True)
class HotKeyNews:
    """The counted keys of one stream: `add` each answer of GetRecords, `publish` with each step of the tap."""

    uid: str
    sample: StreamSample = field(default_factory=StreamSample)
    _due_at: float = 0.0
    _sent: dict[str, frozenset[str]] = field(default_factory=dict)

    def describe(self, source: Source, shards: Sequence[ListedShard]) -> None:
        """Note the open shards of the stream as AWS lists them."""
        ranges = {shard.shard_id: shard.hash_keys for shard in shards if shard.is_open and shard.hash_keys}
        self.sample.describe(source.stream_name, ranges, is_on_demand=source.is_on_demand)

    def add(self, shard_id: str, records: Sequence[DataRecord], now: float) -> None:
        """Count the records of one answer."""
        self.sample.add(shard_id, records, now)

    def forget(self) -> None:
        """Forget all that was counted; the next `publish` removes it from Redis."""
        self.sample.clear()

    def publish(self, now: float, *, selected: Collection[str] = ()) -> None:
        """Store what was counted, and send it to open pages, every five seconds; raises RedisError.

        `selected` are the topics of pages with a filter.
        """
        if now < self._due_at:
            return
        self._due_at = now + NEWS_SECONDS
        report = self.sample.report(now)
        store_report(self.uid, report)
        sent: list[str] = []
        for audience in Audience:
            filtered = [topic for topic in selected if parts_of(topic).audience == audience]
            topics = [topic for topic in (topic_of(self.uid, audience), *filtered) if live.watchers(topic)]
            if topics:
                self._send(hot_keys_panel(report, audience), topics)
            sent += topics
        self._sent = {topic: self._sent[topic] for topic in sent}

    def _send(self, panel: HotKeysPanel | None, topics: Collection[str]) -> None:
        html = render_to_string("monitoring/_hot_keys.html", {"panel": panel})
        for topic in topics:
            known = self._sent.get(topic, frozenset())
            # Who connects now is sent all of them; who was sent the event before, the new ones.
            live.publish(topic, "hot_keys", html, replay=html, note=note_of(panel, known), replay_note=note_of(panel))
            self._sent[topic] = named_keys(panel)
