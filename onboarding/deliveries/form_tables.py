"""The inputs of destinations with tables: Redshift, Snowflake and Apache Iceberg."""

from onboarding.deliveries.form_inputs import Input, InputKind
from onboarding.deliveries.form_parts import BACKUP, DESTINATION, SOURCE_BACKUP, Group, retry_duration, secret_arn

REDSHIFT = (
    Group(
        DESTINATION,
        (
            Input(
                "destination.cluster_jdbc_url",
                "Cluster JDBC URL",
                "jdbc:redshift://name.abc123.eu-west-1.redshift.amazonaws.com:5439/dev",
            ),
            Input("destination.table", "Table", "Such as public.readings."),
            Input(
                "destination.columns",
                "Columns",
                "In the order of the record fields, unless the records contain all columns.",
                required=False,
            ),
            Input("destination.copy_options", "COPY options", "Such as json 'auto' gzip.", required=False),
            secret_arn("username and password"),
            retry_duration("3600"),
            SOURCE_BACKUP,
        ),
        closed=False,
    ),
)
SNOWFLAKE = (
    Group(
        DESTINATION,
        (
            Input("destination.account_url", "Account URL", "https://myorg-account.snowflakecomputing.com"),
            Input("destination.database", "Database"),
            Input("destination.schema", "Schema"),
            Input("destination.table", "Table"),
            secret_arn("user, private_key and, if used, key_passphrase"),
            Input(
                "destination.loading",
                "Data loading",
                "",
                InputKind.CHOICE,
                (
                    ("JSON_MAPPING", "JSON keys as columns"),
                    ("VARIANT_CONTENT_MAPPING", "Record in one column"),
                    ("VARIANT_CONTENT_AND_METADATA_MAPPING", "Record and metadata in two columns"),
                ),
                "JSON_MAPPING",
            ),
            Input("destination.content_column", "Content column", "", required=False),
            Input("destination.metadata_column", "Metadata column", "", required=False),
            BACKUP,
            retry_duration("60"),
        ),
        closed=False,
    ),
    Group(
        "Role and PrivateLink",
        (
            Input(
                "destination.role", "Snowflake role", "Only if it differs from the user’s default role.", required=False
            ),
            Input(
                "destination.private_link_vpce_id",
                "PrivateLink VPCE ID",
                "PrivateLink connects to Snowflake without using the internet.",
                required=False,
            ),
        ),
    ),
)
ICEBERG = (
    Group(
        DESTINATION,
        (
            Input("destination.catalog_arn", "Glue Data Catalog ARN", "arn:aws:glue:eu-west-1:111122223333:catalog"),
            Input(
                "destination.tables",
                "Tables",
                "One per line: database.table. For updates with unique keys: database.table: device, time. Add | and a "
                "prefix to set the error prefix.",
                InputKind.TABLES,
            ),
            Input(
                "destination.warehouse_bucket",
                "Warehouse bucket",
                "Only if it differs from the bucket below.",
                required=False,
            ),
            Input("destination.append_only", "Append only", "", InputKind.CHECKBOX, required=False),
            retry_duration("300"),
        ),
        closed=False,
    ),
)
