"""The English of a spec's settings: what each is called, and its values as a plan and a page show them."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from portal.messages.catalogue import Entry

ENTRIES = {
    # Names.
    "setting.connection": Entry(_("Connection")),
    "setting.recipients": Entry(_("Recipients")),
    "setting.producer": Entry(_("Producer")),
    "value.producer_user": Entry(_("an IAM user with an access key")),
    "value.producer_role": Entry(_("a role that the vendor assumes")),
    "setting.stream_name": Entry(_("Data stream name")),
    "setting.region": Entry(_("Region")),
    "setting.stream_owner": Entry(_("Owner of the stream")),
    "setting.capacity": Entry(_("Capacity")),
    "setting.capacity_mode": Entry(_("Capacity mode")),
    "setting.shards": Entry(_("Number of shards")),
    "setting.retention": Entry(_("Retention period")),
    "setting.encryption": Entry(_("Encryption at rest")),
    "setting.record_size": Entry(_("Maximum record size")),
    "setting.shard_metrics": Entry(_("Shard-level metrics")),
    "setting.tag": Entry(_("Tag %(key)s")),
    "setting.endpoint": Entry(_("Endpoint")),
    "setting.required_endpoint": Entry(_("Accepted only through")),
    "setting.delivery": Entry(_("Delivery %(name)s")),
    "setting.of_delivery": Entry(_("%(delivery)s: %(setting)s")),
    # Values.
    "value.text": Entry(_("%(value)s")),
    "value.none": Entry(_("none")),
    "value.empty": Entry(_("empty")),
    "value.sse_s3": Entry(_("S3 managed keys (SSE-S3)")),
    "value.aws_managed_s3_key": Entry(_("AWS managed KMS key (aws/s3)")),
    "value.on": Entry(_("on")),
    "value.off": Entry(_("off")),
    "value.list": Entry(_("%(items)s")),
    "value.two": Entry(_("%(first)s; %(second)s")),
    "value.named": Entry(_("%(name)s %(value)s")),
    "value.on_demand": Entry(_("on-demand")),
    "value.provisioned": Entry(_("provisioned, %(shards)s")),
    "value.shards": Entry(ngettext_lazy("%(shard_count)s shard", "%(shard_count)s shards", "shard_count")),
    "value.hours": Entry(ngettext_lazy("%(hour_count)s hour", "%(hour_count)s hours", "hour_count")),
    "value.kib": Entry(_("%(kib_count)s KiB")),
    "value.never_expires": Entry(_("never expire")),
    "value.not_set_by_sluice": Entry(_("not set by Sluice")),
    "value.aws_key": Entry(_("AWS managed key")),
    "value.new_key": Entry(_("KMS key created by Sluice")),
    "value.yours": Entry(_("yours")),
    "value.yours_since": Entry(_("yours, created at %(created)s")),
    "value.created_by_sluice": Entry(_("created by Sluice")),
    "value.any_endpoint": Entry(_("any endpoint")),
    "value.delivery": Entry(_("%(destination)s, %(bucket)s, every %(interval)s s or %(megabytes)s MB")),
    "endpoint.standard": Entry(_("standard endpoint")),
    "endpoint.fips": Entry(_("FIPS endpoint")),
    "endpoint.vpc": Entry(_("VPC endpoint %(id)s")),
    "endpoint.only": Entry(_("%(endpoint)s only")),
    # Where a delivery's records go.
    "destination.bucket": Entry(_("bucket %(bucket)s")),
    "destination.redshift": Entry(_("Redshift table %(table)s, by way of bucket %(bucket)s")),
    "destination.opensearch": Entry(_("index %(index)s of OpenSearch domain %(domain)s")),
    "destination.opensearch_serverless": Entry(_("index %(index)s of OpenSearch collection %(collection)s")),
    "destination.http": Entry(_("%(endpoint)s")),
    "destination.splunk": Entry(_("Splunk at %(host)s")),
    "destination.snowflake": Entry(_("Snowflake table %(table)s")),
    "destination.iceberg": Entry(
        ngettext_lazy("%(table_count)s Iceberg table", "%(table_count)s Iceberg tables", "table_count")
    ),
    "destination.iceberg_table": Entry(_("Iceberg table %(table)s")),
}
