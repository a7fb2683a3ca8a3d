"""The English of connector settings: where secrets go, what a tool costs, how it is listed, what to know about it."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

ENTRIES = {
    "connector.no_consumer": Entry(_("%(integration)s has no consumer %(consumer)s.")),
    "connector.no_file": Entry(_("The settings of %(tool)s have no file %(file)s."), _("Choose one of: %(files)s.")),
    "connector.not_a_role": Entry(
        _("The value is not the ARN of an IAM role in account %(account)s."),
        _("Enter it as IAM shows it, such as arn:aws:iam::%(account)s:role/reader."),
    ),
    "connector.not_an_external_id": Entry(
        _("An external ID has 2 to 1,224 letters, digits and + = , . @ : / _ -, without spaces.")
    ),
    "connector.external_id_alone": Entry(_("An external ID belongs to a role."), _("Enter the role’s ARN too.")),
    "connector.not_a_consumer": Entry(
        _("The value is not the ARN of a consumer of this stream."),
        _("It begins with %(stream_arn)s/consumer/ and ends with the consumer’s name, a colon and a number."),
    ),
    "connector.holder.program": Entry(_("Policy for the IAM user or role that the tool runs as.")),
    "connector.holder.role": Entry(_("Policy of the role that the tool assumes.")),
    "connector.holder.assumes": Entry(
        _("Policy for the IAM user or role that the tool runs as, so that it can assume the role.")
    ),
    "connector.holder.execution_role": Entry(
        _("Policy of the function’s execution role. The stack creates that role.")
    ),
    "connector.cost.shared": Entry(
        _("Shared reads: all readers together have 2 MB/s and 5 calls a second of each shard. No charge for a reader.")
    ),
    "connector.cost.gb_out": Entry(
        _("An on-demand stream bills what is read: %(usd)s USD a GB (estimate, %(region)s).")
    ),
    "connector.cost.fanout": Entry(
        _(
            "Enhanced fan-out: 2 MB/s of each shard for this reader alone, for %(month)s USD a month with "
            "today’s shards, "
            "and %(usd)s USD a GB that is read (estimate, %(region)s)."
        )
    ),
    "connector.cost.fanout_on_demand": Entry(
        _(
            "Enhanced fan-out: 2 MB/s of each shard for this reader alone, for %(usd)s USD a GB that is read "
            "(estimate, %(region)s)."
        )
    ),
    "connector.cost.lambda": Entry(_("AWS bills the function’s invocations, its duration and its log.")),
    "connector.cost.kcl": Entry(
        _("AWS bills three DynamoDB tables by request, and the metrics that the application publishes in CloudWatch.")
    ),
    "connector.cost.telegraf": Entry(_("AWS bills one DynamoDB table.")),
    "connector.cost.delivery": Entry(
        _("AWS bills the Firehose stream by GB. The wizard shows the amount when you add the delivery.")
    ),
    "connector.reader.unlisted": Entry(
        _(
            "Not listed as a reader: AWS has no list of programs that call GetRecords. What it reads is part of the "
            "stream’s outgoing bytes, and its lag part of the iterator age."
        )
    ),
    "connector.reader.function": Entry(_("Listed as the function %(name)s, with its iterator age.")),
    "connector.reader.application": Entry(
        _(
            "Listed as the application %(name)s, if your connection allows Sluice to read that DynamoDB table: add it "
            "to the lease tables of the connection."
        )
    ),
    "connector.reader.consumer": Entry(_("Listed as the consumer %(name)s with enhanced fan-out, with its lag.")),
    "connector.reader.delivery": Entry(_("Listed under Deliveries, with the freshness of its Firehose stream.")),
    "connector.secret.none": Entry(_("No secret is needed.")),
    "connector.secret.default_chain": Entry(
        _(
            "The files have no secret. On AWS, the tool uses the role of its machine; elsewhere, put the access key "
            "into ~/.aws/credentials or into the environment of the process."
        )
    ),
    "connector.secret.profile": Entry(
        _(
            "The files have no secret. The tool signs in by the profile %(profile)s: add the lines of aws-config to "
            "~/.aws/config of the user that runs it. The access key goes into ~/.aws/credentials of the same user, "
            "under [%(section)s]."
        )
    ),
    "connector.role_by_profile": Entry(
        _(
            "%(tool)s has no setting for an external ID. The profile %(profile)s has it: it assumes the role with the "
            "access key of [default]."
        )
    ),
    "connector.fanout_unused": Entry(
        _("%(tool)s cannot use enhanced fan-out. These settings share reads with other readers.")
    ),
    "connector.role_unused": Entry(_("%(tool)s does not assume the role that you named.")),
    "connector.no_fips": Entry(
        _(
            "%(tool)s has no documented setting for a FIPS endpoint. Set AWS_USE_FIPS_ENDPOINT=true in its "
            "environment, "
            "and check the address that it calls."
        )
    ),
    "connector.sas_esp.properties": Entry(
        _(
            "Replace YOUR_ACCESS_KEY_ID, YOUR_SECRET_ACCESS_KEY and YOUR_SESSION_TOKEN in your own copy. The script "
            "prints the three values."
        )
    ),
    "connector.sas_esp.environment": Entry(
        _(
            "The access key goes into the environment of the ESP server: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. "
            "In SAS Event Stream Processing Studio, set them as environment variables of the deployment."
        )
    ),
    "connector.sas_esp.expires": Entry(
        _(
            "The session ends after 36 hours, the longest that AWS allows. The connector then fails until you "
            "enter new "
            "values. Sign in by a role to avoid that."
        )
    ),
    "connector.sas_esp.unread": Entry(
        _(
            "The properties are those of SAS’s published project for Kinesis. SAS’s reference page could not be read; "
            "compare them with the version that you use."
        )
    ),
    "connector.sas_esp.window": Entry(
        _("Put the element into the <connectors> of a source window whose schema has the fields of your records.")
    ),
    "connector.aws_cli.secret": Entry(
        _(
            "The files have no secret. The script signs in as the AWS CLI does: with AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY of its environment, with the access key under [default] in ~/.aws/credentials, or "
            "on AWS with the role of its machine."
        )
    ),
    "connector.aws_cli.profile": Entry(
        _(
            "The script needs no profile. For other commands, add the lines of aws-config to ~/.aws/config and use "
            "--profile %(profile)s; its access key goes into ~/.aws/credentials, under [%(section)s]."
        )
    ),
    "connector.aws_cli.once": Entry(
        _("Use the script to check the data. It reads once and stores no position, so it is not for production.")
    ),
    "connector.lambda.same_account": Entry(
        _("The function is in the stream’s account and Region. For another account, share the stream.")
    ),
    "connector.lambda.partial": Entry(
        _(
            "A record that fails is reported by its number, and Lambda continues from it, not from the batch’s "
            "beginning."
        )
    ),
    "connector.kcl.tables": Entry(
        _(
            "The library creates the tables %(application)s, %(application)s-WorkerMetricStats and "
            "%(application)s-CoordinatorState. Delete them when you stop using it."
        )
    ),
    "connector.kcl.polling": Entry(
        _("Without retrievalMode the library would register a consumer with enhanced fan-out, which is billed.")
    ),
    "connector.kcl.fanout": Entry(_("The library uses the registered consumer and creates none.")),
    "connector.node_red.environment": Entry(
        _(
            "The flow has no secret. Start Node-RED with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in its "
            "environment, "
            "or with ~/.aws/credentials."
        )
    ),
    "connector.node_red.position": Entry(
        _("The flow stores no position: after a restart it reads from the newest record on.")
    ),
    "connector.node_red.modules": Entry(
        _("Node-RED installs AWS’s SDK when you import the flow. functionExternalModules must not be switched off.")
    ),
    "connector.kafka.environment": Entry(
        _(
            "The files have no secret. Put the access key into the environment of the Connect worker, or into "
            "~/.aws/credentials of its user."
        )
    ),
    "connector.kafka.profile": Entry(
        _(
            "Neither connector has a setting for an external ID. The profile %(profile)s in aws-config has it: add its "
            "lines to ~/.aws/config of the user of the Connect worker, and the access key under [default] to "
            "~/.aws/credentials. Apache Camel’s settings name the profile. For Confluent’s, start the worker with "
            "AWS_PROFILE=%(profile)s."
        )
    ),
    "connector.kafka.choice": Entry(_("Use one of the two connectors. Both write records as bytes, without decoding.")),
    "connector.kafka.license": Entry(
        _("Apache Camel’s connector has the Apache License. Confluent’s needs a license after 30 days.")
    ),
    "connector.spark.jar": Entry(
        _("Amazon EMR 7.1 and later includes the connector. Elsewhere, build its JAR file and add it with --jars.")
    ),
    "connector.spark.external_id": Entry(
        _(
            "The connector can assume a role, but without an external ID. With one, add the lines of aws-config to "
            "~/.aws/config and the access key under [default] to ~/.aws/credentials, and set AWS_PROFILE=%(profile)s "
            "for the driver and the executors."
        )
    ),
    "connector.spark.boundary": Entry(
        _("A role that Sluice created for a consumer cannot register consumers. Use a role of your own.")
    ),
    "connector.spark.deregisters": Entry(
        _("The connector deregisters the consumer %(name)s when the query stops. Do not share it with other tools.")
    ),
    "connector.flink.columns": Entry(
        _("Each record is one text. For fields, list your columns and set the format to json.")
    ),
    "connector.flink.jar": Entry(_("Add the JAR file flink-sql-connector-aws-kinesis-streams, version 5 or later.")),
    "connector.telegraf.table": Entry(
        _(
            "Create the DynamoDB table %(table)s first, with the partition key namespace and the sort key "
            "shard_id, both "
            "strings. Without a table, Telegraf reads everything again after each start."
        )
    ),
    "connector.telegraf.newest": Entry(
        _(
            "A consumer’s role cannot write into DynamoDB, so Telegraf stores no position: after a restart it "
            "reads from "
            "the newest record on."
        )
    ),
    "connector.telegraf.fields": Entry(
        _("Numbers in a JSON record become fields. List the fields that should be tags or times in json_v2.")
    ),
    "connector.vector.no_source": Entry(
        _("Vector has no source for Kinesis Data Streams. A Firehose stream can send the records to Vector.")
    ),
    "connector.vector.delivery": Entry(
        _(
            "Add a delivery to an HTTP endpoint in the integration’s settings, with the address of your "
            "Vector. It must "
            "be reachable from AWS over HTTPS with a valid certificate."
        )
    ),
    "connector.vector.access_key": Entry(
        _(
            "Start Vector with FIREHOSE_ACCESS_KEY in its environment, the same text as the access key of the "
            "delivery. "
            "It is no AWS access key."
        )
    ),
}
