"""The English of what is wrong with the settings of one kind of destination."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

_CHOOSE_NAMES = _("Use letters, digits and underscores.")

ENTRIES = {
    # S3.
    "s3.compression_with_conversion": Entry(
        _("Parquet and ORC files have their own compression."), _("Choose UNCOMPRESSED here.")
    ),
    "s3.delimiter_with_conversion": Entry(
        _("Parquet and ORC files have no newlines between records."), _("Set the new line delimiter to false.")
    ),
    "s3.delimiter_with_partitioning": Entry(
        _("Dynamic partitioning has its own setting for the newline."),
        _("Set partitioning.delimiter, and the new line delimiter to false."),
    ),
    "s3.buffer_size_for_partitioning": Entry(_("Dynamic partitioning needs at least %(least)s MB of buffer size.")),
    "s3.buffer_size_for_conversion": Entry(_("Parquet and ORC need at least %(least)s MB of buffer size.")),
    "s3.buffer_interval_for_partitioning": Entry(
        _("With dynamic partitioning the buffer interval must be at least one second.")
    ),
    "s3.time_zone": Entry(_("Enter an IANA time zone name with letters, _ and / only, such as UTC or Europe/Berlin.")),
    "s3.file_extension": Entry(_("A file extension begins with a dot, such as .json or .csv.gz.")),
    "s3.partition_key_count": Entry(_("Name 1 to %(limit)s partition keys.")),
    "s3.partition_key_name": Entry(_("“%(name)s” cannot be the name of a partition key."), _CHOOSE_NAMES),
    "s3.partition_key_query": Entry(_("The query of %(name)s must be a jq query, such as .%(name)s.")),
    "s3.partition_key_not_in_prefix": Entry(
        _("The prefix must contain every partition key. Missing: !{partitionKeyFromQuery:%(name)s}.")
    ),
    "s3.partition_key_unknown": Entry(_("There is no partition key named %(name)s.")),
    "s3.glue_name": Entry(
        _("A Glue database or table name has at most 255 lowercase letters, digits and underscores.")
    ),
    "s3.format_compression": Entry(_("Compression inside %(format)s files: %(compressions)s.")),
    # Redshift.
    "redshift.url": Entry(
        _("Enter the cluster JDBC URL, such as jdbc:redshift://name.abc123.eu-west-1.redshift.amazonaws.com:5439/dev.")
    ),
    "redshift.compression": Entry(_("Redshift COPY reads only uncompressed or GZIP files.")),
    "redshift.gzip_missing": Entry(
        _("The files are compressed with GZIP."), _("Add gzip to the COPY options, as in json 'auto' gzip.")
    ),
    "redshift.gzip_of_uncompressed": Entry(
        _("The COPY options contain gzip, but the files are uncompressed."), _("Choose GZIP, or remove the option.")
    ),
    "redshift.prefix_with_expression": Entry(
        _("The prefix of files for Redshift cannot contain expressions. Firehose adds the hour.")
    ),
    "redshift.backup_prefix_with_expression": Entry(
        _("With Redshift this prefix cannot contain expressions. Firehose adds the hour.")
    ),
    "redshift.error_prefix": Entry(
        _("Redshift does not support an error prefix. Errors are stored under errors/."), _("Remove the error prefix.")
    ),
    # OpenSearch.
    "opensearch.index": Entry(
        _(
            "An index name has at most 80 lowercase letters, digits, hyphens and underscores, and does not begin with "
            "a hyphen or an underscore."
        )
    ),
    "opensearch.collection_endpoint": Entry(
        _("Enter the collection endpoint, such as https://abc123.eu-west-1.aoss.amazonaws.com.")
    ),
    "opensearch.endpoint_in_other_region": Entry(_("This endpoint is in %(found)s, and the stream in %(region)s.")),
    "opensearch.endpoint_of_other_collection": Entry(
        _("This endpoint belongs to another collection than %(collection)s.")
    ),
    # HTTP endpoint and Splunk.
    "http.attribute_count": Entry(_("A request has at most %(limit)s attributes.")),
    "http.attribute_secret": Entry(
        _("Attributes are visible to everyone."), _("Do not use them for tokens. Store tokens in the secret.")
    ),
    "http.attribute_length": Entry(
        _("An attribute has a name of 1 to 256 characters and a value of at most 1,024 characters.")
    ),
    "splunk.acknowledgement": Entry(_("Firehose waits 180 to 600 seconds for Splunk’s acknowledgement.")),
    # Snowflake.
    "snowflake.account_url": Entry(_("Enter your account URL, such as https://myorg-account.snowflakecomputing.com.")),
    "snowflake.private_link": Entry(
        _("This is not a PrivateLink ID as returned by SYSTEM$GET_PRIVATELINK_CONFIG (privatelink-vpce-id).")
    ),
    "snowflake.column_not_used": Entry(_("With %(loading)s, this column is not used."), _("Remove its name.")),
    # Iceberg.
    "iceberg.name": Entry(_("A database or table name has at most 255 letters, digits, underscores and dots.")),
    "iceberg.unique_key": Entry(_("A unique key is a column name without spaces.")),
    "iceberg.append_only": Entry(_("Append-only tables have no unique keys.")),
    "iceberg.table_twice": Entry(_("This table is listed twice.")),
    # Names of fields in messages.
    "field.table_name": Entry(_("The table’s name")),
    "field.database_name": Entry(_("The database’s name")),
    "field.schema_name": Entry(_("The schema’s name")),
    "field.column_name": Entry(_("The column’s name")),
    "field.columns": Entry(_("The list of columns")),
    "field.copy_options": Entry(_("The list of COPY options")),
    "field.endpoint_name": Entry(_("The endpoint’s name")),
    "field.role_name": Entry(_("The role’s name")),
}
