"""What a row of a cost is for, and what it is computed from: by its key, with parameters that each row fills in."""

from dataclasses import dataclass

from portal.messages.message import Message


@dataclass(frozen=True, slots=True)
class CostItem:
    """A kind of row: its title and its basis."""

    title: Message
    basis: Message


ITEMS: dict[str, CostItem] = {
    "shards": CostItem(Message("estimate.item.shards"), Message("estimate.basis.shards", shard_count=0)),
    "put_units": CostItem(Message("estimate.item.put_units"), Message("estimate.basis.put_units", millions="")),
    "stream_hours": CostItem(Message("estimate.item.stream_hours"), Message("estimate.basis.stream_hours")),
    "gb_in": CostItem(Message("estimate.item.gb_in"), Message("estimate.basis.gb_in", gb="")),
    "gb_out": CostItem(Message("estimate.item.gb_out"), Message("estimate.basis.gb_out", gb="", consumer_count=0)),
    "fanout_hours": CostItem(
        Message("estimate.item.fanout_hours"),
        Message("estimate.basis.fanout_hours", consumer_count=0, shard_count=0),
    ),
    "fanout": CostItem(Message("estimate.item.fanout"), Message("estimate.basis.fanout", gb="", consumer_count=0)),
    "retention": CostItem(Message("estimate.item.retention"), Message("estimate.basis.retention", hours=0)),
    "retention_by_volume": CostItem(
        Message("estimate.item.retention_by_volume"), Message("estimate.basis.retention_by_volume", gb="")
    ),
    "long_retention": CostItem(
        Message("estimate.item.long_retention"), Message("estimate.basis.long_retention", gb="")
    ),
    "shard_metrics": CostItem(
        Message("estimate.item.shard_metrics"), Message("estimate.basis.shard_metrics", metric_count=0, shard_count=0)
    ),
    "kms": CostItem(Message("estimate.item.kms"), Message("estimate.basis.kms", user_count=0)),
    "kms_new": CostItem(Message("estimate.item.kms_new"), Message("estimate.basis.kms_new", user_count=0)),
    "firehose": CostItem(Message("estimate.item.firehose"), Message("estimate.basis.firehose", gb="")),
    "iot_connections": CostItem(
        Message("estimate.item.iot_connections"), Message("estimate.basis.iot_connections", device_count=0, region="")
    ),
    "iot_messages": CostItem(
        Message("estimate.item.iot_messages"), Message("estimate.basis.iot_messages", millions="", region="")
    ),
    "iot_rules": CostItem(
        Message("estimate.item.iot_rules"), Message("estimate.basis.iot_rules", millions="", region="")
    ),
    "metrics_read": CostItem(
        Message("estimate.item.metrics_read"), Message("estimate.basis.metrics_read", metric_count=0, read_seconds=0)
    ),
}
