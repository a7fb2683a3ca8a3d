"""The English of estimates: which limit decides, what each amount is computed from, which mode is cheaper."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from portal.messages.catalogue import Entry

ENTRIES = {
    "estimate.binding.records": Entry(
        _("The number of records is the limit: %(records_per_second)s records/s; a shard accepts 1,000 records/s.")
    ),
    "estimate.binding.bytes_in": Entry(
        _("Incoming data is the limit: %(in_bytes)s a second; a shard accepts 1 MiB (AWS writes 1 MB).")
    ),
    "estimate.binding.bytes_out": Entry(
        _(
            "Outgoing data is the limit: %(consumer_count)s consumers each read %(in_bytes)s a second, together "
            "%(out_bytes)s, and share 2 MiB a second of each shard. Enhanced fan-out would give each its own."
        )
    ),
    "estimate.binding.least": Entry(_("No limit is reached. A stream has at least one shard.")),
    "estimate.too_many_shards": Entry(
        _("One stream has at most %(most_count)s shards."),
        _("Split the traffic across several streams."),
    ),
    "estimate.too_many_readers": Entry(
        _(
            "%(consumer_count)s consumers share %(most)s reads a second of each shard, so each reads less than once a "
            "second. More shards do not change that."
        ),
        _("Use enhanced fan-out for some consumers."),
    ),
    "estimate.on_demand_start": Entry(
        _(
            "A new on-demand stream accepts 4 MB/s and 4,000 records/s. It grows with the traffic and may throttle "
            "when traffic more than doubles within 15 minutes."
        )
    ),
    "estimate.region_unknown": Entry(
        _("No source for the prices of %(region)s was found. These are the prices of %(base)s; yours may be higher.")
    ),
    "estimate.until_region": Entry(_("Prices of %(base)s, until you choose a Region.")),
    "estimate.too_few_shards": Entry(
        ngettext_lazy(
            "This traffic needs %(needed_count)s shards. You entered %(shard_count)s shard.",
            "This traffic needs %(needed_count)s shards. You entered %(shard_count)s shards.",
            "shard_count",
        )
    ),
    "estimate.always.provisioned": Entry(_("Provisioned is cheaper at every rate of such records.")),
    "estimate.always.on_demand": Entry(_("On-demand is cheaper at every rate of such records.")),
    "estimate.crossing.provisioned": Entry(
        _("Provisioned is cheaper at low rates. On-demand first becomes cheaper at %(record_count)s records/s.")
    ),
    "estimate.crossing.on_demand": Entry(
        _("On-demand is cheaper at low rates. Provisioned first becomes cheaper at %(record_count)s records/s.")
    ),
    "estimate.item.shards": Entry(_("Shards")),
    "estimate.item.put_units": Entry(_("PUT payload units")),
    "estimate.item.stream_hours": Entry(_("Stream hours")),
    "estimate.item.gb_in": Entry(_("Data in")),
    "estimate.item.gb_out": Entry(_("Data out")),
    "estimate.item.fanout_hours": Entry(_("Registered consumers")),
    "estimate.item.fanout": Entry(_("Enhanced fan-out")),
    "estimate.item.retention": Entry(_("Extended retention")),
    "estimate.item.retention_by_volume": Entry(_("Extended retention")),
    "estimate.item.long_retention": Entry(_("Long-term retention")),
    "estimate.item.metrics_read": Entry(_("Metrics that Sluice reads")),
    "estimate.item.shard_metrics": Entry(_("Shard-level metrics")),
    "estimate.item.kms": Entry(_("KMS requests")),
    "estimate.item.kms_new": Entry(_("KMS key and requests")),
    "estimate.item.firehose": Entry(_("Firehose")),
    "estimate.item.iot_connections": Entry(_("Connections of devices")),
    "estimate.item.iot_messages": Entry(_("Messages of devices")),
    "estimate.item.iot_rules": Entry(_("Topic rule and its action")),
    "estimate.basis.shards": Entry(
        ngettext_lazy("%(shard_count)s shard × 730 hours", "%(shard_count)s shards × 730 hours", "shard_count")
    ),
    "estimate.basis.put_units": Entry(_("%(millions)s million units of 25 KB")),
    "estimate.basis.stream_hours": Entry(_("730 hours")),
    "estimate.basis.gb_in": Entry(_("%(gb)s GB, each record rounded up to 1 KB")),
    "estimate.basis.gb_out": Entry(
        ngettext_lazy(
            "%(gb)s GB × %(consumer_count)s consumer", "%(gb)s GB × %(consumer_count)s consumers", "consumer_count"
        )
    ),
    "estimate.basis.fanout_hours": Entry(
        ngettext_lazy(
            "%(consumer_count)s with enhanced fan-out × %(shard_count)s shard, by the hour",
            "%(consumer_count)s with enhanced fan-out × %(shard_count)s shards, by the hour",
            "shard_count",
        )
    ),
    "estimate.basis.fanout": Entry(
        ngettext_lazy(
            "%(gb)s GB × %(consumer_count)s consumer with enhanced fan-out",
            "%(gb)s GB × %(consumer_count)s consumers with enhanced fan-out",
            "consumer_count",
        )
    ),
    "estimate.basis.retention": Entry(_("%(hours)s hours instead of 24")),
    "estimate.basis.retention_by_volume": Entry(_("%(gb)s GB kept from the second to the seventh day")),
    "estimate.basis.long_retention": Entry(_("%(gb)s GB kept longer than seven days")),
    "estimate.basis.metrics_read": Entry(
        _("%(metric_count)s metrics every %(read_seconds)s while no one watches, the interval of this installation")
    ),
    "estimate.basis.unknown_traffic": Entry(_("depends on the traffic, which was not entered")),
    "estimate.basis.unknown_devices": Entry(_("depends on the number of devices, which was not entered")),
    "estimate.basis.iot_connections": Entry(
        ngettext_lazy(
            "%(device_count)s device, always connected, at the prices of %(region)s",
            "%(device_count)s devices, always connected, at the prices of %(region)s",
            "device_count",
        )
    ),
    "estimate.basis.iot_messages": Entry(
        _("%(millions)s million of 5 KB, as if all records came from devices, at the prices of %(region)s")
    ),
    "estimate.basis.iot_rules": Entry(
        _("%(millions)s million times, each message rounded up to 5 KB, at the prices of %(region)s")
    ),
    "estimate.basis.shard_metrics": Entry(
        ngettext_lazy(
            "%(metric_count)s metrics of %(shard_count)s shard",
            "%(metric_count)s metrics of %(shard_count)s shards",
            "shard_count",
        )
    ),
    "estimate.basis.kms": Entry(_("a request every 5 minutes for each of %(user_count)s producers and consumers")),
    "estimate.basis.kms_new": Entry(
        _("one key, and a request every 5 minutes for each of %(user_count)s producers and consumers")
    ),
    "estimate.basis.firehose": Entry(_("%(gb)s GB, each record rounded up to 5 KB")),
}
