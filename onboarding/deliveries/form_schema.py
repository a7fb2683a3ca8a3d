"""What the page asks for each kind of destination, in the order in which people think of it."""

from dataclasses import dataclass

from onboarding.deliveries.form_inputs import Input, Way
from onboarding.deliveries.s3_conversion import COMPRESSIONS


def _seconds(path: str, label: str, words: str, initial: str) -> Input:
    return Input(path, label, words, Way.WHOLE, initial=initial, required=False, unit="seconds")


def _optional(
    path: str, label: str, words: str = "", *, way: Way = Way.LINE, initial: str = "", unit: str = ""
) -> Input:
    return Input(path, label, words, way, initial=initial, required=False, unit=unit)


def _retry(initial: str) -> Input:
    return _seconds("destination.retry_seconds", "Retry duration", "0 to 7,200.", initial)


_SOURCE_BACKUP = _optional(
    "destination.source_backup_prefix",
    "Source record backup prefix",
    "Stores the records before transformation. Cannot be turned off later.",
)
_BACKUP = Input(
    "destination.backup",
    "Source record backup",
    "",
    Way.CHOICE,
    (("failed", "Failed records only"), ("all", "All records")),
    "failed",
)
_VPC = (
    Input(
        "destination.vpc.subnet_ids",
        "Subnets",
        "IDs, one per line. Only for destinations in a VPC.",
        Way.NAMES,
        required=False,
    ),
    Input("destination.vpc.security_group_ids", "Security groups", "IDs, one per line.", Way.NAMES, required=False),
)


def _secret(keys: str, *, required: bool = True) -> Input:
    words = f"The ARN of a Secrets Manager secret that contains {keys}. Never the secret itself."
    return Input("destination.secret_arn", "Secret", words, Way.SECRET, required=required)


@dataclass(frozen=True, slots=True)
class Group:
    """Inputs of one section; one that is `closed` opens when it holds a value or an error."""

    title: str
    inputs: tuple[Input, ...]
    closed: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of destination as the page offers it: one sentence, and its prerequisites."""

    note: str
    needs: str
    groups: tuple[Group, ...]


_TO = "Destination"
_S3 = (
    Group(
        "Time zone, file extension and source record backup",
        (
            Input(
                "destination.time_zone",
                "Prefix time zone",
                "Such as Europe/Berlin.",
                initial="UTC",
                required=False,
            ),
            Input("destination.file_extension", "File extension", "Such as .json.gz.", required=False),
            _SOURCE_BACKUP,
        ),
    ),
    Group(
        "Dynamic partitioning",
        (
            Input(
                "destination.partitioning.keys",
                "Partition keys",
                "One per line, with its jq query, such as building: .building. Use each in the prefix as "
                "!{partitionKeyFromQuery:building}.",
                Way.PAIRS,
                required=False,
            ),
            Input(
                "destination.partitioning.delimiter",
                "Add a newline after each record",
                "",
                Way.TICK,
                initial="on",
                required=False,
            ),
            _seconds("destination.partitioning.retry_seconds", "Retry duration", "", "300"),
        ),
        note="Requires a buffer size of at least 64 MB. Cannot be changed after the Firehose stream is created.",
    ),
    Group(
        "Record format conversion",
        (
            Input(
                "destination.conversion.format",
                "Format",
                "",
                Way.CHOICE,
                (("", "No conversion"), ("parquet", "Parquet"), ("orc", "ORC")),
                required=False,
            ),
            Input("destination.conversion.database", "Glue database", "", required=False),
            Input("destination.conversion.table", "Glue table", "Defines the schema.", required=False),
            Input(
                "destination.conversion.compression",
                "Format compression",
                "",
                Way.CHOICE,
                tuple((one, one) for one in dict.fromkeys([*COMPRESSIONS["parquet"], *COMPRESSIONS["orc"]])),
                "SNAPPY",
                required=False,
            ),
        ),
        note="Requires a buffer size of at least 64 MB and no file compression.",
    ),
)
_REDSHIFT = (
    Group(
        _TO,
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
            _secret("username and password"),
            _retry("3600"),
            _SOURCE_BACKUP,
        ),
        closed=False,
    ),
)
_OPENSEARCH = (
    Group(
        _TO,
        (
            Input("destination.domain_arn", "Domain ARN", "arn:aws:es:…:domain/name"),
            Input("destination.index", "Index", "Lowercase letters, digits, hyphens and underscores."),
            Input(
                "destination.index_rotation",
                "Index rotation",
                "",
                Way.CHOICE,
                (
                    ("OneDay", "Every day"),
                    ("OneHour", "Every hour"),
                    ("OneWeek", "Every week"),
                    ("OneMonth", "Every month"),
                    ("NoRotation", "No rotation"),
                ),
                "OneDay",
            ),
            Input(
                "destination.document_id",
                "Document IDs",
                "",
                Way.CHOICE,
                (
                    ("FIREHOSE_DEFAULT", "Generated by Firehose"),
                    ("NO_DOCUMENT_ID", "Generated by OpenSearch (less load)"),
                ),
                "FIREHOSE_DEFAULT",
            ),
            _BACKUP,
            _retry("300"),
        ),
        closed=False,
    ),
    Group("VPC", _VPC, note="Cannot be changed after the Firehose stream is created."),
)
_SERVERLESS = (
    Group(
        _TO,
        (
            Input("destination.collection_arn", "Collection ARN", "arn:aws:aoss:…:collection/id"),
            Input("destination.collection_endpoint", "Collection endpoint", "https://id.eu-west-1.aoss.amazonaws.com"),
            Input("destination.index", "Index", "Lowercase letters, digits, hyphens and underscores."),
            _BACKUP,
            _retry("300"),
        ),
        closed=False,
    ),
    Group("VPC", _VPC, note="Cannot be changed after the Firehose stream is created."),
)
_HTTP = (
    Group(
        _TO,
        (
            Input("destination.url", "URL", "https://…, without user name or password."),
            Input("destination.endpoint_name", "Endpoint name", "", required=False),
            _secret("api_key, if the endpoint requires an access key", required=False),
            Input(
                "destination.content_encoding",
                "Content encoding",
                "",
                Way.CHOICE,
                (("NONE", "None"), ("GZIP", "GZIP")),
                "NONE",
            ),
            Input(
                "destination.attributes",
                "Request attributes",
                "One per line, such as site: harbour.",
                Way.PAIRS,
                required=False,
            ),
            _BACKUP,
            _retry("300"),
        ),
        closed=False,
    ),
)
_SPLUNK = (
    Group(
        _TO,
        (
            Input("destination.hec_endpoint", "HTTP Event Collector URL", "https://…:8088"),
            Input(
                "destination.hec_endpoint_type",
                "Endpoint type",
                "",
                Way.CHOICE,
                (("Raw", "Raw"), ("Event", "Event: records are in Splunk’s event format")),
                "Raw",
            ),
            _secret("hec_token"),
            Input(
                "destination.ack_timeout_seconds",
                "Acknowledgement timeout",
                "180 to 600.",
                Way.WHOLE,
                initial="180",
                required=False,
                unit="seconds",
            ),
            _BACKUP,
            _retry("300"),
        ),
        closed=False,
    ),
)
_SNOWFLAKE = (
    Group(
        _TO,
        (
            Input("destination.account_url", "Account URL", "https://myorg-account.snowflakecomputing.com"),
            Input("destination.database", "Database"),
            Input("destination.schema", "Schema"),
            Input("destination.table", "Table"),
            _secret("user, private_key and, if used, key_passphrase"),
            Input(
                "destination.loading",
                "Data loading",
                "",
                Way.CHOICE,
                (
                    ("JSON_MAPPING", "JSON keys as columns"),
                    ("VARIANT_CONTENT_MAPPING", "Record in one column"),
                    ("VARIANT_CONTENT_AND_METADATA_MAPPING", "Record and metadata in two columns"),
                ),
                "JSON_MAPPING",
            ),
            Input("destination.content_column", "Content column", "", required=False),
            Input("destination.metadata_column", "Metadata column", "", required=False),
            _BACKUP,
            _retry("60"),
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
_ICEBERG = (
    Group(
        _TO,
        (
            Input("destination.catalog_arn", "Glue Data Catalog ARN", "arn:aws:glue:eu-west-1:111122223333:catalog"),
            Input(
                "destination.tables",
                "Tables",
                "One per line: database.table. For updates with unique keys: database.table: device, time. Add | and a "
                "prefix to set the error prefix.",
                Way.TABLES,
            ),
            Input(
                "destination.warehouse_bucket",
                "Warehouse bucket",
                "Only if it differs from the bucket below.",
                required=False,
            ),
            Input("destination.append_only", "Append only", "", Way.TICK, required=False),
            _retry("300"),
        ),
        closed=False,
    ),
)
TRANSFORM = Group(
    "Lambda transformation",
    (
        Input("transform.function_arn", "Function ARN", "arn:aws:lambda:…:function:name", required=False),
        Input(
            "transform.buffer_mb",
            "Transformation buffer size",
            "0.2 to 3.",
            Way.NUMBER,
            initial="1",
            required=False,
            unit="MB",
        ),
        Input(
            "transform.buffer_seconds",
            "Transformation buffer interval",
            "0 to 900.",
            Way.WHOLE,
            initial="60",
            required=False,
            unit="seconds",
        ),
        Input("transform.retries", "Retries after a failure", "", Way.WHOLE, initial="3", required=False, unit="times"),
    ),
    note="The function transforms every record before delivery.",
)
# What is there only if this one of its settings is given.
GATES = {
    "transform": "transform.function_arn",
    "destination.vpc": "destination.vpc.subnet_ids",
    "destination.partitioning": "destination.partitioning.keys",
    "destination.conversion": "destination.conversion.format",
}
QUESTIONS: dict[str, Kind] = {
    "s3": Kind("Files in your own S3 bucket. The easiest option.", "", _S3),
    "redshift": Kind(
        "Rows in a warehouse table.",
        "a table that Firehose can access, and a secret with user name and password",
        _REDSHIFT,
    ),
    "opensearch": Kind("Searchable documents.", "a domain that allows access to the created role", _OPENSEARCH),
    "opensearch_serverless": Kind(
        "Searchable documents, serverless.", "a collection whose data access policy includes the role", _SERVERLESS
    ),
    "http": Kind("Datadog, New Relic or your own server.", "an endpoint that supports the Firehose protocol", _HTTP),
    "splunk": Kind("Events in Splunk.", "a secret with an HEC token that has acknowledgement enabled", _SPLUNK),
    "snowflake": Kind("Rows in Snowflake within seconds.", "a table, and a secret with a key pair", _SNOWFLAKE),
    "iceberg": Kind("Rows in open table format.", "tables in the Glue Data Catalog", _ICEBERG),
}


def groups_of(kind: str) -> tuple[Group, ...]:
    """Return what is asked beyond what all deliveries have in common."""
    return (*QUESTIONS[kind].groups, TRANSFORM)


def inputs_of(kind: str) -> list[Input]:
    """Return every input of a kind, in order."""
    return [one for group in groups_of(kind) for one in group.inputs]
