"""The English of the optional permissions of a grant: what each is called, and what it allows."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

ENTRIES = {
    "grant.sampling": Entry(_("Show samples of records")),
    "grant.sampling_explained": Entry(
        _(
            "To you and, masked, to the vendor’s staff. Without it, Sluice’s role is denied to read records. It may "
            "still create roles and deliveries, so a role or a delivery that it creates could read records or send "
            "them elsewhere. CloudTrail’s event history shows that for 90 days, as calls of sessions named sluice-…: "
            "CreateRole, UpdateAssumeRolePolicy, CreateDeliveryStream, UpdateDestination, PutBucketPolicy, "
            "PutKeyPolicy."
        )
    ),
    "grant.deletion": Entry(_("Delete resources that Sluice created")),
    "grant.deletion_explained": Entry(_("When you remove an integration. Without it, you delete them yourself.")),
    "grant.keys": Entry(_("Create encryption keys")),
    "grant.keys_explained": Entry(
        _("A KMS key in your account for a data stream. Without it, use your own key or the AWS managed key.")
    ),
    "grant.adoption": Entry(_("Adopt data streams with other names")),
    "grant.adoption_explained": Entry(
        _("Only those whose ARNs you list: to deliver from them and change their settings, never to delete them.")
    ),
    "grant.secrets": Entry(_("Read secrets of destinations")),
    "grant.secrets_explained": Entry(
        _("Redshift, HTTP endpoints, Splunk and Snowflake. Firehose reads them from Secrets Manager; Sluice does not.")
    ),
    "grant.search": Entry(_("Write to OpenSearch")),
    "grant.search_explained": Entry(
        _("Amazon OpenSearch Service domains, and the OpenSearch Serverless collections that you list.")
    ),
    "grant.tables": Entry(_("Use tables of the Glue Data Catalog")),
    "grant.tables_explained": Entry(_("Apache Iceberg tables, and format conversion to Parquet or ORC.")),
    "grant.functions": Entry(_("Call Lambda functions")),
    "grant.functions_explained": Entry(
        _("Transforms records before delivery. Firehose calls the function with every record.")
    ),
    "grant.unscoped": Entry(_("Change settings of any data stream")),
    "grant.unscoped_explained": Entry(
        _(
            "Only needed if AWS denies them for a single stream: shard count, capacity mode and shard-level metrics of "
            "every data stream in the account. Sluice changes only its own."
        )
    ),
    "grant.trail": Entry(_("Read CloudTrail's event history")),
    "grant.trail_explained": Entry(
        _(
            "Finds access keys that are used from unexpected networks, shows what a key did after you report it as "
            "compromised, and recent changes in a diagnosis. AWS cannot limit this: the permission covers the "
            "management events of the account."
        )
    ),
    "grant.readers": Entry(_("List who reads the data stream")),
    "grant.readers_explained": Entry(
        _(
            "Shows on the stream's page who reads it and how far behind they are: enhanced fan-out consumers, Lambda "
            "functions, and applications of the Kinesis Client Library whose lease tables you list. AWS cannot limit "
            "the list of Lambda functions to one stream."
        )
    ),
    "grant.schemas": Entry(_("Read schemas of AWS Glue Schema Registry")),
    "grant.schemas_explained": Entry(
        _(
            "Shows the values of records that were written with an Avro schema of the registry. Without it such "
            "records are shown as bytes. AWS cannot limit this to one registry."
        )
    ),
    "grant.failures": Entry(_("Read what could not be delivered")),
    "grant.failures_explained": Entry(
        _(
            "Shows what Firehose could not deliver, grouped by error: the files under errors/ in the buckets of your "
            "deliveries. They contain records, so record samples must be allowed too."
        )
    ),
    "grant.consumers": Entry(_("Create roles for consumers")),
    "grant.consumers_explained": Entry(
        _(
            "Allows Sluice to create roles with which an application, a colleague or another AWS account reads the "
            "records of one data stream. Each role has its own external ID, and a permissions boundary that allows "
            "reading only. With this permission Sluice could give any account access to your records."
        )
    ),
    "grant.devices": Entry(_("Set up devices through AWS IoT Core")),
    "grant.devices_explained": Entry(
        _(
            "Thing types, thing groups, device policies and topic rules whose names begin with the prefix. Each device "
            "can publish below its own name only; the rule puts its messages into the data stream. "
            "Each gets a certificate. AWS can limit this neither by name nor by tag, so it covers all certificates of "
            "the account's AWS IoT; Sluice changes only its own. With this permission Sluice could read every message "
            "that the account's AWS IoT receives."
        )
    ),
    "grant.sharing": Entry(_("Share data streams with other AWS accounts")),
    "grant.sharing_explained": Entry(
        _(
            "Sluice adds one statement to a stream's resource policy for each role that you name, and removes only its "
            "own. With this permission Sluice could give any account access to your records."
        )
    ),
    "grant.fanout": Entry(_("Register consumers with enhanced fan-out")),
    "grant.fanout_explained": Entry(
        _(
            "Sluice registers the consumers that you name with a data stream, so that each has throughput of its own, "
            "and deregisters only its own. AWS charges for each registered consumer, also while nothing reads with it."
        )
    ),
    "grant.network": Entry(_("Access your VPC")),
    "grant.network_explained": Entry(
        _("For OpenSearch in a VPC: Firehose creates network interfaces in the subnets that a delivery names.")
    ),
}
